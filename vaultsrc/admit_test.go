package vaultsrc

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
)

// countingListener accepts connections, counts them, and closes them.
func countingListener(t *testing.T) (address string, connections *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections = &atomic.Int32{}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String(), connections
}

// TestNothingIsSentBeforeTheWholeRunIsJudged runs a package of three stores that are
// each all right and one that is not: no connection is made, no name looked up, no
// token asked for. With the one listed, each of these happens.
func TestNothingIsSentBeforeTheWholeRunIsJudged(t *testing.T) {
	vault, toVault := countingListener(t)
	kubernetes, toKubernetes := countingListener(t)
	foreign, toForeign := countingListener(t)
	var lookups atomic.Int32
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		lookups.Add(1)
		return nil, errors.New("made up: no names here")
	}}
	t.Cleanup(func() { net.DefaultResolver = before })
	kubeconfig := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(kubeconfig, []byte(`
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "http://`+kubernetes+`"}}]
users: [{name: u, user: {token: made-up}}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	const token = "auth: {tokenSecretRef: {name: token, key: token}}"
	const account = "auth: {kubernetes: {role: r, serviceAccountRef: {name: sa}}}"
	manifests := "apiVersion: v1\nkind: Secret\nmetadata: {name: token}\nstringData: {token: made-up}\n" +
		storeAndUser("one", "http://"+vault, token) + storeAndUser("two", "https://vault.test", token) +
		storeAndUser("three", "https://listed.test", account) + storeAndUser("foreign", "http://"+foreign, account)
	for _, tc := range []struct {
		allowed string
		refused bool
	}{
		{"https://listed.test", true},
		{"https://listed.test,http://" + foreign, false},
	} {
		settings, problems := ParseSettings(func(name string) string {
			return map[string]string{"KUBECONFIG": kubeconfig, "ESFN_ALLOWED_SERVERS": tc.allowed}[name]
		}, os.ReadFile)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		source := New(settings)
		_, problems = fn.Run(t.Context(), fn.Input{Items: documents(t, manifests), Plain: true}, source)
		source.Close()
		refused := strings.Contains(problems.Error(), "SecretStore foreign: spec.provider.vault.server: http://"+foreign+" would be sent a token of the service account default/sa, and nothing")
		if len(problems) == 0 || refused != tc.refused || refused && len(problems) != 1 {
			t.Errorf("%s: problems:\n%s", tc.allowed, problems.Error())
		}
		for what, n := range map[string]int32{"connections to Vault": toVault.Load(), "connections to the API server": toKubernetes.Load(), "lookups of names": lookups.Load()} {
			if tc.refused == (n > 0) {
				t.Errorf("%s: %d %s", tc.allowed, n, what)
			}
		}
		if n := toForeign.Load(); n > 0 {
			t.Errorf("%d connections to a server that no token could be got for", n)
		}
	}
}

func storeAndUser(name, server, auth string) string {
	return `---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: ` + name + `}
spec:
  retrySettings: {maxRetries: 0}
  provider: {vault: {server: "` + server + `", path: kv, ` + auth + `}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ` + name + `}
spec:
  secretStoreRef: {name: ` + name + `}
  data: [{secretKey: a, remoteRef: {key: app, property: a}}]
`
}

func documents(t *testing.T, manifests string) (items []*manifest.Object) {
	t.Helper()
	for text := range strings.SplitSeq(manifests, "---\n") {
		item, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, manifest.New(item))
	}
	return items
}

// TestTheOperatorsStoreSharesItsLogin with one of the package that says the same.
func TestTheOperatorsStoreSharesItsLogin(t *testing.T) {
	t.Parallel()
	address, seen := fakeVault(t, 200, loginAndSecret)
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt", "ESFN_ALLOWED_SERVERS": address}))
	for i := range 4 {
		c := serviceAccount(address)
		c.Operator = i%2 == 0
		if _, err := source.Read(context.Background(), ref(c, i/2)); err != nil {
			t.Fatal(err)
		}
	}
	source.Close()
	want := []string{"PUT /v1/auth/login", "GET /v1/kv/data/app0", "GET /v1/kv/data/app1", "PUT /v1/auth/token/revoke-self"}
	if got := requestsWith(*seen, "X-None"); strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("requests: %q", got)
	}
}

// TestTheOperatorsSecretsGoToNoServerOfThePackage has a package whose store refers to
// a Secret that the operator gave, in either way, and names a server of its own.
func TestTheOperatorsSecretsGoToNoServerOfThePackage(t *testing.T) {
	t.Parallel()
	const own = "apiVersion: v1\nkind: Secret\nmetadata: {name: own}\nstringData: {token: made-up-operators}\n"
	for _, tc := range []struct {
		name     string
		operator fn.Operator
	}{
		{"in ESFN_STORES", fn.Operator{Items: documents(t, own)}},
		{"in ESFN_SECRETS_DIR", fn.Operator{Secrets: fstest.MapFS{"default/own/token": {Data: []byte("made-up-operators")}}}},
	} {
		foreign, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"data":{"a":"made-up"},"metadata":{"version":1}}}`)
		run := func(allowed string) fn.Problems {
			source := New(settingsOf(t, map[string]string{"ESFN_ALLOWED_SERVERS": allowed}))
			defer source.Close()
			_, problems := fn.Run(t.Context(), fn.Input{
				// The package has a Secret of that name as well: the operator's wins.
				Items: documents(t, strings.ReplaceAll(own, "operators", "packages")+storeAndUser("foreign", foreign, "auth: {tokenSecretRef: {name: own, key: token}}")),
				Plain: true, Operator: tc.operator,
			}, source)
			return problems
		}
		problems := run("")
		want := "SecretStore foreign: spec.provider.vault.server: " + foreign + " would be sent what the operator's Secret default/own holds, and nothing in the environment says that it may be"
		if len(problems) != 1 || !strings.Contains(problems.Error(), want) || len(*seen) > 0 {
			t.Errorf("%s: %d requests, problems:\n%s", tc.name, len(*seen), problems.Error())
		}
		if problems := run(foreign); len(problems) > 0 || len(*seen) != 1 || (*seen)[0].Header.Get("X-Vault-Token") != "made-up-operators" {
			t.Errorf("%s, listed: %d requests, problems:\n%s", tc.name, len(*seen), problems.Error())
		}
	}
}
