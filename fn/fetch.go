package fn

import (
	"context"
	"errors"
	"sync"
)

// outcome is what reading one entry brought.
type outcome struct {
	answer Answer
	err    error
}

// fetch reads all entries at once; how many requests that makes, and how many
// at a time, is the source's business. It returns when all are answered.
func fetch(ctx context.Context, entries []*entry, source Source) []outcome {
	outcomes := make([]outcome, len(entries))
	var all sync.WaitGroup
	for i, e := range entries {
		all.Go(func() {
			// A panic here would end the process with a trace of it.
			defer func() {
				if recover() != nil {
					outcomes[i].err = &Fault{Cause: "was not read: esfn failed by a fault of its own; please report it"}
				}
			}()
			answer, err := source.Read(ctx, e.ref)
			outcomes[i] = outcome{answer, err}
		})
	}
	all.Wait()
	return outcomes
}

// problem puts a source's error where it belongs: at the entry, at its store,
// or at no object at all.
func (e *entry) problem(err error) Problem {
	var fault *Fault
	if !errors.As(err, &fault) {
		// A text that we did not write may hold anything; it is not shown.
		fault = &Fault{Cause: "was not read"}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			fault = &Fault{Scope: RunScope, Cause: "the run ended before all was read"}
		}
	}
	switch fault.Scope {
	case RunScope:
		return Problem{Resource{}, fault.Field, fault.Cause, fault.Hint}
	case StoreScope:
		return Problem{e.store.Resource, fault.Field, fault.Cause, fault.Hint}
	default:
		field := e.remoteField + ".key"
		if fault.Field != "" {
			field = e.remoteField + "." + fault.Field
		}
		return Problem{e.es.Resource, field, fault.Cause, fault.Hint}
	}
}

// isMissing tells the one error that a deletionPolicy other than Retain
// tolerates.
func isMissing(err error) bool {
	var fault *Fault
	return errors.As(err, &fault) && fault.Missing
}
