package vaultsrc

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// TestADiagnosisShowsNothingThatWasSent has a server that answers, where it should
// name policies and versions, with what it was sent, and with lines of its own.
func TestADiagnosisShowsNothingThatWasSent(t *testing.T) {
	const password, given = "made-up-password", "hvs.made-up-given"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/sys/health"):
			fmt.Fprintf(w, `{"initialized":true,"version":"1\n  login:       done%s"}`, strings.Repeat(" x", 1000))
		case strings.HasSuffix(r.URL.Path, "/login/made-up"):
			fmt.Fprintf(w, `{"auth":{"client_token":"hvs.made-up-own","policies":["a\nb",%q,"hvs.made-up-own"]}}`, body)
		case strings.HasSuffix(r.URL.Path, "/lookup-self"):
			fmt.Fprintf(w, `{"request_id":"made-up","data":{"policies":["a\nb","of %s",%q]}}`, r.Header.Get("X-Vault-Token"), strings.Repeat("x ", 1000))
		}
	}))
	defer server.Close()
	byPassword := fn.Connection{Server: server.URL, Login: fn.Login{Method: fn.UserPassLogin, Mount: "userpass", User: "made-up",
		Credential: fn.Credential{Value: secret.New(password)}}}
	byToken := fn.Connection{Server: server.URL, Login: fn.Login{Method: fn.TokenLogin, Credential: fn.Credential{Value: secret.New(given)}}}
	for name, c := range map[string]fn.Connection{"a login": byPassword, "a token": byToken} {
		source := New(settingsOf(t, nil))
		says := map[string]string{}
		source.Diagnose(context.Background(), c, nil, func(check Check) { says[check.Name] = check.Says })
		source.Close()
		if !strings.Contains(says["login"], "policies a b, ") || !strings.HasPrefix(says["Vault"], "version 1 login: done") {
			t.Errorf("%s: got %q", name, says)
		}
		for step, words := range says {
			for _, sent := range []string{password, given, "made-up-own"} {
				if strings.Contains(words, sent) {
					t.Errorf("%s: %s shows what was sent", name, step)
				}
			}
			if strings.Contains(words, "\n") || len(words) > 700 {
				t.Errorf("%s: %s says too much: %q", name, step, words)
			}
		}
	}
}

// TestNothingIsToldAfterTheEnd: a connection may still be made when the request has
// been answered over another.
func TestNothingIsToldAfterTheEnd(t *testing.T) {
	told := 0
	one := &oneAtATime{tell: func(Check) { told++ }}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { one.Tell(Check{}) })
	}
	all.Wait()
	one.end()
	if one.Tell(Check{}); told != 50 {
		t.Errorf("told %d times", told)
	}
}

// endless gives as much as is read, up to a bound that shows that too much was.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 8*maxOther {
		return 0, io.EOF
	}
	return len(p), nil
}

func (e *endless) Close() error { return nil }

// TestAFailureIsReadUpToABound: what gives a cloud's credentials has no bound of the
// transport's.
func TestAFailureIsReadUpToABound(t *testing.T) {
	body := &endless{}
	if _, err := checkRetry(context.Background(), &http.Response{StatusCode: 500, Body: body}, nil); err != nil || body.read > 2*maxOther {
		t.Errorf("read %d bytes, %v", body.read, err)
	}
}

// TestNoNameLeadsToAnotherPath: the API server decodes a path before it reads it.
func TestNoNameLeadsToAnotherPath(t *testing.T) {
	for _, names := range [][2]string{{"ns/services/made-up:80/proxy", "sa"}, {"..", "sa"}, {"ns", "../secrets"}, {"ns", ".."}, {"", "sa"}} {
		api, seen := fakeVault(t, 201, `{"status":{"token":"made-up"}}`)
		c := serviceAccount("http://127.0.0.1:1")
		c.Login.ServiceAccount.Namespace, c.Login.ServiceAccount.Name = names[0], names[1]
		fault := askedFor(t, c, kubeconfigFor(api, "{token: made-up}"))
		if fault == nil || !strings.Contains(fault.Cause, "is no name of a service account or its namespace") || len(*seen) > 0 {
			t.Errorf("%q: %d requests, %v", names, len(*seen), fault)
		}
	}
}
