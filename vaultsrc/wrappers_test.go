package vaultsrc

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/esfn/esfn/fn"
)

// slow is a reader that waits until it is released, and counts. It panics where the
// path says so.
type slow struct {
	release              chan struct{}
	calls, now, together atomic.Int32
}

func (s *slow) read(_ context.Context, at location) (fn.Answer, error) {
	s.calls.Add(1)
	if n := s.now.Add(1); n > s.together.Load() {
		s.together.Store(n)
	}
	<-s.release
	s.now.Add(-1)
	if at.path == "panic" {
		panic("made up")
	}
	return fn.Answer{Version: 7}, nil
}

func TestDedupeReadsALocationOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := &slow{release: make(chan struct{})}
		d := newDedupe(next)
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				// Two locations, each asked for by fifty.
				got, err := d.read(context.Background(), location{path: []string{"a", "b"}[i%2]})
				if err != nil || got.Version != 7 {
					t.Errorf("got %v, %v", got, err)
				}
			})
		}
		synctest.Wait()
		close(next.release)
		all.Wait()
		if n := next.calls.Load(); n != 2 {
			t.Errorf("%d reads, want 2", n)
		}
	})
}

func TestDedupeTellsLocationsApart(t *testing.T) {
	next := &slow{release: make(chan struct{})}
	close(next.release)
	d := newDedupe(next)
	apart := []location{
		{path: "a"}, {path: "b"}, {path: "a", version: "1"}, {path: "a", engine: fn.KV1},
		{path: "a", part: fn.FolderPart}, {path: "a", part: fn.MetadataPart},
		{path: "a", at: endpoint{Connection: fn.Connection{Server: "s"}}},
		{path: "a", at: endpoint{Connection: fn.Connection{Server: "s", Login: packageToken("").Login}}},
	}
	for range 2 {
		for _, at := range apart {
			if _, err := d.read(context.Background(), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := int(next.calls.Load()); n != len(apart) {
		t.Errorf("%d reads, want %d", n, len(apart))
	}
}
