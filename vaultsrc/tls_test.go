package vaultsrc

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

func caBundle(authority string) fn.Trust {
	return fn.Trust{Certificates: secret.New(authority), Field: "spec.provider.vault.caBundle"}
}

func TestTLSAndHTTP2(t *testing.T) {
	t.Parallel()
	f := tlsServer(t, tlsOptions{name: "localhost"})
	c := serviceAccount(strings.Replace(f.address, "127.0.0.1", "localhost", 1))
	c.Trust = caBundle(f.authority)
	readOnce(t, c, map[string]string{"ESFN_ALLOWED_SERVERS": c.Server})
	seen, connections := f.saw()
	for _, r := range seen {
		if r.Proto != "HTTP/2.0" {
			t.Errorf("%s by %s", r.URL.Path, r.Proto)
		}
	}
	if len(seen) != 3 || connections != 1 {
		t.Errorf("%d requests over %d connections", len(seen), connections)
	}
}

// TestWhomAStoreTrusts has each source of certificates, and which takes the place of
// which.
func TestWhomAStoreTrusts(t *testing.T) {
	t.Parallel()
	f := tlsServer(t, tlsOptions{name: "localhost"})
	other := newCertificate(t, "another authority").pem
	files := map[string]string{"/right": f.authority, "/other": other}
	for _, tc := range []struct {
		name, cacert string
		trust        fn.Trust
		want, hint   string
	}{
		{"the right one of the store", "", caBundle(f.authority), "", ""},
		{"the right one among others", "", caBundle(other + f.authority), "", ""},
		{"another one of the store", "", caBundle(other), "unknown authority", "spec.provider.vault.caBundle is what is trusted"},
		{"none", "", fn.Trust{}, "unknown authority", "give the store caBundle or caProvider, or set VAULT_CACERT"},
		{"the right one of the operator", "/right", fn.Trust{}, "", ""},
		{"the right one of the operator, and another one of the store", "/right", caBundle(other), "", ""},
		{"another one of the operator", "/other", caBundle(f.authority), "unknown authority", "VAULT_CACERT is what is trusted"},
		{"one that is not there", "", fn.Trust{Field: "caProvider", Unresolved: "no ConfigMap a/b"}, "no ConfigMap a/b", ""},
		{"the right one of the operator, in place of one that is not there", "/right", fn.Trust{Field: "caProvider", Unresolved: "no ConfigMap a/b"}, "", ""},
		{"no certificates", "", caBundle("made up"), "holds no certificate that can be read", ""},
	} {
		c := packageToken(strings.Replace(f.address, "127.0.0.1", "localhost", 1))
		c.Trust = tc.trust
		settings, problems := ParseSettings(func(name string) string {
			if name == "VAULT_CACERT" {
				return tc.cacert
			}
			return ""
		}, func(name string) ([]byte, error) { return []byte(files[name]), nil })
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		source := New(settings)
		_, before := f.saw()
		_, err := source.Read(t.Context(), ref(c, 0))
		source.Close()
		var fault *fn.Fault
		if tc.want == "" && err != nil || tc.want != "" && (!errors.As(err, &fault) || !strings.Contains(fault.Cause, tc.want) || !strings.Contains(fault.Hint, tc.hint)) {
			t.Errorf("%s: got %#v", tc.name, err)
		}
		// One attempt: the next would see the same certificate.
		_, after := f.saw()
		if n := after - before; n > 1 || tc.want == "" && n != 1 {
			t.Errorf("%s: %d connections", tc.name, n)
		}
	}
}

// TestWhatIsWrongWithAServersCertificate is said in esfn's words: those in a
// certificate are a stranger's.
func TestWhatIsWrongWithAServersCertificate(t *testing.T) {
	t.Parallel()
	type options = []func(*x509.Certificate) *pair
	const day = 24 * time.Hour
	for _, tc := range []struct {
		name  string
		made  options
		words string
		hint  string
	}{
		{"expired", options{validFor(-3*day, -2*day)}, "its certificate expired on " + time.Now().Add(-2*day).UTC().Format(time.DateOnly), "is the clock right here?"},
		{"not valid yet", options{validFor(2*day, 3*day)}, "its certificate is valid from " + time.Now().Add(2*day).UTC().Format(time.DateOnly) + " on", "is the clock right here?"},
		{"another name", options{forNames("vault.example")}, "its certificate is not for localhost: it is for vault.example", "name the server as its certificate does"},
		{"many names", options{forNames("a.example", "b.example", "c.example", "d.example", "e.example")}, "its certificate is not for localhost: it is for a.example, b.example, c.example, d.example…", ""},
		{"no name", options{forNames()}, "its certificate is not for localhost: it names no host", ""},
		{"a name with more in it", options{forNames("a.example\x1b[2K\nerror: made up")}, `its certificate is not for localhost: it is for a.example\x1b[2K\nerror: made up`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := tlsServer(t, tlsOptions{name: "localhost", certificate: tc.made})
			c := packageToken(strings.Replace(f.address, "127.0.0.1", "localhost", 1))
			c.Trust = caBundle(f.authority)
			_, err := readAs(t, c, nil)
			var fault *fn.Fault
			if !errors.As(err, &fault) || fault.Cause != c.Server+" does not answer: "+tc.words || !strings.Contains(fault.Hint, tc.hint) {
				t.Errorf("got %#v", fault)
			}
			if seen, connections := f.saw(); connections != 1 || len(seen) > 0 {
				t.Errorf("%d connections, %d requests", connections, len(seen))
			}
		})
	}
}

func TestWhatIsNoTLSThatCanBeSpoken(t *testing.T) {
	t.Parallel()
	old := tlsServer(t, tlsOptions{name: "localhost", config: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}}) //nolint:gosec // is to be refused
	c := packageToken(strings.Replace(old.address, "127.0.0.1", "localhost", 1))
	c.Trust = caBundle(old.authority)
	if _, err := readAs(t, c, nil); err == nil || !strings.HasSuffix(err.Error(), "does not answer: it does not speak TLS 1.2 or 1.3") {
		t.Errorf("TLS 1.1: got %v", err)
	}
	plain, _ := fakeVault(t, 200, loginAndSecret)
	if _, err := readAs(t, packageToken(strings.Replace(plain, "http:", "https:", 1)), nil); err == nil || !strings.HasSuffix(err.Error(), "does not answer: it does not speak TLS") {
		t.Errorf("none: got %v", err)
	}
}

// TestClientCertificates has a server that wants one of an authority of its own.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	authority := newCertificate(t, "authority of clients")
	right := newCertificate(t, "web", signedBy(authority))
	other := newCertificate(t, "web", signedBy(newCertificate(t, "another authority")))
	old := newCertificate(t, "web", signedBy(authority), validFor(-3*time.Hour, -time.Hour))
	pool := x509.NewCertPool()
	pool.AddCert(authority.tls.Leaf)
	keyOfAnother := right.asClient()
	keyOfAnother.Key.Value = secret.New(other.key)
	for version, name := range map[uint16]string{tls.VersionTLS12: "TLS 1.2", tls.VersionTLS13: "TLS 1.3"} {
		for _, tc := range []struct {
			name        string
			certificate fn.ClientCertificate
			want, hint  string
		}{
			{"the right one", right.asClient(), "", ""},
			{"none", fn.ClientCertificate{}, "does not answer: it asks for a client certificate, and ends a connection that shows none", "spec.provider.vault.tls"},
			{"one of another authority", other.asClient(), "does not answer: it ends a connection that shows it the client certificate", "compare tls.certSecretRef"},
			{"an expired one", old.asClient(), "does not answer: it ends a connection that shows it the client certificate", "compare tls.certSecretRef"},
			{"with a key of another", keyOfAnother, "is not the private key of the certificate", "compare it with tls.certSecretRef"},
			{"not there", fn.ClientCertificate{Certificate: fn.Credential{Field: "tls.certSecretRef", Unresolved: "no Secret a/b"}}, "no Secret a/b", ""},
		} {
			t.Run(name+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				f := tlsServer(t, tlsOptions{name: "localhost", config: &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: version}})
				c := packageToken(strings.Replace(f.address, "127.0.0.1", "localhost", 1))
				c.Trust, c.Certificate = caBundle(f.authority), tc.certificate
				_, err := readAs(t, c, nil)
				var fault *fn.Fault
				if tc.want == "" && err != nil || tc.want != "" && (!errors.As(err, &fault) || !strings.HasSuffix(fault.Cause, tc.want) || !strings.Contains(fault.Hint, tc.hint)) {
					t.Errorf("got %#v", err)
				}
				if seen, _ := f.saw(); len(seen) != map[bool]int{true: 1}[tc.want == ""] {
					t.Errorf("%d requests", len(seen))
				}
			})
		}
	}
}

// TestTheCertificateOfALogin stays for what is read after it, and takes the place of
// the store's other one; a token of the operator's takes the place of both.
func TestTheCertificateOfALogin(t *testing.T) {
	one, two := newCertificate(t, "one").asClient(), newCertificate(t, "two").asClient()
	c := fn.Connection{Server: "https://vault.example", Certificate: one, Login: fn.Login{Method: fn.CertLogin, Certificate: two}}
	bySettings := func(kv map[string]string) fn.ClientCertificate {
		s := settingsOf(t, kv)
		return s.override(c).certificate()
	}
	if bySettings(nil) != two {
		t.Error("a login by certificate shows another one")
	}
	if bySettings(map[string]string{"VAULT_TOKEN": "made-up"}) != one {
		t.Error("with a token in place of the login, the store's tls is not shown")
	}
}
