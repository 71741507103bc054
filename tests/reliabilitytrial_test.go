package tests

import (
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/esfn/esfn/tests/testbed"
)

// trial is one run of esfn with a fault: four secrets, one read at a time, by an
// AppRole's login that no other trial has.
type trial struct {
	vault    *testbed.Vault
	recorder *testbed.Recorder
	leaks    *testbed.Leaks
	// mount is where the approle method is that it logs in at, so that its tokens are
	// known from those of other trials.
	mount string
	// server is the address that the store names, and store what else it says of Vault.
	server string
	store  map[string]string
	// entries are those of the ExternalSecret's spec.
	entries string
	env     []string
	// secretID is what it logs in with.
	roleID, secretID string
	// stdout is where the output goes; nil where it is taken.
	stdout *outlet
	// kustomization is that of the folder that esfn build is given.
	kustomization string
	// process is esfn's, once it runs.
	process chan *os.Process
	// hosts are names for addresses in what it says.
	hosts map[string]string
	// end ends the Vault, where it is the trial's own.
	end func()
	err error
}

// outcome is what came of a trial.
type outcome struct {
	exit           int
	stdout, stderr string
	requests       map[string]int // by kind
	connections    int
	// tokens are those of its login that are left.
	tokens int
}

var trials atomic.Int64

// newTrial is one with a fault, before the Vault of all or one of its own; end ends it.
func newTrial(f fault, shared *testbed.Vault) (t *trial, err error) {
	t = &trial{vault: shared, leaks: &testbed.Leaks{}, mount: fmt.Sprint("approle-", trials.Add(1)), entries: fourSecrets,
		store: map[string]string{"path": "kv"}, env: []string{"ESFN_CONCURRENCY=1"}, hosts: map[string]string{}, end: func() {}, kustomization: "resources: [all.yaml]\n", process: make(chan *os.Process, 1)}
	t.leaks.Remember("the root token", testbed.RootToken)
	t.leaks.Remember("a value", marked)
	if t.recorder, err = testbed.NewRecorder(shared.Address, t.leaks); err != nil {
		return nil, err
	}
	t.server = t.recorder.Address
	if f.alone {
		var flags []string
		if f.flags != nil {
			flags = f.flags(t.recorder.Address)
		}
		if t.vault, err = testbed.StartVault(programs.vault, flags...); err != nil {
			return t, err
		}
		t.end = t.vault.Stop
		if err = furnish(t.vault); err == nil {
			err = t.recorder.Move(t.vault.Address)
		}
	}
	if err == nil {
		t.roleID, t.secretID, err = t.vault.AppRoleAt(t.mount, "app", "reader", "")
	}
	t.leaks.Remember("the secret ID", t.secretID)
	return t, err
}

// check notes what went wrong in bringing the fault about.
func (t *trial) check(err error) {
	if err != nil && t.err == nil {
		t.err = err
	}
}

// terminate sends SIGTERM to esfn, once.
func (t *trial) terminate() { t.check((<-t.process).Signal(syscall.SIGTERM)) }

// do sends a request to Vault that brings the fault about.
func (t *trial) do(method, path, body string) {
	_, err := t.vault.Do(method, path, body)
	t.check(err)
}

// tokensLeft counts the tokens of logins that are valid, by the path of the login. A
// Vault that is sealed has kept them. Nobody may log in at the same time: a token that is
// looked up before Vault has noted its lease is deleted.
func tokensLeft(vault *testbed.Vault) (map[string]int, error) {
	if unsealed, err := vault.Unsealed(); err != nil || !unsealed {
		if err == nil {
			err = vault.Unseal()
		}
		if err != nil {
			return nil, err
		}
	}
	left, err := vault.LoginTokens()
	n := map[string]int{}
	for _, path := range left {
		n[path]++
	}
	return n, err
}

var (
	aDate      = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)
	aFile      = regexp.MustCompile(`(?m)^  file: stdin.*\n`)
	anyAddress = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	anyEntry   = regexp.MustCompile(`spec\.data\[\d\]`)
	anySecret  = regexp.MustCompile(`app/[a-d]\b`)
)

// said is what a trial said, as the page has it: without the addresses and dates that
// are another trial's next time, and the place in the input.
func (t *trial) said(stderr string, anyRead bool) string {
	if anyRead {
		stderr = anySecret.ReplaceAllString(anyEntry.ReplaceAllString(stderr, "spec.data[N]"), "app/NAME")
	}
	said := aFile.ReplaceAllString(stderr, "")
	for address, name := range t.hosts {
		said = strings.ReplaceAll(said, address, name)
	}
	said = strings.ReplaceAll(said, t.mount, "approle")
	said = anyAddress.ReplaceAllString(said, "vault:8200")
	return aDate.ReplaceAllString(said, "DATE")
}

// leaked is what of a run shows that should not.
func (t *trial) leaked(o outcome) []string {
	found := t.leaks.In(o.stderr)
	if o.exit != 0 && (strings.Contains(o.stdout, marked) || strings.Contains(o.stdout, base64.StdEncoding.EncodeToString([]byte(marked)))) {
		found = append(found, "a value on stdout")
	}
	return slices.Compact(found)
}
