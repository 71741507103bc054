package vaultsrc

import (
	"math/rand/v2"
	"time"

	"github.com/esfn/esfn/fn"
)

const (
	// leastPause is how long a server that asks to be left alone, and does not say
	// for how long, is left alone. It is doubled while it goes on, up to mostPause.
	leastPause = 200 * time.Millisecond
	mostPause  = 3200 * time.Millisecond
	// backWithin is how long a read waits for a server that is out of service in the
	// middle of a run: to elect a leader, to unseal and to replace a node take seconds.
	backWithin = 10 * time.Second
)

// server is what is known of one. How many reads may be under way there follows its
// answers, as in TCP (RFC 5681): half as many when it asks to be left alone, once for
// all that it says so to at the same time, and one more for every so many answers. The
// mutex of its turns guards it.
type server struct {
	name     string
	most     int // how many reads may be under way there
	underWay int
	waiting  []*turn
	// closed is why nothing more is to be sent there.
	closed *fn.Fault

	// until is how long it is left alone, and alarm goes off then.
	until time.Time
	alarm *time.Timer
	// cuts is how often most was halved, and answers how many there were since it
	// last changed. vain is how many cuts there were since the last answer.
	cuts, answers, vain int
	// failed is how many reads were given up since the last answer.
	failed int
	// brought is how many reads brought what was asked for, in the whole run.
	brought int
}

// answered notes that a read is over, and whether it brought what was asked for. An
// answer to what was sent before the last cut says nothing of what the server bears now.
func (t *turns) answered(own *turn, brought bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := own.server
	if brought {
		s.brought++
	}
	s.failed = 0
	if own.cuts != s.cuts {
		return
	}
	s.vain = 0
	if s.answers++; s.answers >= s.most {
		s.most, s.answers = min(s.most+1, t.most), 0
	}
}

// isWellKnown tells whether reads have brought something from the server of a turn, as
// many as mostly are under way at a time. Where it is out of service then, that is worth
// a wait, and more likely to pass; one that never was in service is to be told of soon.
func (t *turns) isWellKnown(own *turn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return own.server.brought >= min(t.most, concurrency)
}

// mostFailed is how many reads one after the other may fail for reasons of their own,
// before that is the server's.
const mostFailed = 3

// gaveUp notes a read that was given up, and tells whether that is the server's fault.
func (t *turns) gaveUp(own *turn) (servers bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own.server.failed++
	return own.server.failed >= mostFailed
}

// isLeftAlone tells whether nothing is to be sent to the server of a turn for now, or
// ever.
func (t *turns) isLeftAlone(own *turn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return own.server.closed != nil || time.Now().Before(own.server.until)
}

// refused notes that the server asks to be left alone for so long, 0 where it does not
// say, and returns until when it is.
func (t *turns) refused(own *turn, asked time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := own.server
	if own.cuts == s.cuts {
		s.most, s.answers = max(1, s.most/2), 0
		s.cuts++
		s.vain++
	}
	if asked <= 0 {
		pause := min(leastPause<<min(max(s.vain, 1)-1, 10), mostPause)
		asked = pause/2 + rand.N(pause/2) // others may have been told the same
	}
	until := time.Now().Add(asked)
	if until.Before(s.until) {
		return s.until
	}
	s.until = until
	if s.alarm == nil {
		s.alarm = time.AfterFunc(asked, t.wake)
	} else {
		s.alarm.Reset(asked)
	}
	return until
}

// close has nothing more sent to the server of a turn: all that wait there get the
// fault, which is returned, or that of who closed it before.
func (t *turns) close(own *turn, fault *fn.Fault) *fn.Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := own.server
	if s.closed == nil {
		s.closed = fault
	}
	for _, w := range s.waiting {
		w.fault = s.closed
		close(w.given)
	}
	s.waiting = nil
	return s.closed
}
