package vaultsrc

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
)

// TestWhenARead is made again, and how often. A gap is from an attempt's answer to the
// next attempt.
func TestWhenAReadIsMadeAgain(t *testing.T) {
	type gap struct{ least, most time.Duration }
	exactly := func(d time.Duration) gap { return gap{d, d} }
	const ms = time.Millisecond
	anHour := "is busy: it asks to be left alone for 1h, and the run ends before that"
	for _, tc := range []struct {
		name    string
		answers []error // the last one for ever; nil for an answer
		retry   fn.Retry
		gaps    []gap
		fault   string
		ends    time.Duration // of the run, 50 seconds otherwise
	}{
		{name: "not at all", answers: []error{nil}},
		{name: "after the time that it asks for", answers: []error{later(3 * time.Second), later(time.Second), nil}, gaps: []gap{exactly(3 * time.Second), exactly(time.Second)}},
		{name: "after a time that grows, where it asks for none", answers: []error{later(0), later(0), later(0), later(0), later(0), later(0), later(0), nil}, gaps: []gap{
			{100 * ms, 200 * ms}, {200 * ms, 400 * ms}, {400 * ms, 800 * ms}, {800 * ms, 1600 * ms}, {1600 * ms, 3200 * ms}, {1600 * ms, 3200 * ms}, {1600 * ms, 3200 * ms}}},
		{name: "as often as there is time", answers: []error{later(20 * time.Second)}, gaps: []gap{exactly(20 * time.Second), exactly(20 * time.Second)},
			fault: "is busy: it asks to be left alone for 20s, and the run ends before that"},
		{name: "not where there is no time for it", answers: []error{later(time.Hour)}, fault: anHour},
		{name: "not where there is no time for its own pause", answers: []error{later(0)}, ends: 105 * ms, fault: "is busy"},
		{name: "twice after a failure", answers: []error{failed(), failed(), nil}, gaps: []gap{{200 * ms, 1000 * ms}, {400 * ms, 2000 * ms}}},
		{name: "no third time", answers: []error{failed()}, gaps: []gap{{200 * ms, 1000 * ms}, {400 * ms, 2000 * ms}}, fault: "failed"},
		{name: "both", answers: []error{failed(), later(5 * time.Second), failed(), later(6 * time.Second), nil},
			gaps: []gap{{200 * ms, 1000 * ms}, exactly(5 * time.Second), {400 * ms, 2000 * ms}, exactly(6 * time.Second)}},
		{name: "a third failure with another answer between", answers: []error{failed(), later(time.Second), failed(), failed()},
			gaps: []gap{{200 * ms, 1000 * ms}, exactly(time.Second), {400 * ms, 2000 * ms}}, fault: "failed"},
		{name: "twice where it never was in service", answers: []error{outOfService()}, gaps: []gap{{200 * ms, 1000 * ms}, {400 * ms, 2000 * ms}}, fault: "is out of service"},
		{name: "as often as the store says", retry: fn.Retry{Given: true, Max: 3, Interval: "5ms"}, answers: []error{later(0), failed(), later(2 * time.Second), later(0)},
			gaps: []gap{exactly(5 * ms), exactly(5 * ms), exactly(2 * time.Second)}, fault: "is busy"},
		{name: "never, as the store says", retry: fn.Retry{Given: true, Interval: "5ms"}, answers: []error{later(time.Second)}, fault: "is busy"},
		{name: "not what no attempt mends", answers: []error{&fn.Fault{Cause: "no such secret"}}, fault: "no such secret"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				servers := newFakeServers(func(n int, _ time.Duration, _ location) error { return tc.answers[min(n, len(tc.answers))-1] })
				ends := 50 * time.Second
				if tc.ends > 0 {
					ends = tc.ends
				}
				ctx, cancel := context.WithTimeout(t.Context(), ends)
				defer cancel()
				at := in("a")
				at.at.Retry = tc.retry
				l := newLimit(4, servers)
				_, err := l.read(ctx, at)
				var fault *fn.Fault
				if tc.fault == "" && err != nil || tc.fault != "" && (!errors.As(err, &fault) || fault.Cause != tc.fault) {
					t.Errorf("got %v, want %q", err, tc.fault)
				}
				if len(servers.asked) != len(tc.gaps)+1 {
					t.Fatalf("%d requests, want %d", len(servers.asked), len(tc.gaps)+1)
				}
				for i, want := range tc.gaps {
					if got := servers.asked[i+1] - servers.asked[i] - answerTime; got < want.least || got > want.most {
						t.Errorf("gap %d: %s, want %s to %s", i, got, want.least, want.most)
					}
				}
				if l.turns.free != 4 {
					t.Errorf("%d of 4 turns are free", l.turns.free)
				}
			})
		})
	}
}

// TestAServerThatIsOutOfServiceForAWhile in the middle of a run: reads wait for it, and
// go on with fewer.
func TestAServerThatIsOutOfServiceForAWhile(t *testing.T) {
	const from = 50 * time.Millisecond
	for _, out := range []time.Duration{1500 * time.Millisecond, 8 * time.Second} {
		t.Run(out.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				servers := newFakeServers(func(_ int, at time.Duration, _ location) error {
					if at >= from && at < from+out {
						return outOfService()
					}
					return nil
				})
				l := newLimit(16, servers)
				if faults := readAll(t.Context(), l, 400, "a"); len(faults) > 0 {
					t.Error(faults)
				}
				// All that were under way, then half of them, and so on.
				if n := servers.between(from, from+out); n < 16 || n > 16+8+4+2+1+1+1+1 {
					t.Errorf("%d requests while it is out of service", n)
				}
				if servers.most != 16 || l.turns.servers[0].cuts == 0 || l.turns.free != 16 {
					t.Errorf("%d under way at most, %d cuts, %d turns free", servers.most, l.turns.servers[0].cuts, l.turns.free)
				}
			})
		})
	}
}

// TestAServerThatDoesNotComeBack is given up, and before the run ends.
func TestAServerThatDoesNotComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := newFakeServers(func(n int, _ time.Duration, _ location) error {
			if n > 16 {
				return outOfService()
			}
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		l := newLimit(16, servers)
		if faults := readAll(ctx, l, 16, "a"); len(faults) > 0 {
			t.Fatal(faults)
		}
		_, err := l.read(ctx, in("a"))
		took := servers.asked[len(servers.asked)-1]
		if err == nil || err.Error() != "is out of service" || took < backWithin || took > backWithin+mostPause+3*maxRetryWait {
			t.Errorf("%v, and the last request after %s", err, took)
		}
	})
}

// TestAServerThatHasHardlyAnswered, and is out of service, is not waited for.
func TestAServerThatHasHardlyAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := newFakeServers(func(n int, _ time.Duration, _ location) error {
			if n > 15 {
				return outOfService()
			}
			return nil
		})
		l := newLimit(16, servers)
		if faults := readAll(t.Context(), l, 15, "a"); len(faults) > 0 {
			t.Fatal(faults)
		}
		if _, err := l.read(t.Context(), in("a")); err == nil || len(servers.asked) != 15+3 {
			t.Errorf("%v after %d requests", err, len(servers.asked))
		}
	})
}

// TestAServerThatNobodyWasLetInto has answered nothing, whatever reads came to: it is told
// of soon when it is out of service as well.
func TestAServerThatNobodyWasLetInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := newFakeServers(func(n int, _ time.Duration, _ location) error {
			if n > 32 {
				return outOfService()
			}
			return &fn.Fault{Scope: fn.StoreScope, Cause: "the login is refused"}
		})
		l := newLimit(16, servers)
		readAll(t.Context(), l, 32, "a")
		if _, err := l.read(t.Context(), in("a")); err == nil || len(servers.asked) != 32+3 {
			t.Errorf("%v after %d requests", err, len(servers.asked))
		}
	})
}

// TestAServerIsWellKnownSoon also where many reads may be under way.
func TestAServerIsWellKnownSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := newFakeServers(func(n int, at time.Duration, _ location) error {
			if n > 16 && at < 5*time.Second {
				return outOfService()
			}
			return nil
		})
		l := newLimit(256, servers)
		if faults := readAll(t.Context(), l, 16, "a"); len(faults) > 0 {
			t.Fatal(faults)
		}
		if _, err := l.read(t.Context(), in("a")); err != nil {
			t.Error(err)
		}
	})
}

// TestFewerAreUnderWay after a server asked to be left alone: half as many, then more
// and more again.
func TestFewerAreUnderWayThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const busy, left = 50 * time.Millisecond, 3 * time.Second
		servers := newFakeServers(func(_ int, at time.Duration, _ location) error {
			if at >= busy && at < busy+left {
				return later(left)
			}
			return nil
		})
		l := newLimit(16, servers)
		if faults := readAll(t.Context(), l, 400, "a"); len(faults) > 0 {
			t.Error(faults)
		}
		if servers.most != 16 {
			t.Errorf("%d under way at most, want 16", servers.most)
		}
		// Answers take all the same time, so that reads come in rounds.
		again := busy + answerTime + left
		for _, tc := range []struct {
			from time.Duration
			want int
		}{{0, 16}, {busy - answerTime, 16}, {busy, 16}, {busy + answerTime, 0}, {again - answerTime, 0},
			{again, 8}, {again + answerTime, 9}, {again + 2*answerTime, 10}} {
			if n := servers.between(tc.from, tc.from+answerTime); n != tc.want {
				t.Errorf("%d requests in the round of %s, want %d", n, tc.from, tc.want)
			}
		}
		if n := servers.between(busy, again); n != 16 {
			t.Errorf("%d requests for as long as the server was to be left alone, want the 16 that it refused", n)
		}
		if n := len(servers.asked); n != 416 {
			t.Errorf("%d requests, want 416", n)
		}
		if s := l.turns.servers[0]; s.most != 16 {
			t.Errorf("%d may be under way in the end, want 16", s.most)
		}
	})
}

// TestTheRunEndsWhileReadsWait, each in its way: for a turn, for a time that a server
// asked for, after a failure, for an answer.
func TestTheRunEndsWhileReadsWait(t *testing.T) {
	for _, answer := range []error{nil, later(30 * time.Second), later(0), failed()} {
		synctest.Test(t, func(t *testing.T) {
			servers := newFakeServers(func(int, time.Duration, location) error { return answer })
			l := newLimit(2, servers)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(15*time.Millisecond, cancel)
			faults := readAll(ctx, l, 50, "a")
			if took := time.Since(servers.began); took > 2*answerTime {
				t.Errorf("%v: it took %s", answer, took)
			}
			if faults["interrupted"] < 46 || len(faults) > 1 {
				t.Errorf("%v: %v", answer, faults)
			}
			if n := len(servers.asked); n > 4 {
				t.Errorf("%v: %d requests", answer, n)
			}
			if s := l.turns.servers[0]; l.turns.free != 2 || s.underWay != 0 || len(s.waiting) > 0 {
				t.Errorf("%v: %d turns are free, %d under way, %d wait", answer, l.turns.free, s.underWay, len(s.waiting))
			}
			time.Sleep(time.Minute) // what wakes those that wait finds none
		})
	}
}

// TestNothingIsSentToAServerThatAskedForTooMuch: its reads fail at once, those that
// wait as well, and another server's do not.
func TestNothingIsSentToAServerThatAskedForTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := newFakeServers(func(_ int, _ time.Duration, of location) error {
			if of.at.Server == "https://a" {
				return later(time.Minute)
			}
			return nil
		})
		l := newLimit(4, servers)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		faults := readAll(ctx, l, 30, "a", "b")
		want := map[string]int{"is busy: it asks to be left alone for 1m, and the run ends before that": 30}
		if diff := cmp.Diff(want, faults); diff != "" {
			t.Errorf("faults (-want +got):\n%s", diff)
		}
		if n := len(servers.asked) - 30; n > 4 {
			t.Errorf("%d requests to the server that is busy", n)
		}
		if took := time.Since(servers.began); took > time.Second {
			t.Errorf("it took %s", took)
		}
		if l.turns.free != 4 {
			t.Errorf("%d turns are free", l.turns.free)
		}
	})
}

// TestAReadThatFailedKeepsItsTurn: no other read is begun in the wait for its next
// attempt, but for one where the server is to be left alone.
func TestAReadThatFailedKeepsItsTurn(t *testing.T) {
	for name, tc := range map[string]struct {
		answer error
		want   string
	}{"a failure": {failed(), "aaabbb"}, "a server that is busy": {later(time.Second), "aaabbb"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var order string
				servers := newFakeServers(func(n int, _ time.Duration, of location) error {
					order += of.path
					if n%3 == 0 {
						return nil
					}
					return tc.answer
				})
				l := newLimit(1, servers)
				var all sync.WaitGroup
				for _, path := range []string{"a", "b"} {
					all.Go(func() {
						at := in("host")
						at.path = path
						if _, err := l.read(t.Context(), at); err != nil {
							t.Error(err)
						}
					})
					synctest.Wait() // the first is under way, or waits
				}
				all.Wait()
				if order != tc.want || l.turns.free != 1 {
					t.Errorf("asked for %s, want %s; %d turns are free", order, tc.want, l.turns.free)
				}
			})
		})
	}
}

// TestAReadThatFailedLeavesTheServerAlone where another was told to in the meantime.
func TestAReadThatFailedLeavesTheServerAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const asked = 5 * time.Second
		servers := newFakeServers(func(n int, _ time.Duration, _ location) error {
			return []error{failed(), later(asked), nil, nil}[n-1]
		})
		l := newLimit(2, servers)
		if faults := readAll(t.Context(), l, 2, "a"); len(faults) > 0 {
			t.Error(faults)
		}
		if n := servers.between(2*answerTime, asked); n != 0 || l.turns.free != 2 {
			t.Errorf("%d requests for as long as it was to be left alone, %d turns are free", n, l.turns.free)
		}
	})
}
