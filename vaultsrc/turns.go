package vaultsrc

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/esfn/esfn/fn"
)

// turns says whose read is next. There are never more under way than most, over all
// servers together, and never more at one than it bears (pace.go).
type turns struct {
	most int

	mu      sync.Mutex
	free    int
	servers []*server // a few, as they were first asked for
}

// turn is leave to send a read, or to wait for that.
type turn struct {
	server *server
	// given is closed when it is given, or refused for the fault.
	given chan struct{}
	fault *fn.Fault
	cuts  int // the server's when it was given
}

func newTurns(most int) *turns { return &turns{most: most, free: most} }

// take waits for a turn to send a read to a server. Whoever reads something again
// comes before those who have not begun.
func (t *turns) take(ctx context.Context, name string, again bool) (*turn, error) {
	if ctx.Err() != nil {
		return nil, runEnded(ctx)
	}
	own := t.wait(name, again)
	select {
	case <-own.given:
		if own.fault != nil {
			return nil, own.fault
		}
		return own, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(own.server.waiting, own); i >= 0 {
		own.server.waiting = slices.Delete(own.server.waiting, i, i+1)
	} else if own.fault == nil {
		t.end(own)
	}
	return nil, runEnded(ctx)
}

func (t *turns) wait(name string, again bool) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.servers, func(s *server) bool { return s.name == name })
	if i < 0 {
		i = len(t.servers)
		t.servers = append(t.servers, &server{name: name, most: t.most})
	}
	s := t.servers[i]
	own := &turn{server: s, given: make(chan struct{}), fault: s.closed}
	switch {
	case s.closed != nil:
		close(own.given)
	case again:
		s.waiting = slices.Insert(s.waiting, 0, own)
	default:
		s.waiting = append(s.waiting, own)
	}
	t.give()
	return own
}

// give gives turns to whom it can: those at the server first where the fewest are under
// way, so that one that is slow does not take all from another.
func (t *turns) give() {
	now := time.Now()
	for t.free > 0 {
		var next *server
		for _, s := range t.servers {
			if len(s.waiting) > 0 && s.underWay < s.most && !now.Before(s.until) && (next == nil || s.underWay < next.underWay) {
				next = s
			}
		}
		if next == nil {
			return
		}
		first := next.waiting[0]
		next.waiting = slices.Delete(next.waiting, 0, 1)
		first.cuts = next.cuts
		next.underWay++
		t.free--
		close(first.given)
	}
}

func (t *turns) end(own *turn) {
	own.server.underWay--
	t.free++
	t.give()
}

// done ends a turn.
func (t *turns) done(own *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(own)
}

func (t *turns) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.give()
}
