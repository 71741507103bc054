package tests

import (
	"net/http"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// fault is one of the page's table.
type fault struct {
	// name is the row's first cell.
	name string
	// alone has it happen to a Vault that no other trial uses, with flags where there are
	// any: active is an address before it.
	alone bool
	flags func(active string) []string
	// way is the only one to run esfn in that has the fault; empty where all have it.
	way string
	// anyRead tells that it meets whichever reads come first: the page has NAME and N for
	// the secret's name and the entry's number.
	anyRead bool
	// bring brings it about.
	bring func(t *trial)
}

const reads = "kv/data/app/*"

// outOfTime is the time of a run that would wait for longer than a test may.
const outOfTime = "ESFN_TIMEOUT=2s"

// faultsOfVault are those that Vault itself answers with.
var faultsOfVault = []fault{
	{name: "no fault", bring: func(*trial) {}},
	{name: "sealed at the start", alone: true, bring: func(t *trial) { t.check(t.vault.Seal()) }},
	{name: "sealed before the second read, and for good", alone: true, bring: func(t *trial) {
		t.recorder.Before(reads, 2, func() { t.check(t.vault.Seal()) })
	}},
	{name: "sealed before the second read, and unsealed after a second", alone: true, bring: func(t *trial) {
		t.recorder.Before(reads, 2, func() {
			t.check(t.vault.Seal())
			time.AfterFunc(time.Second, func() { t.check(t.vault.Unseal()) })
		})
	}},
	{name: "a standby node", alone: true, flags: testbed.WithStandby, bring: func(t *trial) { t.atStandby() }},
	{name: "a standby node, whose active node cannot be reached", alone: true, flags: func(string) []string { return testbed.WithStandby("http://" + nobody) }, bring: func(t *trial) {
		t.hosts[nobody] = "active:8200"
		t.atStandby()
	}},
	{name: "a standby node, whose active node may not be sent the login", alone: true, flags: func(string) []string { return testbed.WithStandby("http://active:8200") }, bring: func(t *trial) { t.atStandby() }},
	{name: "the active node fails before the second read, and the standby node takes over", alone: true, flags: testbed.WithStandby, bring: func(t *trial) {
		t.atStandby()
		t.recorder.Before(reads, 2, func() { t.check(t.vault.Seal()) })
	}},
	{name: "a quota, and no word for how long", alone: true, bring: func(t *trial) { t.quota("1s", false) }},
	{name: "a quota, and Retry-After: 1", alone: true, bring: func(t *trial) { t.quota("1s", true) }},
	{name: "a quota, and Retry-After past the end of the run", alone: true, bring: func(t *trial) { t.quota("1h", true) }},
	{name: "a path that is missing", bring: func(t *trial) { t.entries = oneOf("{key: app/nothing}") }},
	{name: "a version that never was", bring: func(t *trial) { t.entries = oneOf(`{key: app/c, version: "9"}`) }},
	{name: "a version that is deleted", bring: func(t *trial) { t.entries = oneOf("{key: app/deleted}") }},
	{name: "a version that is destroyed", bring: func(t *trial) { t.entries = oneOf("{key: app/destroyed}") }},
	{name: "a field that is missing", bring: func(t *trial) { t.entries = oneOf("{key: app/c, property: User}") }},
	{name: "KV v1, read as v2", bring: func(t *trial) {
		t.store["path"], t.entries = "kv1", "\n  data: [{secretKey: a, remoteRef: {key: app/a}}]\n"
	}},
	{name: "KV v2, read as v1", bring: func(t *trial) {
		t.store["version"], t.entries = "v1", "\n  data: [{secretKey: a, remoteRef: {key: app/a}}]\n"
	}},
	{name: "a mount that is not there, and the policy allows it", bring: func(t *trial) {
		t.store["path"], t.entries = "gone", "\n  data: [{secretKey: a, remoteRef: {key: app/a}}]\n"
	}},
	{name: "the mount goes before the second read", alone: true, anyRead: true, bring: func(t *trial) {
		t.recorder.Before(reads, 2, func() { t.do(http.MethodDelete, "sys/mounts/kv", "") })
	}},
	{name: "permission denied for a read", bring: func(t *trial) { t.entries = oneOf("{key: app/denied}") }},
	{name: "permission denied for a find", bring: func(t *trial) {
		t.entries = "\n  dataFrom: [{find: {path: app, name: {regexp: .}}}]\n"
	}},
	{name: "the login's role is wrong", bring: func(t *trial) { t.roleID = "made-up-role-id" }},
	{name: "the login's secret ID is wrong", bring: func(t *trial) { t.secretID = "made-up-secret-id" }},
	{name: "the login's method is not enabled", bring: func(t *trial) { t.do(http.MethodDelete, "sys/auth/"+t.mount, "") }},
	{name: "the token expires before the second read", bring: func(t *trial) {
		t.do(http.MethodPost, "auth/"+t.mount+"/role/app", `{"token_ttl":"3s","token_max_ttl":"3s"}`)
		t.recorder.Before(reads, 2, func() { time.Sleep(4 * time.Second) })
	}},
	{name: "permission denied for the revocation", bring: func(t *trial) {
		t.do(http.MethodPost, "auth/"+t.mount+"/role/app", `{"token_no_default_policy":true}`)
	}},
	{name: "sealed before the revocation", alone: true, bring: func(t *trial) {
		t.recorder.Before("auth/token/revoke-self", 1, func() { t.check(t.vault.Seal()) })
	}},
}

// atStandby has the trial ask the standby node.
func (t *trial) atStandby() {
	server, err := t.recorder.Open(testbed.Front{Vault: t.vault.StandbyAddress})
	t.check(err)
	t.server = server
}

// quota lets two reads pass each interval, and Vault say how long that lasts, or not.
func (t *trial) quota(interval string, said bool) {
	if said {
		t.do(http.MethodPost, "sys/quotas/config", `{"enable_rate_limit_response_headers":true}`)
	}
	t.do(http.MethodPost, "sys/quotas/rate-limit/kv", `{"path":"kv/","rate":2,"interval":"`+interval+`"}`)
}
