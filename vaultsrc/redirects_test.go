package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// servers answers requests by scheme and host, without a network.
type servers map[string]func(*http.Request) (status int, location string)

func (s servers) RoundTrip(request *http.Request) (*http.Response, error) {
	serve, known := s[request.URL.Scheme+"://"+request.URL.Host]
	if !known {
		return nil, errors.New("made up: no such server")
	}
	status, location := serve(request)
	answer := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(request.URL.Host)), Request: request}
	if location != "" {
		answer.Header.Set("Location", location)
	}
	return answer, nil
}

func always(status int, location string) func(*http.Request) (int, string) {
	return func(*http.Request) (int, string) { return status, location }
}

// TestWhichRedirectsAreFollowed has all that a redirect may say, to a session whose
// server is https://vault.example/team and sends a token that stands in the
// manifests, or (ambient) the operator's.
func TestWhichRedirectsAreFollowed(t *testing.T) {
	t.Parallel()
	const path = "/v1/kv/data/app"
	const followed = "" // and where to
	const ambient, get, put = true, http.MethodGet, http.MethodPut
	for _, tc := range []struct {
		name      string
		ambient   bool
		env       string // ESFN_ALLOWED_SERVERS
		method    string
		status    int
		location  string
		want      string // a piece of the cause
		wantShown string // in cause and hint
	}{
		{"a standby", false, "", get, 307, "https://active.example:8200" + path + "?version=3", followed, ""},
		{"a standby that sees the prefix", false, "", get, 307, "https://active.example/team" + path + "?version=3", followed, ""},
		{"a login at a standby", false, "", put, 307, "https://active.example" + path, followed, ""},
		{"for good", false, "", put, 308, "https://active.example" + path, followed, ""},
		{"found", false, "", get, 302, "https://active.example" + path + "?version=3", followed, ""},
		{"moved", false, "", get, 301, "https://active.example" + path + "?version=3", followed, ""},
		{"a login that has moved", false, "", put, 301, "https://active.example" + path, "with status 301, which does not say to send the same there", ""},
		{"a login that is found elsewhere", false, "", put, 302, "https://active.example" + path, "with status 302", ""},
		{"see other", false, "", get, 303, "https://active.example" + path + "?version=3", "with status 303", ""},
		{"another spelling of the same query", false, "", get, 307, "https://active.example" + path + "?&version=%33", followed, ""},

		{"to http", false, "", get, 307, "http://active.example" + path + "?version=3", "redirects to http://active.example, which is plain http", "ESFN_ALLOWED_SERVERS=http://active.example "},
		{"to http at loopback", false, "", get, 307, "http://127.0.0.1:8200" + path + "?version=3", "which is plain http", ""},
		{"to http that is listed", false, "http://active.example", get, 307, "http://active.example" + path + "?version=3", followed, ""},

		{"of what is not the manifests'", ambient, "", get, 307, "https://active.example:443" + path + "?version=3",
			"vault.example redirects to https://active.example, and nothing in the environment says that it may be sent the token of VAULT_TOKEN", "set ESFN_ALLOWED_SERVERS=https://active.example if"},
		{"a login with what is not the manifests'", ambient, "", put, 307, "https://active.example" + path, "nothing in the environment", ""},
		{"to a listed server", ambient, "https://active.example:8200", get, 307, "https://ACTIVE.example:8200" + path + "?version=3", followed, ""},
		{"to another port of a listed server", ambient, "https://active.example:8200", get, 307, "https://active.example:8201" + path + "?version=3", "nothing in the environment", ""},
		{"above the path of a listed server", ambient, "https://active.example/team/a", get, 307, "https://active.example/team" + path + "?version=3", "nothing in the environment", ""},
		{"below the path of a listed server", ambient, "https://active.example/team", get, 307, "https://active.example/team" + path + "?version=3", followed, ""},
		{"out of the server's own path", ambient, "https://vault.example/team", get, 307, "https://vault.example" + path + "?version=3", "nothing in the environment", ""},
		{"to a name that begins like a listed one", ambient, "https://active.example", get, 307, "https://active.example.evil.example" + path + "?version=3", "nothing in the environment", ""},
		{"to loopback", ambient, "", get, 307, "https://localhost" + path + "?version=3", "nothing in the environment", ""},

		{"to another path", false, "", get, 307, "https://active.example/v1/auth/token/lookup-self?version=3", "redirects to https://active.example, to another path, whose answer would be taken for the secret", ""},
		{"to another path of the same server", false, "", get, 307, "/team/v1/auth/token/lookup-self", "to another path", ""},
		{"to the same path below another", false, "", get, 307, "https://active.example/v1/cubbyhole" + path + "?version=3", "to another path", ""},
		{"to the same path, with a slash", false, "", get, 307, "https://active.example" + path + "/?version=3", "to another path", ""},
		{"to the same path, by a detour", false, "", get, 307, "https://active.example/v1/x/.." + path[3:] + "?version=3", followed, ""}, // as a URL resolves
		{"to the same path, by an encoded detour", false, "", get, 307, "https://active.example/v1/x/%2e%2e" + path[3:] + "?version=3", "to another path", ""},
		{"to the same path, twice encoded", false, "", get, 307, "https://active.example/v1/kv/data%252fapp?version=3", "to another path", ""},
		{"to another version", false, "", get, 307, "https://active.example" + path + "?version=2", "with another query", ""},
		{"to a folder", false, "", get, 307, "https://active.example" + path + "?list=true&version=3", "with another query", ""},
		{"to none", false, "", get, 307, "https://active.example" + path, "with another query", ""},
		{"to a fragment", false, "", get, 307, "https://active.example" + path + "?version=3#x", "with another query", ""},

		{"to nowhere", false, "", get, 307, "", "redirects to what is no address of a Vault server", ""},
		{"to what is no address", false, "", get, 307, "https://made up\x7f/", "redirects to what is no address of a Vault server", ""},
		{"to a user", false, "", get, 307, "https://made-up@active.example" + path + "?version=3", "no address of a Vault server", ""},
		{"to a socket", false, "", get, 307, "unix:///run/agent.sock", "no address of a Vault server", ""},
		{"to a file", false, "", get, 307, "file:///etc/passwd", "no address of a Vault server", ""},
		{"to a name that is none", false, "", get, 307, "https://active.example\u202e" + path, "no address of a Vault server", ""},
		{"to no host", false, "", get, 307, "https:///v1/x", "no address of a Vault server", ""},
		{"to mail", false, "", get, 307, "https:made-up", "no address of a Vault server", ""},

		{"a host that is the token", false, "", get, 307, "http://made-up-token.evil.example" + path + "?version=3", "redirects to an address that shows what was sent there, which is plain http", ""},
		{"the token in capitals, and in pieces", ambient, "", get, 307, "https://MADE.up-to.ken.evil.example" + path + "?version=3", "an address that shows what was sent there", ""},
		{"the token in a path", false, "", get, 307, "https://evil.example/made-up-token", "redirects to https://evil.example, to another path", ""},
		{"the token in a query", false, "", get, 307, "https://evil.example" + path + "?version=made-up-token", "redirects to https://evil.example, with another query", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			settings := settingsOf(t, map[string]string{"ESFN_ALLOWED_SERVERS": tc.env})
			sends := ""
			if tc.ambient {
				sends = "the token of VAULT_TOKEN"
			}
			own, err := parseServer("https://vault.example/team")
			if err != nil {
				t.Fatal(err)
			}
			target := ""
			reached := func(request *http.Request) (int, string) {
				target = request.URL.String()
				return 200, ""
			}
			following := &redirects{
				next: servers{
					"https://vault.example":       always(tc.status, tc.location),
					"https://active.example":      reached,
					"https://active.example:8200": reached,
					"http://active.example":       reached,
				},
				own:     own,
				allowed: func(from, to *url.URL) (string, string) { return settings.redirect(sends, from, to) },
			}
			address := own.String() + path
			if tc.method == get {
				address += "?version=3"
			}
			request, err := http.NewRequest(tc.method, address, strings.NewReader("made-up-body"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := following.RoundTrip(request)
			if tc.want == followed {
				if err != nil {
					t.Fatalf("not followed: %#v", err)
				}
				defer answer.Body.Close()
				if answer.StatusCode != 200 || !strings.HasSuffix(target, strings.TrimPrefix(address, own.String())) {
					t.Errorf("got %d from %s", answer.StatusCode, target)
				}
				return
			}
			var stray *strayed
			if !errors.As(err, &stray) {
				t.Fatalf("got %v", err)
			}
			e := settings.override(fn.Connection{Server: own.String()})
			fault := e.connectionFault(t.Context(), fmt.Errorf("wrapped: %w", err), secret.New("made-up-token"))
			if !strings.Contains(fault.Cause, tc.want) || !strings.Contains(fault.Cause+fault.Hint+" ", tc.wantShown) || fault.Field != "spec.provider.vault.server" || fault.Hint == "" {
				t.Errorf("got %q, hint %q", fault.Cause, fault.Hint)
			}
			if strings.Contains(strings.ToLower(fault.Cause+fault.Hint), "made") || target != "" {
				t.Errorf("shown or reached: %q, %q, %s", fault.Cause, fault.Hint, target)
			}
		})
	}
}

// TestARedirectTakesTheVerySameRequest to the next server, and no more than it.
func TestARedirectTakesTheVerySameRequest(t *testing.T) {
	t.Parallel()
	type sent struct{ method, address, host, token, body string }
	var got []sent
	record := func(status int, location string) func(*http.Request) (int, string) {
		return func(r *http.Request) (int, string) {
			body := ""
			if r.Body != nil {
				text, _ := io.ReadAll(r.Body)
				body = string(text)
			}
			got = append(got, sent{r.Method, r.URL.String(), r.Host, r.Header.Get("X-Vault-Token"), body})
			return status, location
		}
	}
	own := &url.URL{Scheme: "https", Host: "vault.example", Path: "/team"}
	following := &redirects{
		next: servers{
			"https://vault.example":  record(307, "https://active.example/v1/auth/odd%20name%2Fmore/login"),
			"https://active.example": record(200, ""),
		},
		own:     own,
		allowed: func(*url.URL, *url.URL) (string, string) { return "", "" },
	}
	request, err := http.NewRequest(http.MethodPut, "https://vault.example/team/v1/auth/odd%20name%2Fmore/login", strings.NewReader("made-up-body"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Vault-Token", "made-up")
	answer, err := following.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	want := []sent{
		{"PUT", "https://vault.example/team/v1/auth/odd%20name%2Fmore/login", "vault.example", "made-up", "made-up-body"},
		{"PUT", "https://active.example/v1/auth/odd%20name%2Fmore/login", "active.example", "made-up", "made-up-body"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sent{})); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if request.URL.Host != "vault.example" || request.Host != "vault.example" {
		t.Error("the request itself is changed")
	}
}

func TestRedirectsHaveAnEnd(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "", 2: "", 3: "redirects to https://node3.example, after 2 other redirects"} {
		nodes := servers{}
		for i := range n {
			nodes[fmt.Sprintf("https://node%d.example", i)] = always(307, fmt.Sprintf("https://node%d.example/v1/kv/data/app", i+1))
		}
		nodes[fmt.Sprintf("https://node%d.example", n)] = always(200, "")
		err := followOnce(t, nodes, "https://node0.example")
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("%d: got %v", n, err)
		}
	}
	circle := servers{"https://node0.example": always(307, "https://node0.example/v1/kv/data/app")}
	if err := followOnce(t, circle, "https://node0.example"); err == nil || !strings.HasSuffix(err.Error(), "after 2 other redirects") {
		t.Errorf("in a circle: got %v", err)
	}
}

func followOnce(t *testing.T, nodes http.RoundTripper, server string) error {
	t.Helper()
	e := New(settingsOf(t, nil)).settings.override(packageToken(server))
	own, err := parseServer(server)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodGet, server+"/v1/kv/data/app", nil)
	if err != nil {
		t.Fatal(err)
	}
	following := &redirects{next: nodes, own: own, allowed: func(*url.URL, *url.URL) (string, string) { return "", "" }}
	answer, err := following.RoundTrip(request)
	if err != nil {
		return e.connectionFault(t.Context(), err)
	}
	answer.Body.Close()
	return nil
}

// cluster is two fake nodes, of which one redirects to the other.
type cluster struct {
	mu     sync.Mutex
	active int
	nodes  [2]*httptest.Server
	asked  [2]map[string]int
	status int // of the node that is not active: 307, or 0 to cut the connection
}

func newCluster(t *testing.T) *cluster {
	c := &cluster{active: 1, status: 307}
	for i := range c.nodes {
		c.asked[i] = map[string]int{}
		c.nodes[i] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.mu.Lock()
			active, status := c.active, c.status
			kind := "reads"
			if r.Method == http.MethodPut {
				kind = r.URL.Path
			}
			c.asked[i][kind]++
			c.mu.Unlock()
			switch {
			case i == active:
				fmt.Fprint(w, `{"request_id":"made-up","auth":{"client_token":"hvs.made-up"},"data":{"data":{},"metadata":{}}}`)
			case status == 0:
				panic(http.ErrAbortHandler)
			case status == 307:
				http.Redirect(w, r, c.nodes[active].URL+r.URL.RequestURI(), status)
			default:
				w.WriteHeader(status)
				fmt.Fprint(w, `{"errors":["Vault is sealed"]}`)
			}
		}))
		c.nodes[i].Config.ErrorLog = discardLog
		t.Cleanup(c.nodes[i].Close)
	}
	return c
}

func (c *cluster) becomes(active, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active, c.status = active, status
}

// TestTheActiveNodeIsAskedFirst counts what a run through a standby costs, login,
// reads and revocation.
func TestTheActiveNodeIsAskedFirst(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt", "ESFN_ALLOWED_SERVERS": c.nodes[0].URL + "," + c.nodes[1].URL}))
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if _, err := source.Read(context.Background(), ref(serviceAccount(c.nodes[0].URL), i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if warnings := source.Close(); len(warnings) > 0 {
		t.Error(warnings)
	}
	want := [2]map[string]int{
		{"/v1/auth/login": 1},
		{"/v1/auth/login": 1, "reads": 100, "/v1/auth/token/revoke-self": 1},
	}
	if diff := cmp.Diff(want, c.asked); diff != "" {
		t.Errorf("requests to the standby and to the active node (-want +got):\n%s", diff)
	}
}

func ref(c fn.Connection, i int) fn.Ref {
	return fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)}
}

// TestANodeThatIsActiveNoLongerIsLeft in whatever way it answers then, also where
// the store allows no second attempt.
func TestANodeThatIsActiveNoLongerIsLeft(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][2]int{307: {4, 2}, 503: {4, 2}, 0: {4, 3}} {
		c := newCluster(t)
		connection := packageToken(c.nodes[0].URL)
		connection.Retry = fn.Retry{Given: true}
		source := New(settingsOf(t, nil))
		for i := range 4 {
			if i == 1 {
				c.becomes(0, status)
			}
			if _, err := source.Read(context.Background(), ref(connection, i)); err != nil {
				t.Errorf("%d: read %d: %v", status, i, err)
			}
		}
		source.Close()
		// Of 4 reads one had been through node 0, and one went to node 1 in vain; net/http
		// itself asks again where a connection that was used before is cut.
		if got := [2]int{c.asked[0]["reads"], c.asked[1]["reads"]}; got != want {
			t.Errorf("%d: %v requests, want %v", status, got, want)
		}
	}
}

// TestARedirectOfWhatTheManifestsDoNotHold is refused, in a login and in a read, and
// the other server is not even connected to.
func TestARedirectOfWhatTheManifestsDoNotHold(t *testing.T) {
	t.Parallel()
	foreign, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connected := make(chan net.Conn, 10)
	go func() {
		for {
			c, err := foreign.Accept()
			if err != nil {
				close(connected)
				return
			}
			connected <- c
		}
	}()
	listed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+foreign.Addr().String()+r.URL.RequestURI(), 307)
	}))
	defer listed.Close()
	operators := packageToken(listed.URL)
	operators.Login.Credential.Operator = "Secret a/b"
	noAuth := fn.Connection{Server: listed.URL, Login: fn.Login{Field: "auth"}}
	for _, tc := range []struct {
		name string
		env  map[string]string
		c    fn.Connection
		want string
	}{
		{"a token", map[string]string{"VAULT_TOKEN": "made-up"}, packageToken(listed.URL), "the token of VAULT_TOKEN"},
		{"a token file", map[string]string{"VAULT_TOKEN_FILE": "/t"}, packageToken(listed.URL), "the token of VAULT_TOKEN_FILE"},
		{"a service account's token", map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, serviceAccount(listed.URL), "the token in ESFN_KUBERNETES_TOKEN_FILE"},
		{"the operator's Secret", nil, operators, "what the operator's Secret a/b holds"},
		{"an Agent's token", nil, noAuth, "requests that a Vault Agent or Proxy there answers with its own token"},
	} {
		env := map[string]string{"ESFN_ALLOWED_SERVERS": listed.URL}
		maps.Copy(env, tc.env)
		_, err := readAs(t, tc.c, env)
		var fault *fn.Fault
		if !errors.As(err, &fault) || !strings.HasSuffix(fault.Cause, "redirects to http://"+foreign.Addr().String()+", and nothing in the environment says that it may be sent "+tc.want) {
			t.Errorf("%s: got %v", tc.name, err)
		}
	}
	foreign.Close()
	if n := len(slices.Collect(func(yield func(net.Conn) bool) {
		for c := range connected {
			if !yield(c) {
				return
			}
		}
	})); n > 0 {
		t.Errorf("%d connections to the other server", n)
	}
}

// TestBackToTheServerItself has a node that the environment lists lead to the server
// that it names: nothing more has to be listed.
func TestBackToTheServerItself(t *testing.T) {
	t.Parallel()
	own := &url.URL{Scheme: "https", Host: "vault.example"}
	settings := settingsOf(t, map[string]string{"VAULT_ADDR": own.String(), "ESFN_ALLOWED_SERVERS": "https://active.example"})
	asked := 0
	following := &redirects{
		next: servers{
			"https://vault.example": func(*http.Request) (int, string) {
				if asked++; asked > 1 {
					return 200, ""
				}
				return 307, "https://active.example/v1/kv/data/app"
			},
			"https://active.example": always(307, "https://vault.example/v1/kv/data/app"),
		},
		own: own,
		allowed: func(from, to *url.URL) (string, string) {
			return settings.redirect("the token of VAULT_TOKEN", from, to)
		},
	}
	request, err := http.NewRequest(http.MethodGet, "https://vault.example/v1/kv/data/app", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := following.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if asked != 2 {
		t.Errorf("the server itself was asked %d times", asked)
	}
}
