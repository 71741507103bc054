package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/esfn/esfn/fn"
)

// noLeader is what a standby node answers while there is no active one.
const noLeader = `{"errors":["local node not active but active cluster node not found"]}`

// TestWhoseFaultAnAnswerIs: the secret's alone, or the server's, which is then not asked
// for the others; and what there is to do.
func TestWhoseFaultAnAnswerIs(t *testing.T) {
	t.Parallel()
	const page = "<html>made-up</html>"
	for _, tc := range []struct {
		name        string
		status      int
		body        string
		scope       fn.Scope
		cause, hint string // how they end
		requests    int32  // for one read
	}{
		{"Vault's own trouble with a secret", 500, `{"errors":["made up"]}`, fn.EntryScope, "answered 500: made up", "Vault's own log says why: ask who runs it", 3},
		{"no leader", 500, noLeader, fn.StoreScope, " has no active node", "one is elected within seconds: try later, or ask who runs it", 3},
		{"no leader, said otherwise", 503, `{"errors":["no active Vault instance found"]}`, fn.StoreScope, " has no active node", "one is elected within seconds: try later, or ask who runs it", 3},
		{"no leader in a refusal", 400, noLeader, fn.EntryScope, "answered 400: local node not active but active cluster node not found", "", 1},
		{"sealed", 503, `{"errors":["Vault is sealed"]}`, fn.StoreScope, " is sealed", "it has to be unsealed: try later, or ask who runs it", 3},
		{"a page with 400", 400, page, fn.StoreScope, "answered 400 to the request for kv/data/app, and not as Vault does", strangersHint, 1},
		{"a page with 403", 403, page, fn.StoreScope, "answered 403 to the request for kv/data/app, and not as Vault does", strangersHint, 1},
		{"a page with 500", 500, page, fn.StoreScope, "answered 500 to the request for kv/data/app, and not as Vault does", strangersHint, 3},
		{"a page with 502", 502, page, fn.StoreScope, "answered 502", "that is not Vault's answer, but of something before it: try later, or ask who runs it", 3},
		{"nothing with 503", 503, "", fn.StoreScope, "answered 503", "that is not Vault's answer, but of something before it: try later, or ask who runs it", 3},
		{"a status that is none of Vault's", 300, "", fn.StoreScope, "answered 300 to the request for kv/data/app, and not as Vault does", strangersHint, 1},
		{"a server of Go's that wants TLS", 400, "Client sent an HTTP request to an HTTPS server.\n", fn.StoreScope, " speaks TLS, and the address is http://", "write https:// in the address", 1},
		{"an nginx that wants TLS", 400, "<center>The plain HTTP request was sent to HTTPS port</center>", fn.StoreScope, " speaks TLS, and the address is http://", "write https:// in the address", 1},
		{"such words with another status", 403, "The plain HTTP request was sent to HTTPS port", fn.StoreScope, ", and not as Vault does", strangersHint, 1},
		{"a page with 200", 200, page, fn.StoreScope, "200, and not its JSON", strangersHint, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.body)
			}))
			defer server.Close()
			_, err := readFrom(t, server.URL, fn.KV2, nil)
			var fault *fn.Fault
			if !errors.As(err, &fault) || fault.Scope != tc.scope || !strings.HasSuffix(fault.Cause, tc.cause) || fault.Hint != tc.hint {
				t.Errorf("got %#v", err)
			}
			if n := asked.Load(); n != tc.requests {
				t.Errorf("%d requests, want %d", n, tc.requests)
			}
		})
	}
}

// TestNoAttemptIsMadeThatMeetsTheSame has what no other attempt mends.
func TestNoAttemptIsMadeThatMeetsTheSame(t *testing.T) {
	t.Parallel()
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	var opened atomic.Int32
	plain.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	plain.Config.ErrorLog = discardLog
	plain.Start()
	defer plain.Close()
	_, err := readFrom(t, strings.Replace(plain.URL, "http:", "https:", 1), fn.KV2, nil)
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Hint != "is the port right? What has no TLS is http://" || opened.Load() != 1 {
		t.Errorf("no TLS: %v, after %d connections", err, opened.Load())
	}
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"a name that there is not":             {&net.DNSError{Err: "no such host", IsNotFound: true}, false},
		"a name server that does not answer":   {&net.DNSError{Err: "server misbehaving", IsTemporary: true}, true},
		"a connection that is refused":         {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		"old TLS":                              {errors.New("remote error: tls: protocol version not supported"), false},
		"old TLS, which the server wants":      {errors.New("tls: server selected unsupported protocol version 301"), false},
		"a handshake that the other side ends": {errors.New("remote error: tls: internal error"), true},
	} {
		if got, _ := mayMend(t.Context(), nil, &url.Error{Op: "Get", URL: "https://vault.example", Err: tc.err}); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestThreeReadsThatFail in a row are the server's fault, and no more are made; with an
// answer between them they are each its own.
func TestThreeReadsThatFail(t *testing.T) {
	for name, tc := range map[string]struct {
		answered int // one read of so many is
		servers  bool
	}{"in a row": {0, true}, "with answers between them": {3, false}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one := &session{}
				servers := newFakeServers(func(int, time.Duration, location) error {
					return &again{fault: &fn.Fault{Cause: "of its own"}, many: &fn.Fault{Scope: fn.StoreScope, Cause: "the server's"}, session: one}
				})
				l := newLimit(1, servers)
				for i := range 6 {
					if tc.answered > 0 && i%tc.answered == 2 {
						l.turns.answered(&turn{server: l.turns.servers[0]}, true)
						continue
					}
					_, err := l.read(t.Context(), in("a"))
					if want := map[bool]string{true: "the server's", false: "of its own"}[tc.servers && i >= 2]; err == nil || err.Error() != want {
						t.Errorf("read %d: %v, want %q", i, err, want)
					}
				}
				if (one.broken != nil) != tc.servers {
					t.Errorf("the session is left with %v", one.broken)
				}
			})
		})
	}
}

// TestATokenThatEndedInTheRun was got by it: the role is to be mended, and not the token.
func TestATokenThatEndedInTheRun(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/login") {
			fmt.Fprint(w, loginAndSecret)
			return
		}
		w.WriteHeader(403)
		fmt.Fprint(w, `{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}`)
	}))
	defer server.Close()
	for hint, c := range map[string]fn.Connection{"get a new token": packageToken(server.URL),
		"this run got it by its login: are the role's token_ttl, token_max_ttl and token_num_uses enough for the run, or was it revoked?": serviceAccount(server.URL)} {
		source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		_, err := source.Read(context.Background(), ref(c, 0))
		var fault *fn.Fault
		if !errors.As(err, &fault) || fault.Hint != hint {
			t.Errorf("got %#v", err)
		}
		if warnings := source.Close(); len(warnings) > 0 { // there is nothing to revoke
			t.Error(warnings)
		}
	}
}
