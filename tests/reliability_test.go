package tests

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// playedFault is what came of a fault in one of the ways.
type playedFault struct {
	outcome
	said   string
	leaked []string
	// login is the path of its login at the Vault of all, whose tokens are counted when
	// all have been played; empty where it had a Vault of its own.
	login string
	err   error
}

// TestReliability brings every fault about, at a real Vault or on the way there, and
// compares what comes of it with the page that promises it.
func TestReliability(t *testing.T) {
	if _, err := certificates.start(); err != nil {
		t.Fatal(err)
	}
	shared, err := testbed.StartVault(programs.vault)
	if err == nil {
		t.Cleanup(shared.Stop)
		err = furnish(shared)
	}
	if err != nil {
		t.Fatal(err)
	}
	faults := slices.Concat(faultsOfVault, faultsBetween, faultsOfConnections, faultsAround)
	played := make([]map[string]playedFault, len(faults))
	folder := t.TempDir()
	var all sync.WaitGroup
	var mu sync.Mutex
	atOnce := make(chan struct{}, 16) // most of them wait
	for i, fault := range faults {
		played[i] = map[string]playedFault{}
		for _, way := range fault.ways() {
			all.Go(func() {
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				one := fault.play(shared, folder, way)
				mu.Lock()
				defer mu.Unlock()
				played[i][way] = one
			})
		}
	}
	all.Wait()
	left, err := tokensLeft(shared)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(played[0][listWay].stdout, renderedInList) {
		t.Fatal("a Secret in a ResourceList is not known by what it is known by")
	}
	rows := faultRows(t)
	for i, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			written := rows[fault.name]
			delete(rows, fault.name)
			for _, way := range fault.ways() {
				one := played[i][way]
				if one.err != nil {
					t.Errorf("%s: %v", way, one.err)
					continue
				}
				if len(one.leaked) > 0 {
					t.Errorf("%s: shown: %s", way, strings.Join(one.leaked, "; "))
				}
				if one.login != "" {
					one.tokens = left[one.login]
				}
				if way == listWay {
					one.stdout = ofResourceList(one.outcome, played[0][way].stdout, played[0][pipeWay].stdout)
				}
				row := one.row(fault.name, inCell(one.said), played[0][pipeWay].stdout, written)
				if !slices.Equal(row, written) {
					t.Errorf("%s: the row should be\n| %s |\nand is\n| %s |", way, strings.Join(row, " | "), strings.Join(written, " | "))
				}
			}
		})
	}
	for name := range rows {
		t.Errorf("docs/reliability.md has a row %q, and no test brings that about", name)
	}
}

// ways are those that a fault is played in: one that needs a Vault of its own in the
// first alone, which is enough.
func (f fault) ways() []string {
	switch {
	case f.way != "":
		return []string{f.way}
	case f.alone:
		return ways[:1]
	}
	return ways
}

// renderedInList is in a ResourceList that has the Secret of a trial.
const renderedInList = "kind: Secret\n  metadata:\n    name: app"

// ofResourceList is what would be on the stdout of a pipe: of a ResourceList the items
// come back, as they were or with all Secrets.
func ofResourceList(o outcome, whole, wholeOfPipe string) string {
	if o.stdout == whole {
		return wholeOfPipe
	}
	if o.exit != 0 && !strings.Contains(o.stdout, renderedInList) {
		return ""
	}
	return o.stdout
}

// play is a trial with the fault.
func (f fault) play(shared *testbed.Vault, folder, way string) (p playedFault) {
	t, err := newTrial(f, shared)
	if t != nil {
		defer t.end()
	}
	if err != nil {
		return playedFault{err: err}
	}
	f.bring(t)
	if t.err != nil {
		return playedFault{err: t.err}
	}
	p.outcome, p.err = t.run(folder, way)
	p.said, p.leaked, p.login = t.said(p.stderr, f.anyRead), t.leaked(p.outcome), "auth/"+t.mount+"/login"
	if f.alone && p.err == nil {
		var left map[string]int
		left, p.err = tokensLeft(t.vault)
		p.tokens, p.login = left[p.login], ""
	}
	return p
}
