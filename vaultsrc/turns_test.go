package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/esfn/esfn/fn"
)

// TestHowManyMayBeUnderWay follows one server's answers.
func TestHowManyMayBeUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newTurns(16)
		take := func(n int) (taken []*turn) {
			for range n {
				own, err := all.take(t.Context(), "a", false)
				if err != nil {
					t.Fatal(err)
				}
				taken = append(taken, own)
			}
			return taken
		}
		expect := func(what string, want int) {
			t.Helper()
			if got := all.servers[0].most; got != want {
				t.Errorf("%s: %d may be under way, want %d", what, got, want)
			}
		}
		refuse := func(turns ...*turn) {
			for _, own := range turns {
				all.refused(own, time.Second)
				all.done(own)
			}
		}
		answer := func(n int) {
			for range n {
				own := take(1)[0]
				all.answered(own, true)
				all.done(own)
			}
		}
		answer(40)
		expect("nothing was refused", 16)
		burst := take(16)
		refuse(burst[:10]...)
		expect("several are refused at once", 8)
		for _, own := range burst[10:15] {
			all.answered(own, true)
			all.answered(own, true)
			all.done(own)
		}
		expect("others of those are answered", 8)
		time.Sleep(2 * time.Second)
		answer(7)
		expect("seven answers", 8)
		answer(1)
		expect("eight answers", 9)
		refuse(burst[15])
		expect("one that was sent long ago is refused", 9)
		for i, want := range []int{4, 2, 1, 1, 1} {
			refuse(take(1)...)
			expect(fmt.Sprint("refusal ", i), want)
			time.Sleep(time.Second)
		}
		answer(1)
		expect("an answer to the only one", 2)
		answer(2 + 3 + 4)
		expect("four windows", 5)
	})
}

// TestHowLongAServerIsLeftAlone, where it asks for several times at once, or for none
// again and again.
func TestHowLongAServerIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newTurns(4)
		take := func() *turn {
			own, err := all.take(t.Context(), "a", false)
			if err != nil {
				t.Fatal(err)
			}
			return own
		}
		three := []*turn{take(), take(), take()}
		began := time.Now()
		for i, seconds := range []time.Duration{2, 9, 5} {
			all.refused(three[i], seconds*time.Second)
			all.done(three[i])
		}
		own := take()
		if waited := time.Since(began); waited != 9*time.Second {
			t.Errorf("it was left alone for %s, want 9s", waited)
		}
		pause := func(own *turn) time.Duration {
			until := all.refused(own, 0)
			all.done(own)
			return time.Until(until)
		}
		for range 4 {
			pause(own)
			own = take()
		}
		if got := pause(own); got < mostPause/2 || got > mostPause {
			t.Errorf("the pause is %s, want half of %s at least", got, mostPause)
		}
		own = take()
		all.answered(own, true)
		all.done(own)
		if got := pause(take()); got > leastPause {
			t.Errorf("after an answer the pause is %s, want %s at most", got, leastPause)
		}
	})
}

func TestLimitBoundsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := &slow{release: make(chan struct{})}
		l := newLimit(3, next)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = l.read(context.Background(), location{}) })
		}
		synctest.Wait()
		if n := next.now.Load(); n != 3 {
			t.Errorf("%d under way, want 3", n)
		}
		close(next.release)
		all.Wait()
		if calls, together := next.calls.Load(), next.together.Load(); calls != 20 || together != 3 {
			t.Errorf("%d calls, %d together; want 20 and 3", calls, together)
		}
	})
}

// TestNoTurnIsTakenWhenTheRunHasEnded, whether there is one or not.
func TestNoTurnIsTakenWhenTheRunHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	next := &slow{release: make(chan struct{})}
	close(next.release)
	for free := range 2 {
		l := newLimit(free, next)
		for range 30 {
			_, err := l.read(ctx, location{})
			var fault *fn.Fault
			if !errors.As(err, &fault) || fault.Scope != fn.RunScope || next.calls.Load() != 0 {
				t.Fatalf("got %v after %d calls", err, next.calls.Load())
			}
		}
	}
}

// TestOneServersTroubleIsNoOthers.
func TestOneServersTroubleIsNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimit(6, nil)
		var mu sync.Mutex
		var ended time.Duration // of the other server's reads
		servers := newFakeServers(func(_ int, at time.Duration, of location) error {
			if of.at.Server == "https://a" && at < 20*time.Second {
				return later(20 * time.Second)
			}
			if of.at.Server == "https://b" {
				mu.Lock()
				defer mu.Unlock()
				ended = max(ended, at+answerTime)
			}
			return nil
		})
		l.next = servers
		if faults := readAll(t.Context(), l, 60, "a", "b"); len(faults) > 0 {
			t.Error(faults)
		}
		if servers.most != 6 {
			t.Errorf("%d under way at most, over both servers, want 6", servers.most)
		}
		if want := 11 * answerTime; ended > want { // three and three in the first round
			t.Errorf("the other server's reads took %s, want %s", ended, want)
		}
	})
}

// TestASlowServerDoesNotTakeAllTurns: those of another are first where it has fewer.
func TestASlowServerDoesNotTakeAllTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newFakeServers(func(_ int, at time.Duration, of location) error {
			if of.at.Server == "https://slow" {
				time.Sleep(time.Second)
			}
			return nil
		})
		l := newLimit(4, slow)
		var all sync.WaitGroup
		all.Go(func() { readAll(t.Context(), l, 40, "slow") })
		time.Sleep(time.Millisecond)
		readAll(t.Context(), l, 100, "quick")
		if got, want := time.Since(slow.began), 2*time.Second; got > want {
			t.Errorf("the quick server's reads took %s, want at most %s", got, want)
		}
		all.Wait()
	})
}

// TestWhatIsRefusedComesBeforeWhatHasNotBegun: nobody waits for ever.
func TestWhatIsRefusedComesBeforeWhatHasNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		servers := newFakeServers(func(n int, _ time.Duration, of location) error {
			order = append(order, of.path)
			if n == 1 {
				return later(time.Second)
			}
			return nil
		})
		l := newLimit(1, servers)
		var all sync.WaitGroup
		for _, path := range []string{"first", "second", "third"} {
			at := in("a")
			at.path = path
			all.Go(func() { _, _ = l.read(t.Context(), at) })
			synctest.Wait()
		}
		all.Wait()
		if got := strings.Join(order, " "); got != "first first second third" {
			t.Errorf("the order is %s", got)
		}
	})
}

// TestAPanicGivesItsTurnBack.
func TestAPanicGivesItsTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		close(release)
		l := newLimit(1, &slow{release: release})
		for range 3 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				_, _ = l.read(t.Context(), location{path: "panic"})
			}()
		}
		if _, err := l.read(t.Context(), location{}); err != nil || l.turns.free != 1 {
			t.Errorf("got %v, and %d turns are free", err, l.turns.free)
		}
	})
}
