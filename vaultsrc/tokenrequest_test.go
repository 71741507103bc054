package vaultsrc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
func asked(t *testing.T, kubeconfig string, vault string) (fault *fn.Fault) {
	t.Helper()
	source := sourceWith(t, kubeconfig, vault)
	defer source.Close()
	_, err := source.Read(context.Background(), fn.Ref{Connection: serviceAccount(vault), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
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

func TestAPluginThatHangsDoesNotHoldUpTheRun(t *testing.T) {
	t.Parallel()
	const plugin = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: sleep, args: ["5"], interactiveMode: Never}}`
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	source := sourceWith(t, kubeconfigFor("https://127.0.0.1:1", plugin), "http://127.0.0.1:1")
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
