package vaultsrc

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/esfn/esfn/fn"
)

// TestWithoutTheSystemsAuthorities: where the system has no authorities, as in the
// image, those that esfn brings are trusted, whoever is asked first. In a process of
// its own each, since Go looks for the system's once.
func TestWithoutTheSystemsAuthorities(t *testing.T) {
	const what = "ESFN_TEST_ASKS"
	s := &Settings{Concurrency: 1}
	ask := map[string]func() error{
		"Vault": func() error {
			_, fault := s.tls(endpoint{Connection: fn.Connection{Server: "https://vault.example.com"}})
			if fault != nil {
				return fault
			}
			return nil
		},
		"where a redirect leads": func() error {
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "https://127.0.0.1:1"+r.URL.Path)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}))
			defer front.Close()
			own, err := url.Parse(front.URL)
			if err != nil {
				return err
			}
			follow := &redirects{next: http.DefaultTransport, own: own, allowed: func(_, _ *url.URL) (string, string) { return "", "" }}
			request := httptest.NewRequest(http.MethodGet, front.URL+"/v1/kv/data/app", nil)
			_, _ = follow.RoundTrip(request) // nobody is there
			return nil
		},
		"a cloud":    func() error { newCloudClient(s); return nil },
		"Kubernetes": func() error { _, err := kubernetesClient(&rest.Config{}); return err },
		"Vault over http://, which asks none": func() error {
			_, fault := s.tls(endpoint{Connection: fn.Connection{Server: "http://127.0.0.1:8200"}})
			if fault != nil {
				return fault
			}
			return nil
		},
	}
	if name := os.Getenv(what); name != "" {
		if err := ask[name](); err != nil {
			t.Fatal(err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			t.Fatal(err)
		}
		if none := pool.Equal(x509.NewCertPool()); none != (name == "Vault over http://, which asks none") {
			t.Errorf("no authorities: %v", none)
		}
		return
	}
	for name := range ask {
		child := exec.Command(os.Args[0], "-test.run=^TestWithoutTheSystemsAuthorities$")
		child.Env = append(os.Environ(), what+"="+name, "SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/nonexistent")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
