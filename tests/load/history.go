package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// history is which versions of each secret there were, and when.
type history struct {
	mu sync.Mutex
	of map[string][]version // by path; version 1 is the first
}

// version is when its write began, and when it was known to be there.
type version struct{ began, there time.Time }

func newHistory() *history { return &history{of: map[string][]version{}} }

// write writes the next version of a secret. Where it is not known whether it was
// written, it is the next again.
func (h *history) write(vault *testbed.Vault, path string) error {
	h.mu.Lock()
	all := h.of[path]
	if len(all) == 0 || !all[len(all)-1].there.IsZero() {
		all = append(all, version{began: time.Now()})
		h.of[path] = all
	}
	number := len(all)
	h.mu.Unlock()
	if err := put(vault, path, number); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of[path][number-1].there = time.Now()
	return nil
}

// goOn writes new versions, of secrets at random, until the context ends. A Vault that
// is out of service is asked again.
func (h *history) goOn(ctx context.Context, vault *testbed.Vault) {
	const pause = 25 * time.Millisecond
	for ctx.Err() == nil {
		paths := pathsOf(tenant(rand.IntN(tenants)))
		_ = h.write(vault, paths[rand.IntN(len(paths))])
		time.Sleep(pause)
	}
}

// had tells why a secret could not have been read at a version by who read between
// these times, or "".
func (h *history) had(path string, number int, from, to time.Time) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.of[path]
	switch {
	case number < 1 || number > len(all):
		return "there was no such version"
	case all[number-1].began.After(to):
		return "that version was not there yet"
	case number < len(all) && !all[number].there.IsZero() && all[number].there.Before(from):
		return fmt.Sprintf("that version was old: the next was there %s before", from.Sub(all[number].there))
	}
	return ""
}

// versions is how many there were in all.
func (h *history) versions() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, all := range h.of {
		n += len(all)
	}
	return n
}
