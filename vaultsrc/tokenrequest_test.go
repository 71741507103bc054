package vaultsrc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
)

// sourceWith is a source with a kubeconfig of this text. A real API server is
// asked in tests/.
func sourceWith(t *testing.T, kubeconfig string, vault string) *Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, []byte(kubeconfig), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settingsOf(t, map[string]string{"KUBECONFIG": file, "VAULT_ADDR": vault})
	s.ReadFile = os.ReadFile
	return New(s)
}

// asked reads through a service account's login, and returns what is said of it.
func asked(t *testing.T, kubeconfig string, vault string) *fn.Fault {
	t.Helper()
	return askedFor(t, serviceAccount(vault), kubeconfig)
}

// askedFor reads over a connection, and returns what is said of it.
func askedFor(t *testing.T, c fn.Connection, kubeconfig string) (fault *fn.Fault) {
	t.Helper()
	source := sourceWith(t, kubeconfig, c.Server)
	defer source.Close()
	_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
	if err != nil && !errors.As(err, &fault) {
		t.Fatalf("got %T", err)
	}
	return fault
}

func kubeconfigFor(server, user string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: %q, insecure-skip-tls-verify: true}}]
users: [{name: u, user: %s}]
`, server, user)
}

// TestAKubeconfigIsNotOfThePackage: esfn may run in a folder of the package's, and a
// kubeconfig names a command to run.
func TestAKubeconfigIsNotOfThePackage(t *testing.T) {
	t.Chdir(t.TempDir())
	ran := filepath.Join(t.TempDir(), "ran")
	theirs := kubeconfigFor("https://127.0.0.1:1", fmt.Sprintf(`{exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [%q], interactiveMode: Never}}`, ran))
	for _, name := range []string{"kubeconfig", "~/.kube/config"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(theirs), 0o600); err != nil {
			t.Fatal(err)
		}
		s := settingsOf(t, map[string]string{"KUBECONFIG": name})
		s.ReadFile = os.ReadFile
		source := New(s)
		c := serviceAccount("http://127.0.0.1:1")
		_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
		source.Close()
		want := "the token of ns/sa cannot be asked for: KUBECONFIG: " + name + " is no path from the root, and esfn may run in a folder of the package"
		if err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the command was run")
	}
	if s := settingsOf(t, map[string]string{"HOME": "/home/ada", "KUBECONFIG": "~/.kube/config:/etc/kubeconfig"}); s.Kubeconfig != "/home/ada/.kube/config:/etc/kubeconfig" {
		t.Errorf("got %s", s.Kubeconfig)
	}
}

const granted = `{"status":{"token":"made-up-jwt"}}`

func TestARedirectOfTheAPIServerIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere, strayed := fakeVault(t, 201, granted)
	// Credentials are sent over TLS alone.
	var authorizations []string
	kube := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorizations = append(authorizations, r.Header.Get("Authorization"))
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	}))
	defer kube.Close()
	vault, logins := fakeVault(t, 200, `{}`)
	fault := asked(t, kubeconfigFor(kube.URL, "{token: made-up-admin}"), vault)
	if fault == nil || !strings.Contains(fault.Cause, "answered 307") {
		t.Errorf("got %v", fault)
	}
	if !slices.Equal(authorizations, []string{"Bearer made-up-admin"}) || len(*strayed) != 0 || len(*logins) != 0 {
		t.Errorf("%d requests to the API server, %d elsewhere, %d to Vault; want 1, 0, 0", len(authorizations), len(*strayed), len(*logins))
	}
}

// fakeKube is an API server that gives these answers, the last one over and over;
// status 0 cuts the connection. What it is asked for is path and body.
func fakeKube(t *testing.T, statuses ...int) (address string, requests func() []string) {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		status := statuses[min(len(seen), len(statuses)-1)]
		seen = append(seen, r.Method+" "+r.URL.Path+" "+string(body))
		mu.Unlock()
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, granted)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(seen)
	}
}

func TestATokenIsRequestedAsTheStoreSays(t *testing.T) {
	t.Parallel()
	account := fn.ServiceAccount{Namespace: "ns", Name: "sa"}
	shortLived := account.For("one", "two")
	shortLived.Lifetime = 900
	for name, tc := range map[string]struct {
		account fn.ServiceAccount
		want    string
	}{
		"for the API server's own audience": {account, `{"expirationSeconds":600}`},
		"for one":                           {account.For("vault"), `{"audiences":["vault"],"expirationSeconds":600}`},
		"for two, and some time":            {shortLived, `{"audiences":["one","two"],"expirationSeconds":900}`},
	} {
		for _, method := range []fn.LoginMethod{fn.KubernetesLogin, fn.JWTLogin} {
			t.Run(name+", "+string(method), func(t *testing.T) {
				t.Parallel()
				kube, requests := fakeKube(t, 201)
				vault, _ := fakeVault(t, 200, `{}`)
				c := serviceAccount(vault)
				c.Login.Method, c.Login.ServiceAccount = method, tc.account
				_ = askedFor(t, c, kubeconfigFor(kube, "{}"))
				want := []string{`POST /api/v1/namespaces/ns/serviceaccounts/sa/token {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":` + tc.want + `}`}
				if diff := cmp.Diff(want, requests()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestAnAPIServerInTroubleIsAskedAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		statuses []int
		requests int
		want     string // a piece of the cause; empty for a login
	}{
		"back after a while":       {[]int{503, 429, 201}, 3, ""},
		"connections that are cut": {[]int{0, 201}, 2, ""},
		"gone":                     {[]int{0}, 3, "does not answer: the connection broke off"},
		"in trouble all the time":  {[]int{500}, 3, "answered 500 Internal Server Error to the request for a token of ns/sa"},
		"forbidden":                {[]int{403}, 1, "does not let esfn request a token of ns/sa"},
		"not there":                {[]int{404}, 1, "there is no service account ns/sa"},
		"not known":                {[]int{401}, 1, "does not accept esfn's own credentials"},
		"not understood":           {[]int{422}, 1, "answered 422"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kube, requests := fakeKube(t, tc.statuses...)
			vault, logins := fakeVault(t, 400, `{"errors":["made-up refusal"]}`)
			fault := asked(t, kubeconfigFor(kube, "{}"), vault)
			wantLogins := 0
			if tc.want == "" {
				tc.want, wantLogins = "made-up refusal", 1
			}
			if fault == nil || !strings.Contains(fault.Cause, tc.want) {
				t.Errorf("got %v", fault)
			}
			if len(requests()) != tc.requests || len(*logins) != wantLogins {
				t.Errorf("%d requests to the API server and %d to Vault, want %d and %d", len(requests()), len(*logins), tc.requests, wantLogins)
			}
		})
	}
}

func TestAPluginThatFailsIsRunOnce(t *testing.T) {
	t.Parallel()
	runs := filepath.Join(t.TempDir(), "runs")
	plugin := fmt.Sprintf(`{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["-c", "echo run >> %s; exit 1"], interactiveMode: Never}}`, runs)
	fault := asked(t, kubeconfigFor("https://127.0.0.1:1", plugin), "http://127.0.0.1:1")
	if fault == nil || fault.Cause != "the command that KUBECONFIG names for credentials gave none" {
		t.Errorf("got %v", fault)
	}
	if text, err := os.ReadFile(runs); err != nil || string(text) != "run\n" {
		t.Errorf("it ran as often as there are lines: %q, %v", text, err)
	}
}

func TestAPluginThatHangsDoesNotHoldUpTheRun(t *testing.T) {
	t.Parallel()
	const plugin = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: sleep, args: ["5"], interactiveMode: Never}}`
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	source := sourceWith(t, kubeconfigFor("https://127.0.0.1:1", plugin), "http://127.0.0.1:1")
	source.settings.closeTimeout = closeTimeout
	go func() {
		for begun := false; !begun; time.Sleep(time.Millisecond) {
			source.sessions.mu.Lock()
			begun = len(source.sessions.open) > 0
			source.sessions.mu.Unlock()
		}
		cancel()
	}()
	_, err := source.Read(ctx, fn.Ref{Connection: serviceAccount("http://127.0.0.1:1"), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Cause != "interrupted" {
		t.Errorf("got %v", err)
	}
	closing := source.Close()
	if len(closing) != 1 || !strings.Contains(closing[0], "a login at 127.0.0.1:1 was under way") {
		t.Errorf("at the end: %v", closing)
	}
}

// TestAKubeconfigIsNeverQuoted has files that client-go's own errors would show
// a part of.
func TestAKubeconfigIsNeverQuoted(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"not YAML":                 {"users: [{user: {token: *made-up}}]", "is no kubeconfig"},
		"a password in a URL":      {strings.Replace(kubeconfigFor("http://127.0.0.1:1", "{}"), "server:", `proxy-url: "http://user:made%up@proxy", server:`, 1), "cannot be used together"},
		"a file that is not there": {kubeconfigFor("http://127.0.0.1:1", "{client-certificate: /made-up, client-key: /made-up}"), "cannot be used together"},
		"no cluster":               {"apiVersion: v1\nkind: Config\n", "it names no cluster"},
		"nothing":                  {"", "it names no cluster"},
		"no such context":          {"apiVersion: v1\nkind: Config\ncurrent-context: made-up\nclusters: [{name: c, cluster: {server: x}}]\n", "its current context is not in it"},
	} {
		t.Run(name, func(t *testing.T) {
			fault := asked(t, tc.text, "http://127.0.0.1:1")
			if fault == nil || !strings.Contains(fault.Cause, tc.want) || strings.Contains(fault.Cause, "made") {
				t.Errorf("got %v", fault)
			}
		})
	}
}

// TestAServerThatShowsTheJWT has it in the errors of a login.
func TestAServerThatShowsTheJWT(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 412, 429, 500, 503} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			body, err := json.Marshal(map[string]any{"errors": []string{"cannot handle made-up-jwt, sorry"}})
			if err != nil {
				t.Fatal(err)
			}
			vault, _ := fakeVault(t, status, string(body))
			_, err = readAs(t, serviceAccount(vault), map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt", "VAULT_ADDR": vault})
			var fault *fn.Fault
			if !errors.As(err, &fault) || strings.Contains(fault.Cause+fault.Hint, "made-up-jwt") {
				t.Errorf("the JWT is shown, or nothing is said: %T", err)
			}
		})
	}
}

// TestTheAPIServerIsAskedThroughTheProxy that the environment names, as Vault is.
func TestTheAPIServerIsAskedThroughTheProxy(t *testing.T) {
	t.Parallel()
	proxy, asked := fakeProxy(t, http.StatusBadGateway, "")
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, []byte(kubeconfigFor("https://kube.test:6443", "{token: made-up-admin}")), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settingsOf(t, map[string]string{"KUBECONFIG": file, "HTTPS_PROXY": "http://" + proxy})
	s.ReadFile = os.ReadFile
	_, err := s.requestToken(t.Context(), s.override(serviceAccount("https://vault.example")))
	if err == nil || !strings.Contains(err.Error(), "the Kubernetes API server at kube.test:6443 does not answer") {
		t.Errorf("got %v", err)
	}
	if len(asked()) == 0 || asked()[0] != "CONNECT kube.test:6443" {
		t.Errorf("the proxy was asked for %q", asked())
	}
}
