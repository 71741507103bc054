package vaultsrc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// sentLogin is a login as a fake Vault was sent it.
type sentLogin struct {
	Request string
	Body    map[string]any
}

// logInTo reads a secret from a fake Vault, which answers a login with a status
// and a body, and everything else as a Vault would that has let the client in.
// What Vault really answers is tested in tests/.
func logInTo(t *testing.T, l fn.Login, status int, body string) (logins []sentLogin, fault *fn.Fault) {
	t.Helper()
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(r.URL.Path, "/login") {
			fmt.Fprint(w, `{"request_id":"made-up","data":{"data":{},"metadata":{}}}`)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		sent := sentLogin{Request: r.Method + " " + r.URL.Path}
		if err := json.Unmarshal(text, &sent.Body); err != nil {
			t.Error("the body of a login is not JSON")
		}
		logins = append(logins, sent)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	source := New(settingsOf(t, nil))
	defer source.Close()
	c := fn.Connection{Server: server.URL, Login: l, Retry: fn.Retry{Given: true, Max: 2, Interval: "1ms"}}
	for range 2 { // a login that is refused is not tried again for the next secret
		_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("got %T", err)
		}
	}
	if fault != nil {
		fault.Cause = strings.ReplaceAll(fault.Cause, strings.TrimPrefix(server.URL, "http://"), "ADDRESS")
	}
	return logins, fault
}

// refusedLogin is an answer to a login, and what is said of it.
type refusedLogin struct {
	name        string
	login       fn.Login
	status      int
	body        string
	cause, hint string // the hint only has to hold this
	// requests is how often it was sent.
	requests int
}

func testRefusedLogins(t *testing.T, cases []refusedLogin) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			logins, fault := logInTo(t, tc.login, tc.status, tc.body)
			if fault == nil {
				t.Fatal("it worked")
			}
			field := tc.login.Field
			if !strings.HasPrefix(tc.cause, "the login at ") {
				field = "spec.provider.vault.server"
			}
			if fault.Scope != fn.StoreScope || fault.Field != field || fault.Cause != tc.cause {
				t.Errorf("got %s: %s\nwant %s: %s", fault.Field, fault.Cause, field, tc.cause)
			}
			if tc.hint == "" && fault.Hint != "" || !strings.Contains(fault.Hint, tc.hint) {
				t.Errorf("got the hint %q, want %q", fault.Hint, tc.hint)
			}
			if len(logins) != tc.requests {
				t.Errorf("%d logins were sent, want %d", len(logins), tc.requests)
			}
			for _, c := range []fn.Credential{tc.login.Credential, tc.login.ID} {
				if s := strings.TrimSpace(c.Value.Reveal()); strings.HasPrefix(s, "made-up") && strings.Contains(fault.Error()+fault.Hint, s) {
					t.Error("the fault shows a credential")
				}
			}
		})
	}
}

// testNotSent checks that a login is refused before anything is sent.
func testNotSent(t *testing.T, l fn.Login, want string) {
	t.Helper()
	var got []string
	for _, refusal := range New(settingsOf(t, nil)).Admit([]fn.Connection{{Server: "https://vault.example", Login: l}}) {
		got = append(got, refusal.Fault.Field+": "+refusal.Fault.Cause)
	}
	if diff := cmp.Diff([]string{want}, got); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	if logins, fault := logInTo(t, l, 200, `{"auth":{"client_token":"hvs.made-up"}}`); fault == nil || len(logins) > 0 {
		t.Errorf("%d logins were sent", len(logins))
	}
}

// names are those that a URL's syntax would take for something else.
var names = []string{"ada", "Ada", "team/ada", "ada lovelace", "100%", "a%2Fb", "who?", "a#b", "a+b", "a;b&c=d", `corp\ada`, "ada@corp.example", "zoë", ".ada", "...", "a:b"}

// testNames checks that exactly the name reaches Vault, once.
func testNames(t *testing.T, l fn.Login) {
	t.Helper()
	for _, name := range names {
		l.User = name
		logins, fault := logInTo(t, l, 200, `{"auth":{"client_token":"hvs.made-up"}}`)
		if fault != nil {
			t.Errorf("%s: %v", name, fault)
		}
		want := []sentLogin{{"PUT /v1/auth/team/mount/login/" + name, map[string]any{"password": l.Credential.Value.Reveal()}}}
		if diff := cmp.Diff(want, logins); diff != "" {
			t.Errorf("logins (-want +got):\n%s", diff)
		}
	}
}

func credential(field, value string) fn.Credential {
	return fn.Credential{Field: field, Value: secret.New(value)}
}
