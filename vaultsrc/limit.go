package vaultsrc

import (
	"context"

	"github.com/esfn/esfn/fn"
)

// limit lets so many reads be under way at a time, and the others wait.
type limit struct {
	next reader
	free chan struct{}
}

var _ reader = (*limit)(nil)

func newLimit(n int, next reader) *limit {
	return &limit{next: next, free: make(chan struct{}, n)}
}

func (l *limit) read(ctx context.Context, at location) (fn.Answer, error) {
	select {
	case l.free <- struct{}{}:
		defer func() { <-l.free }()
		return l.next.read(ctx, at)
	case <-ctx.Done():
		return fn.Answer{}, runEnded(ctx)
	}
}
