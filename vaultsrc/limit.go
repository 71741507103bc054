package vaultsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/esfn/esfn/fn"
)

// limit lets so many reads be under way at a time as the settings and the servers
// allow (turns.go says whose is next), and has those read again that came to nothing
// for now. One that failed keeps its turn while it waits, so that a server that is
// gone is not asked for every secret. One that a server is too busy for gives it
// back, and has another when the server has had the time that it asked for.
type limit struct {
	next  reader
	turns *turns
}

var _ reader = (*limit)(nil)

func newLimit(n int, next reader) *limit { return &limit{next, newTurns(n)} }

// attempts counts those at one read that came to nothing.
type attempts struct {
	failed, refused int
	// out is when the server was first out of service.
	out time.Time
}

// mayWait tells whether a read may still wait for a server that is out of service.
func (n *attempts) mayWait() bool {
	if n.out.IsZero() {
		n.out = time.Now()
	}
	return time.Since(n.out) < backWithin
}

// areOver tells that there is to be no other. A store says how many it wants, whatever
// they come to. Without that a server that is busy is asked as long as the run has
// time.
func (n attempts) areOver(e endpoint) bool {
	if e.Retry.Given {
		return n.failed+n.refused > e.retries()
	}
	return n.failed > e.retries()
}

func (l *limit) read(ctx context.Context, at location) (fn.Answer, error) {
	var made attempts
	for {
		turn, err := l.turns.take(ctx, at.at.origin(), made.failed+made.refused > 0)
		if err != nil {
			return fn.Answer{}, err
		}
		answer, err := l.attempt(ctx, at, turn, &made)
		if a := (*again)(nil); !errors.As(err, &a) {
			return answer, err
		}
	}
}

// attempt reads, and again where that failed; it keeps the turn for that. Where the
// server is to be left alone its error is an [again], and another turn is to be taken.
func (l *limit) attempt(ctx context.Context, at location, turn *turn, made *attempts) (fn.Answer, error) {
	defer l.turns.done(turn) // also when the read panics
	for {
		answer, err := l.next.read(ctx, at)
		var a *again
		if !errors.As(err, &a) {
			l.turns.answered(turn, err == nil)
			return answer, err
		}
		if a.busy || a.out && l.turns.isWellKnown(turn) && made.mayWait() {
			return fn.Answer{}, l.refused(ctx, at, turn, made, a)
		}
		made.failed++
		if made.areOver(at.at) {
			if l.turns.gaveUp(turn) && a.many != nil {
				return fn.Answer{}, a.giveUp(a.many)
			}
			return fn.Answer{}, a.giveUp(a.fault)
		}
		least, most := at.at.retryWaits()
		select {
		case <-time.After(retryablehttp.LinearJitterBackoff(least, most, made.failed-1, nil)):
		case <-ctx.Done():
		}
		if ctx.Err() != nil || l.turns.isLeftAlone(turn) {
			return fn.Answer{}, a
		}
	}
}

// refused is an attempt that the server is too busy for.
func (l *limit) refused(ctx context.Context, at location, turn *turn, made *attempts, a *again) error {
	made.refused++
	if made.areOver(at.at) {
		return a.giveUp(a.fault)
	}
	pause := a.asked
	if at.at.Retry.Interval != "" {
		least, _ := at.at.retryWaits()
		pause = cmp.Or(pause, least)
	}
	until := l.turns.refused(turn, pause)
	if end, bounded := ctx.Deadline(); !bounded || !until.After(end) {
		return a
	}
	fault := *a.fault
	if a.asked > 0 {
		fault.Cause += fmt.Sprintf(": it asks to be left alone for %s, and the run ends before that", about(a.asked))
		fault.Hint = "set ESFN_TIMEOUT for more time, " + laterHint
	}
	return a.giveUp(l.turns.close(turn, &fault))
}
