package vaultsrc

import (
	"context"
	"sync"
	"time"

	"github.com/esfn/esfn/fn"
)

// fakeServers is a reader that answers as they would, after a while, by the clock of a
// synctest bubble, and notes when it was asked.
type fakeServers struct {
	began time.Time
	// answer is that to the nth request, from 1, which came at a time since the beginning.
	answer func(n int, at time.Duration, of location) error

	mu             sync.Mutex
	asked          []time.Duration
	underWay, most int
}

const answerTime = 10 * time.Millisecond

func newFakeServers(answer func(n int, at time.Duration, of location) error) *fakeServers {
	return &fakeServers{began: time.Now(), answer: answer}
}

func (f *fakeServers) read(_ context.Context, of location) (fn.Answer, error) {
	f.mu.Lock()
	at := time.Since(f.began)
	f.asked = append(f.asked, at)
	n := len(f.asked)
	f.underWay++
	f.most = max(f.most, f.underWay)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.underWay--
	}()
	time.Sleep(answerTime)
	return fn.Answer{Version: 7}, f.answer(n, at, of)
}

// between is how many requests came from one time on until before another.
func (f *fakeServers) between(from, to time.Duration) (n int) {
	for _, at := range f.asked {
		if at >= from && at < to {
			n++
		}
	}
	return n
}

// later is what a server that is busy says; 0 where it does not say for how long.
func later(asked time.Duration) error {
	return &again{fault: &fn.Fault{Scope: fn.StoreScope, Cause: "is busy"}, session: &session{}, busy: true, asked: asked}
}

// failed is an attempt that failed.
func failed() error {
	return &again{fault: &fn.Fault{Scope: fn.StoreScope, Cause: "failed"}, session: &session{}}
}

// outOfService is what a gateway says without a node behind it, or Vault while it has
// no leader.
func outOfService() error {
	return &again{fault: &fn.Fault{Scope: fn.StoreScope, Cause: "is out of service"}, session: &session{}, out: true}
}

// in is a location at a server of that name.
func in(host string) location {
	return location{at: endpoint{Connection: fn.Connection{Server: "https://" + host}}}
}

// readAll reads so much of each host at once, and returns the faults.
func readAll(ctx context.Context, l *limit, n int, hosts ...string) map[string]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	faults := map[string]int{}
	for range n {
		for _, host := range hosts {
			all.Go(func() {
				_, err := l.read(ctx, in(host))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					faults[err.Error()]++
				}
			})
		}
	}
	all.Wait()
	return faults
}
