package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// requestsWith lists the requests that a server has seen, with one of their headers.
func requestsWith(seen []http.Request, header string) (lines []string) {
	for _, r := range seen {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, strings.Join(r.Header.Values(header), ","))))
	}
	return lines
}

const loginAndSecret = `{"request_id":"made-up","auth":{"client_token":"hvs.made-up"},"data":{"data":{"a":"made-up"},"metadata":{}}}`

// readOnce makes a run of one read, with a login by a service account's token.
func readOnce(t *testing.T, c fn.Connection, variables map[string]string) {
	t.Helper()
	env := map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}
	for name, value := range variables {
		env[name] = value
	}
	source := New(settingsOf(t, env))
	if _, err := source.Read(context.Background(), ref(c, 0)); err != nil {
		t.Fatal(err)
	}
	if warnings := source.Close(); len(warnings) > 0 {
		t.Error(warnings)
	}
}

// TestHeadersGoWithEveryRequest of a session, the login and the revocation as well.
func TestHeadersGoWithEveryRequest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		change  func(*fn.Connection)
		env     map[string]string
		header  string
		answers []string
		want    []string // with the login, the read and the revocation
	}{
		{name: "a header of the store", header: "X-Made-Up", want: []string{"of the store", "of the store", "of the store"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"x-made-up": "of the store", "Other": "b"})
		}},
		{name: "a header in two spellings", header: "X-Made-Up", want: []string{"a,b", "a,b", "a,b"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"X-Made-Up": "a", "x-made-up": "b"})
		}},
		{name: "none", header: "X-Made-Up", want: []string{"", "", ""}},
		{name: "what an Agent may ask for", header: "X-Vault-Request", want: []string{"true", "true", "true"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"X-Vault-Request": "false"})
		}},
		{name: "esfn's own name", header: "User-Agent", want: []string{"esfn/made-up", "esfn/made-up", "esfn/made-up"}},
		{name: "a name that the store gives", header: "User-Agent", want: []string{"mine", "mine", "mine"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"user-agent": "mine"})
		}},
		{name: "the token", header: "X-Vault-Token", want: []string{"", "hvs.made-up", "hvs.made-up"}},

		{name: "no namespace", header: "X-Vault-Namespace", want: []string{"", "", ""}},
		{name: "namespace", header: "X-Vault-Namespace", want: []string{"team", "team", "team"}, change: func(c *fn.Connection) { c.Namespace = "/team/" }},
		{name: "auth.namespace", header: "X-Vault-Namespace", want: []string{"admin", "team/a", "admin"}, change: func(c *fn.Connection) {
			c.Namespace, c.Login.Namespace, c.Login.HasNamespace = "team/a", "admin", true
		}},
		{name: "auth.namespace alone", header: "X-Vault-Namespace", want: []string{"admin", "", "admin"}, change: func(c *fn.Connection) {
			c.Login.Namespace, c.Login.HasNamespace = "admin", true
		}},
		{name: "auth.namespace that is the root", header: "X-Vault-Namespace", want: []string{"", "team", ""}, change: func(c *fn.Connection) {
			c.Namespace, c.Login.HasNamespace = "team", true
		}},
		{name: "VAULT_NAMESPACE", header: "X-Vault-Namespace", env: map[string]string{"VAULT_NAMESPACE": "operators"}, want: []string{"operators", "operators", "operators"}, change: func(c *fn.Connection) {
			c.Namespace = "team"
		}},
		{name: "VAULT_NAMESPACE and auth.namespace", header: "X-Vault-Namespace", env: map[string]string{"VAULT_NAMESPACE": "operators"}, want: []string{"operators", "operators", "operators"}, change: func(c *fn.Connection) {
			c.Namespace, c.Login.Namespace, c.Login.HasNamespace = "team", "admin", true
		}},
		{name: "a header for the namespace", header: "X-Vault-Namespace", want: []string{"team", "team", "team"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"x-vault-namespace": "team"})
		}},
		{name: "a header beside the namespace", header: "X-Vault-Namespace", want: []string{"admin", "team", "admin"}, change: func(c *fn.Connection) {
			c.Headers = fn.NewHeaders(map[string]string{"X-Vault-Namespace": "other"})
			c.Namespace, c.Login.Namespace, c.Login.HasNamespace = "team", "admin", true
		}},

		{name: "a state", header: "X-Vault-Index", answers: []string{"X-Vault-Index", "made-up-index"}, want: []string{"", "", ""}},
		{name: "a state that is told on", header: "X-Vault-Index", answers: []string{"X-Vault-Index", "made-up-index"}, want: []string{"", "made-up-index", "made-up-index"}, change: func(c *fn.Connection) {
			c.ReadYourWrites = true
		}},
		{name: "readYourWrites alone", header: "X-Vault-Inconsistent", want: []string{"", "", ""}, change: func(c *fn.Connection) { c.ReadYourWrites = true }},
		{name: "forwardInconsistent alone", header: "X-Vault-Inconsistent", want: []string{"", "", ""}, change: func(c *fn.Connection) { c.ForwardInconsistent = true }},
		{name: "both", header: "X-Vault-Inconsistent", want: []string{"forward-active-node", "forward-active-node", "forward-active-node"}, change: func(c *fn.Connection) {
			c.ReadYourWrites, c.ForwardInconsistent = true, true
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			address, seen := fakeVault(t, 200, loginAndSecret, tc.answers...)
			c := serviceAccount(address)
			if tc.change != nil {
				tc.change(&c)
			}
			settings := settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt", "VAULT_NAMESPACE": tc.env["VAULT_NAMESPACE"]})
			settings.UserAgent = "esfn/made-up"
			source := New(settings)
			if _, err := source.Read(context.Background(), ref(c, 0)); err != nil {
				t.Fatal(err)
			}
			if warnings := source.Close(); len(warnings) > 0 {
				t.Error(warnings)
			}
			var want []string
			for i, request := range []string{"PUT /v1/auth/login", "GET /v1/kv/data/app0", "PUT /v1/auth/token/revoke-self"} {
				want = append(want, strings.TrimSpace(request+" "+tc.want[i]))
			}
			if diff := cmp.Diff(want, requestsWith(*seen, tc.header)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.header, diff)
			}
		})
	}
}

// TestHowOftenAStoreHasItsRequestsRepeated counts them.
func TestHowOftenAStoreHasItsRequestsRepeated(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		retry  fn.Retry
		reads  int
	}{
		{500, fn.Retry{}, 3},
		{500, fn.Retry{Given: true}, 1},
		{500, fn.Retry{Given: true, Interval: "1ms"}, 1},
		{500, fn.Retry{Given: true, Max: 1, Interval: "1ms"}, 2},
		{500, fn.Retry{Given: true, Max: 6, Interval: "1ms"}, 7},
		{429, fn.Retry{Given: true}, 1},
		{429, fn.Retry{Given: true, Max: 6, Interval: "1ms"}, 7},
	} {
		address, seen := fakeVault(t, tc.status, `{"errors":["made up"]}`)
		c := packageToken(address)
		c.Retry = tc.retry
		if _, err := readAs(t, c, nil); err == nil {
			t.Error("it worked")
		}
		if len(*seen) != tc.reads {
			t.Errorf("%d, %+v: %d requests, want %d", tc.status, tc.retry, len(*seen), tc.reads)
		}
	}
}

// TestARevocationIsRepeatedOnce at most: it is to be over soon.
func TestARevocationIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int32{0: 1, 1: 2, 9: 2} {
		var revocations atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/revoke-self") {
				revocations.Add(1)
				w.WriteHeader(500)
			}
			fmt.Fprint(w, loginAndSecret)
		}))
		c := serviceAccount(server.URL)
		c.Retry = fn.Retry{Given: true, Max: retries, Interval: "1ms"}
		source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		if _, err := source.Read(context.Background(), ref(c, 0)); err != nil {
			t.Error(err)
		}
		if warnings := source.Close(); len(warnings) != 1 {
			t.Errorf("%d: warnings: %v", retries, warnings)
		}
		if revocations.Load() != want {
			t.Errorf("%d retries: %d revocations, want %d", retries, revocations.Load(), want)
		}
		server.Close()
	}
}

func TestAPathInTheAddressIsBeforeEveryRequest(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"/some/path", "/some/path/"} {
		address, seen := fakeVault(t, 200, loginAndSecret)
		readOnce(t, serviceAccount(address+written), nil)
		want := []string{"PUT /some/path/v1/auth/login", "GET /some/path/v1/kv/data/app0", "PUT /some/path/v1/auth/token/revoke-self"}
		if diff := cmp.Diff(want, requestsWith(*seen, "X-None")); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	}
}

// TestAnAgentIsSentNoToken on a socket and at loopback: no login, no revocation.
func TestAnAgentIsSentNoToken(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"unix", "tcp"} {
		address := "127.0.0.1:0"
		if network == "unix" {
			address = filepath.Join(t.TempDir(), "agent.sock")
		}
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var seen []http.Request
		agent := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, *r)
			fmt.Fprint(w, loginAndSecret)
		})}}
		agent.Start()
		server := "http://" + listener.Addr().String()
		if network == "unix" {
			server = "unix://" + address
		}
		c := fn.Connection{Server: server, Login: fn.Login{Field: "auth"}}
		source := New(settingsOf(t, map[string]string{"ESFN_ALLOWED_SERVERS": server, "HTTPS_PROXY": "http://127.0.0.1:1"}))
		if refusals := source.Admit([]fn.Connection{c}); len(refusals) > 0 {
			t.Errorf("%s: %v", network, refusals[0].Fault)
		}
		for i := range 3 {
			if _, err := source.Read(context.Background(), ref(c, i)); err != nil {
				t.Errorf("%s: %v", network, err)
			}
		}
		if warnings := source.Close(); len(warnings) > 0 {
			t.Errorf("%s: %v", network, warnings)
		}
		if diff := cmp.Diff([]string{"GET /v1/kv/data/app0 true", "GET /v1/kv/data/app1 true", "GET /v1/kv/data/app2 true"}, requestsWith(seen, "X-Vault-Request")); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", network, diff)
		}
		for _, r := range seen {
			for _, name := range []string{"X-Vault-Token", "Authorization"} {
				if values, there := r.Header[name]; there {
					t.Errorf("%s: %s: %q", network, name, values)
				}
			}
		}
		agent.Close()
	}
}

// TestAnAgentThatHasNoTokenToLend says what is missing.
func TestAnAgentThatHasNoTokenToLend(t *testing.T) {
	t.Parallel()
	const denied = "1 error occurred:\\n\\t* permission denied\\n\\n"
	for _, tc := range []struct{ said, want, hint, field string }{
		{"permission denied", "not given, and 127.0.0.1:PORT wants a token", "use_auto_auth_token", "auth"},
		{denied, "permission denied for kv/data/app", "the policy needs", ""},
		{"2 errors occurred:\\n\\t* permission denied\\n\\t* invalid token\\n\\n", "not given, and the token that 127.0.0.1:PORT adds is invalid, expired or revoked", "Vault Agent", "auth"},
	} {
		address, _ := fakeVault(t, 403, `{"errors":["`+tc.said+`"]}`)
		_, err := readAs(t, fn.Connection{Server: address, Login: fn.Login{Field: "auth"}}, nil)
		var fault *fn.Fault
		want := strings.Replace(tc.want, "127.0.0.1:PORT", strings.TrimPrefix(address, "http://"), 1)
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Cause, want) || !strings.Contains(fault.Hint, tc.hint) || fault.Field != tc.field {
			t.Errorf("%s: got %#v", tc.said, fault)
		}
	}
}

func TestASocketWhereNobodyListens(t *testing.T) {
	t.Parallel()
	server := "unix://" + filepath.Join(t.TempDir(), "agent.sock")
	_, err := readAs(t, fn.Connection{Server: server, Login: fn.Login{Field: "auth"}}, map[string]string{"ESFN_ALLOWED_SERVERS": server})
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Cause != server+" does not answer: no such file or directory" || !strings.HasPrefix(fault.Hint, "does a Vault Agent or Proxy listen there?") {
		t.Errorf("got %#v", fault)
	}
}

// TestFromASocketThereIsNowhereToFollow: its answers are the Agent's.
func TestFromASocketThereIsNowhereToFollow(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "agent.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	requests := 0
	agent := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		http.Redirect(w, r, "https://active.example"+r.URL.RequestURI(), 307)
	})}}
	agent.Start()
	defer agent.Close()
	_, err = readAs(t, packageToken("unix://"+socket), map[string]string{"ESFN_ALLOWED_SERVERS": "unix://" + socket + ",https://active.example"})
	if err == nil || !strings.HasSuffix(err.Error(), " redirects, and from a socket there is nowhere to follow") || requests != 1 {
		t.Errorf("got %v, %d requests", err, requests)
	}
}

// TestTheLimitIsOneForTheRun also where its stores have a pool of connections each.
func TestTheLimitIsOneForTheRun(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	var opened atomic.Int32
	three, meet := make(chan struct{}), sync.Once{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == 3 {
			meet.Do(func() { close(three) })
		}
		select { // however slow the machine is
		case <-three:
			time.Sleep(time.Millisecond)
		case <-time.After(10 * time.Second):
		}
		fmt.Fprint(w, loginAndSecret)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	settings := settingsOf(t, nil)
	settings.Concurrency = 3
	source := New(settings)
	defer source.Close()
	authorities := []secret.Value{{}, secret.New(newCertificate(t, "ca one").pem), secret.New(newCertificate(t, "ca two").pem)}
	var all sync.WaitGroup
	for i := range 90 {
		c := packageToken(server.URL)
		c.Trust.Certificates = authorities[i%len(authorities)]
		all.Go(func() {
			if _, err := source.Read(context.Background(), ref(c, i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 3 {
		t.Errorf("%d requests at a time, want 3", most.Load())
	}
	pools := len(source.sessions.transports.open)
	if n := opened.Load(); pools != 3 || n > 3*3 {
		t.Errorf("%d connections in %d pools", n, pools)
	}
}

// TestAProxyIsAskedForATunnel to an https:// address, and to no other.
func TestAProxyIsAskedForATunnel(t *testing.T) {
	t.Parallel()
	vault := tlsServer(t, tlsOptions{name: "vault.test"})
	for _, tc := range []struct {
		name   string
		status int
		want   string
		asked  []string
	}{
		{"granted", 200, "", []string{"CONNECT vault.test:443"}},
		{"wants to know who asks", 407, "on the way to https://vault.test the proxy wants a user and a password, or others", nil},
		{"knows no such host", 502, "on the way to https://vault.test the proxy answered 502 Bad Gateway", nil},
		{"not there", 0, "on the way to https://vault.test the proxy cannot be reached: connection refused", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			proxy, asked := fakeProxy(t, tc.status, strings.TrimPrefix(vault.address, "https://"))
			c := packageToken("https://vault.test")
			c.Trust = fn.Trust{Certificates: secret.New(vault.authority), Field: "caBundle"}
			c.Retry = fn.Retry{Given: true}
			_, err := readAs(t, c, map[string]string{"HTTPS_PROXY": "http://someone:made-up@" + proxy})
			var fault *fn.Fault
			switch {
			case tc.want == "" && err != nil:
				t.Fatal(err)
			case tc.want != "" && (!errors.As(err, &fault) || fault.Cause != tc.want || fault.Field != "HTTPS_PROXY" || fault.Scope != fn.RunScope):
				t.Errorf("got %#v", fault)
			}
			if tc.asked != nil && !slices.Equal(asked(), tc.asked) {
				t.Errorf("the proxy was asked for %q", asked())
			}
		})
	}
}
