package vaultsrc

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/esfn/esfn/fn/secret"
)

// slowRevocation is a Vault that revokes tokens with a status, after a while.
func slowRevocation(t *testing.T, status int, after time.Duration) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/revoke-self") {
			fmt.Fprint(w, loginAndSecret)
			return
		}
		select {
		case <-time.After(after):
		case <-r.Context().Done():
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestTokensThatAreNotRevokedAreCounted: whoever wants to find them has to know how many.
func TestTokensThatAreNotRevokedAreCounted(t *testing.T) {
	t.Parallel()
	server := slowRevocation(t, 302, 0)
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	for _, role := range []string{"a", "b", "c"} {
		c := serviceAccount(server.URL)
		c.Login.Role = role
		if _, err := source.Read(context.Background(), ref(c, 0)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"3 tokens that esfn got at " + strings.TrimPrefix(server.URL, "http://") + " were not revoked; they end with their leases: the request was redirected"}
	if got := source.Close(); !slices.Equal(got, want) {
		t.Errorf("warnings: %q, want %q", got, want)
	}
}

// TestARevocationThatIsSlow: of a Vault that many ask at once. It is waited for while the
// run has time, and little longer.
func TestARevocationThatIsSlow(t *testing.T) {
	t.Parallel()
	server := slowRevocation(t, 204, 2*closeTimeout)
	for _, tc := range []struct {
		name     string
		ends     time.Duration // after Close begins
		warnings int
	}{
		{"and the run has time", time.Minute, 0},
		{"and the run has ended", 0, 1},
		{"and the run ends meanwhile", closeTimeout / 4, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ctx, end := context.WithCancel(context.Background())
			defer end()
			source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
			source.settings.closeTimeout = 0
			if _, err := source.Read(ctx, ref(serviceAccount(server.URL), 0)); err != nil {
				t.Fatal(err)
			}
			if tc.ends == 0 {
				end()
			}
			defer time.AfterFunc(tc.ends, end).Stop()
			if warnings := source.Close(); len(warnings) != tc.warnings {
				t.Errorf("warnings: %q, want %d", warnings, tc.warnings)
			}
		})
	}
}

// TestARevocationThatFailsByAFaultOfOurs does not end the process with a trace: the
// others are revoked, and it is said.
func TestARevocationThatFailsByAFaultOfOurs(t *testing.T) {
	t.Parallel()
	x := newSessions(&Settings{})
	ready := make(chan struct{})
	close(ready)
	e := endpoint{}
	e.Server = "https://vault.example:8200"
	x.open[e] = &session{endpoint: e, ready: ready, token: token{value: secret.New("made-up-token"), own: true}} // and no client
	want := []string{"a token that esfn got at vault.example:8200 was not revoked; it ends with its lease: esfn failed by a fault of its own; please report it"}
	if got := x.close(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestNobodyLogsInAfterTheEnd: a read that was left behind gets no token, which nobody
// would revoke.
func TestNobodyLogsInAfterTheEnd(t *testing.T) {
	t.Parallel()
	address, requests := fakeVault(t, 200, loginAndSecret)
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	source.Close()
	if _, err := source.Read(context.Background(), ref(serviceAccount(address), 0)); err == nil || len(*requests) > 0 {
		t.Errorf("%v, and %d requests", err, len(*requests))
	}
}
