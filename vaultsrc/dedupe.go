package vaultsrc

import (
	"context"
	"sync"

	"github.com/esfn/esfn/fn"
)

// dedupe reads each location once, and gives all who ask the one answer, or the
// one error.
type dedupe struct {
	next reader

	mu    sync.Mutex
	reads map[location]*sharedRead
}

type sharedRead struct {
	done   chan struct{}
	answer fn.Answer
	err    error
}

var _ reader = (*dedupe)(nil)

func newDedupe(next reader) *dedupe {
	return &dedupe{next: next, reads: map[location]*sharedRead{}}
}

func (d *dedupe) read(ctx context.Context, at location) (fn.Answer, error) {
	d.mu.Lock()
	shared, underway := d.reads[at]
	if !underway {
		shared = &sharedRead{done: make(chan struct{}), err: &fn.Fault{Cause: "was not read: esfn failed by a fault of its own; please report it"}}
		d.reads[at] = shared
	}
	d.mu.Unlock()
	if !underway {
		defer close(shared.done) // also when the read panics
		shared.answer, shared.err = d.next.read(ctx, at)
		return shared.answer, shared.err
	}
	select {
	case <-shared.done:
		return shared.answer, shared.err
	case <-ctx.Done():
		return fn.Answer{}, runEnded(ctx)
	}
}
