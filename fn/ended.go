package fn

import (
	"context"
	"errors"
)

// unread says what a run that ended has not read; all of it, where there is nothing
// to say of single entries.
func unread(ctx context.Context, entries []*entry, outcomes []outcome) (problems Problems) {
	for i, e := range entries {
		for _, err := range outcomes[i].errs {
			problems = append(problems, e.problem(err))
		}
	}
	if len(problems) == 0 {
		return Problems{because(ctx, ended)}
	}
	return problems
}

// because is the problem of a run that has ended: why, unless somebody ended it.
func because(ctx context.Context, why Problem) Problem {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Problem{Cause: "interrupted"}
	}
	return why
}

// unprepared is the problem of a run whose context ended before it was known what to
// read, and ended that of one whose Secrets were not made then.
var (
	unprepared = Problem{Cause: "the run ended before it was known what to read", Hint: "render fewer manifests at a time, or raise ESFN_TIMEOUT"}
	ended      = Problem{Cause: "the run ended before its Secrets were made", Hint: "is it a template or a rewrite that takes long?"}
)
