package fn

import (
	"context"
	"runtime/debug"

	"github.com/esfn/esfn/fn/parallel"
)

// unread says what a run that ended has not read; all of it, where there is nothing
// to say of single entries.
func unread(entries []*entry, outcomes []outcome) (problems Problems) {
	for i, e := range entries {
		for _, err := range outcomes[i].errs {
			problems = append(problems, e.problem(err))
		}
	}
	if len(problems) == 0 {
		return Problems{ended}
	}
	return problems
}

// ended is the problem of a run whose context ended before its Secrets were made.
var ended = Problem{Cause: "the run ended before its Secrets were made", Hint: "is it a template or a rewrite that takes long?"}

// inTime answers when the Secrets are made, or not ok when the run has ended: templates
// and regular expressions cannot be interrupted, and the caller has a token to
// revoke. What is left behind ends with the process.
func inTime(ctx context.Context, work func() (Output, Problems)) (_ Output, _ Problems, ok bool) {
	type answer struct {
		output   Output
		problems Problems
		crash    *parallel.Crash
	}
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
		a.output, a.problems = work()
	}()
	select {
	case a := <-done:
		if a.crash != nil {
			panic(a.crash)
		}
		return a.output, a.problems, ctx.Err() == nil
	case <-ctx.Done():
		return Output{}, nil, false
	}
}
