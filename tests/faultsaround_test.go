package tests

import (
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// faultsAround are those of what esfn is run by: where its output goes, who ends it, and
// the kustomize that it starts.
var faultsAround = []fault{
	{name: "stdout is a pipe that is closed", bring: onto(closedPipe)},
	{name: "stdout is a file, and the disk is full", bring: onto(fullDisk)},
	{name: "nobody reads stdout, and SIGTERM", bring: func(t *trial) {
		onto(unreadPipe)(t)
		// By then all is done but to write.
		t.recorder.Before(revocation, 1, func() { time.AfterFunc(time.Second, t.terminate) })
	}},
	{name: "SIGTERM before the login's answer, which does not come", bring: terminated(logins, 1, always(logins, testbed.Hang, ""))},
	{name: "SIGTERM before the login's answer", bring: terminated(logins, 1)},
	{name: "SIGTERM during the second read", bring: terminated(reads, 2, from(2, reads, testbed.Hang, ""))},
	{name: "SIGTERM during the revocation", bring: terminated(revocation, 1)},
	{name: "SIGTERM during the revocation, which has no answer", bring: terminated(revocation, 1, always(revocation, testbed.Hang, ""))},
	{name: "esfn build, and kustomize fails", way: buildWay, bring: func(t *trial) {
		t.kustomization += "patches: [{patch: '{apiVersion: v1, kind: Secret, metadata: {name: none}, stringData: {a: " + marked + "}}'}]\n"
	}},
	{name: "esfn build, and there is no kustomize", way: buildWay, bring: func(t *trial) { t.env = append(t.env, "PATH=/nowhere") }},
}

// onto has esfn's output go there.
func onto(there func() (*outlet, error)) func(*trial) {
	return func(t *trial) {
		stdout, err := there()
		t.check(err)
		t.stdout = stdout
	}
}

// terminated has esfn get SIGTERM before the nth such request goes on, to Vault or to what
// is answered in Vault's place.
func terminated(pattern string, nth int, faults ...testbed.Fault) func(*trial) {
	return func(t *trial) {
		t.recorder.Before(pattern, nth, func() {
			t.terminate()
			time.Sleep(50 * time.Millisecond) // until esfn has taken note of it
		})
		answers(faults...)(t)
	}
}
