package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/esfn/esfn/fn"
)

// fakeTLSVault gives a fixed answer over TLS; what Vault really answers is tested
// in tests/.
func fakeTLSVault(t *testing.T, status int, body string) (address, ca string, requests func() []string) {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.URL.Path+" "+string(text))
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, pemOf("CERTIFICATE", server.Certificate().Raw), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(seen)
	}
}

// TestWhatARefusalOfACertificateMeans has the answers of Vault 1.21.4. Of its
// 500s, only those about the certificate are final.
func TestWhatARefusalOfACertificateMeans(t *testing.T) {
	t.Parallel()
	const times = "current time 2026-11-25T21:00:40Z is "
	for _, tc := range []struct {
		name, role    string
		status        int
		words         string
		requests      int
		want, hintHas string
	}{
		{"expired", "r", 500, certificateRefused + "x509: certificate has expired or is not yet valid: " + times + "after 2021-01-01T00:00:00Z", 1,
			`the login at auth/cert with role "r" failed: the certificate is expired: ` + times + "after 2021-01-01T00:00:00Z", "the Secret that clientCert names"},
		{"not yet", "", 500, certificateRefused + "x509: certificate has expired or is not yet valid: " + times + "before 2040-01-01T00:00:00Z", 1,
			"the login at auth/cert failed: the certificate is not valid yet: " + times + "before 2040-01-01T00:00:00Z", "clocks"},
		{"usage", "", 500, certificateRefused + "x509: certificate specifies an incompatible key usage", 1, "the login at auth/cert failed: the certificate is not one to log in with", "clientAuth"},
		{"something else", "", 500, certificateRefused + "x509: too many hops", 1, "the login at auth/cert failed: the certificate is not valid: x509: too many hops", ""},
		{"Vault's own trouble", "", 500, "internal error", maxRetries + 1, "answered 500: internal error", laterHint},
		{"a role", "r", 400, "failed to match all constraints for this login certificate", 1, "there is no such role, or it does not take this certificate", "vault read auth/cert/certs/r"},
		{"all roles", "", 400, "failed to match all constraints for this login certificate", 1, "no role takes this certificate", "auth/cert/certs"},
		{"none", "", 400, "client certificate must be supplied", 1, "no client certificate reached Vault", "Vault's own listener"},
		{"no TLS", "", 400, "tls connection required", 1, "no client certificate reached Vault", "Vault's own listener"},
		{"no mount", "", 403, "permission denied", 1, "permission denied", "auth/cert is not enabled"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			address, ca, requests := fakeTLSVault(t, tc.status, fmt.Sprintf(`{"errors":[%q]}`, tc.words))
			_, err := readAs(t, certConnection(t, address, ca, tc.role), nil)
			var fault *fn.Fault
			if !errors.As(err, &fault) || !strings.Contains(fault.Cause, tc.want) || !strings.Contains(fault.Hint, tc.hintHas) {
				t.Errorf("got %v", err)
			}
			if len(requests()) != tc.requests {
				t.Errorf("%d requests, want %d", len(requests()), tc.requests)
			}
		})
	}
}

func TestARefusalThatIsNotVaults(t *testing.T) {
	t.Parallel()
	address, ca, _ := fakeTLSVault(t, 403, "<html>made-up</html>")
	_, err := readAs(t, certConnection(t, address, ca, "r"), nil)
	var fault *fn.Fault
	if !errors.As(err, &fault) || !strings.HasSuffix(fault.Cause, `answered 403 to the login at auth/cert with role "r", and not as Vault does`) || strings.Contains(fault.Cause, "made-up") {
		t.Errorf("got %v", err)
	}
}

// TestALoginWithACertificateIsAskedForAsESODoes has a role, and none.
func TestALoginWithACertificateIsAskedForAsESODoes(t *testing.T) {
	t.Parallel()
	for role, body := range map[string]string{"r": `{"name":"r"}`, "": "null"} {
		address, ca, requests := fakeTLSVault(t, 400, `{"errors":["no"]}`)
		source := New(settingsOf(t, nil))
		_, _ = source.Read(context.Background(), fn.Ref{Connection: certConnection(t, address, ca, role), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
		source.Close()
		if !slices.Equal(requests(), []string{"PUT /v1/auth/cert/login " + body}) {
			t.Errorf("role %q: got %q", role, requests())
		}
	}
}
