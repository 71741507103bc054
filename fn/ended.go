package fn

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/esfn/esfn/fn/parallel"
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

// inTime does work, or is not ok when the run has ended first: what takes long cannot be
// interrupted, and the caller may have a token to revoke. What is left behind ends with
// the process.
func inTime[T any](ctx context.Context, work func() T) (_ T, ok bool) {
	type answer struct {
		result T
		crash  *parallel.Crash
	}
	var none T
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			switch fault := recover().(type) {
			case nil:
			case *parallel.Crash:
				a = answer{crash: fault}
			default:
				a = answer{crash: &parallel.Crash{Stack: debug.Stack()}}
			}
			done <- a
		}()
		a.result = work()
	}()
	select {
	case a := <-done:
		if a.crash != nil {
			panic(a.crash)
		}
		return a.result, ctx.Err() == nil
	case <-ctx.Done():
		return none, false
	}
}
