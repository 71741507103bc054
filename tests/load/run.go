package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

type options struct {
	duration time.Duration
	atOnce   int
	folder   string
}

// result is all that is known of a load when it is over.
type result struct {
	options
	renders  []rendering
	outages  []outage
	versions int
	left     []testbed.Login
	places   int
	// before and after are of Vault, when nobody asks it for anything.
	before, after vaultState
}

// vaultState is what a Vault's process has: descriptors, connections among them, and
// resident memory in bytes.
type vaultState struct {
	descriptors int
	resident    int64
}

// run has renders made for so long, with Vault sealed after a third of the time and
// replaced after two.
func run(o options, p programs) (*result, error) {
	storage := filepath.Join(o.folder, "storage")
	flags, err := testbed.WithStorage(storage)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(storage, 0o700); err != nil {
		return nil, err
	}
	vault, err := testbed.StartVault(p.vault, flags...)
	if err != nil {
		return nil, err
	}
	defer func() { vault.Stop() }()
	r := &renderer{programs: p, folder: o.folder, history: newHistory(), leaks: &testbed.Leaks{}}
	if err := seed(vault, r.history); err != nil {
		return nil, err
	}
	var places []place
	for number := range o.atOnce {
		at, err := newPlace(vault, r.leaks, o.folder, number)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	made := &result{options: o, places: len(places)}
	// The first of a Vault is not like the others.
	if first := r.render(places[0]); first.wrong != nil || first.exit != 0 {
		return nil, fmt.Errorf("the first render: exit status %d: %s %w", first.exit, first.reason, first.wrong)
	}
	if made.before, err = stateOf(vault, 0); err != nil {
		return nil, err
	}
	if err := made.storm(o, r, places, vault); err != nil {
		return nil, err
	}
	made.versions = r.history.versions()
	if made.left, err = vault.Logins(); err != nil {
		return nil, err
	}
	made.after, err = stateOf(vault, made.before.descriptors)
	return made, err
}

// storm makes the renders, and the outages.
func (made *result) storm(o options, r *renderer, places []place, vault *testbed.Vault) error {
	ctx, stop := context.WithTimeout(context.Background(), o.duration)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() { r.history.goOn(ctx, vault) })
	var mu sync.Mutex
	for _, at := range places {
		all.Go(func() {
			for ctx.Err() == nil {
				one := r.render(at)
				mu.Lock()
				made.renders = append(made.renders, one)
				mu.Unlock()
			}
		})
	}
	while := min(15*time.Second, o.duration/10)
	time.Sleep(o.duration / 3)
	sealed, err := outageOf("sealed", vault, while, vault.Seal, vault.Unseal)
	if err != nil {
		return err
	}
	time.Sleep(o.duration/3 - while)
	replaced, err := outageOf("replaced", vault, while/3, func() error { return end(vault) }, vault.StartAgain)
	if err != nil {
		return err
	}
	made.outages = []outage{sealed, replaced}
	<-ctx.Done()
	return nil
}

// end ends a Vault as one ends that is told to: it seals itself first, which waits for what
// is under way. A storage of files does not outlive a kill in the middle of a write.
func end(vault *testbed.Vault) error {
	if err := vault.Seal(); err != nil {
		return err
	}
	vault.Stop()
	return nil
}

// stateOf looks at a Vault's process once it has no more descriptors than those, or
// after a while that it is given for that.
func stateOf(vault *testbed.Vault, descriptors int) (s vaultState, err error) {
	const patience = 10 * time.Second
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		testbed.CloseIdleConnections() // our own
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", vault.PID()))
		if err != nil {
			return s, err
		}
		s.descriptors = len(open)
		if settled := time.Since(began) > time.Second; settled && (s.descriptors <= descriptors || descriptors == 0) || time.Since(began) > patience {
			break
		}
	}
	s.resident, err = residentOf(vault.PID())
	return s, err
}
