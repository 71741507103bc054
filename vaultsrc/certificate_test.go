package vaultsrc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// newKeyPair is a certificate and its key, in PEM form, signed by itself.
func newKeyPair(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "made-up " + rand.Text()}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", pkcs8)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// certConnection logs in with a certificate of its own at a server whose
// certificate is given.
func certConnection(t *testing.T, address, ca, role string) fn.Connection {
	t.Helper()
	return fn.Connection{Server: address, Trust: fn.Trust{Certificates: secret.New(ca)},
		Login: fn.Login{Method: fn.CertLogin, Field: "auth.cert", Mount: "cert", Role: role, Certificate: certificateOf(newKeyPair(t))}}
}

func certificateOf(certificate, key string) fn.ClientCertificate {
	return fn.ClientCertificate{
		Certificate: fn.Credential{Field: "auth.cert.clientCert", Value: secret.New(certificate)},
		Key:         fn.Credential{Field: "auth.cert.secretRef", Value: secret.New(key)},
	}
}

func TestWhatIsWrongWithACertificateAndItsKey(t *testing.T) {
	t.Parallel()
	certificate, key := newKeyPair(t)
	other, otherKey := newKeyPair(t)
	damaged := pemOf("CERTIFICATE", []byte("made-up"))
	encrypted := pemOf("ENCRYPTED PRIVATE KEY", []byte("made-up"))
	for _, tc := range []struct{ name, certificate, key, want string }{
		{"a pair", certificate, key, ""},
		{"a chain", certificate + other, key, ""},
		{"text around it", "made-up\n" + certificate, "made-up\n" + key, ""},
		{"both in one", certificate + key, key + certificate, ""},
		{"another one's key", certificate, otherKey, "auth.cert.secretRef: is not the private key of the certificate"},
		{"the chain's other end first", other + certificate, key, "auth.cert.secretRef: is not the private key of the certificate"},
		{"no certificate", "made-up", key, "auth.cert.clientCert: holds no certificate in PEM form that can be read"},
		{"a damaged certificate", damaged, key, "auth.cert.clientCert: holds no certificate in PEM form that can be read"},
		{"no key", certificate, "made-up", "auth.cert.secretRef: holds no private key in PEM form"},
		{"a certificate for the key", certificate, certificate, "auth.cert.secretRef: holds no private key in PEM form"},
		{"switched", key, certificate, "auth.cert.clientCert: holds no certificate in PEM form that can be read"},
		{"a key that is encrypted", certificate, encrypted, "auth.cert.secretRef: holds a private key that cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, fault := keyPair(certificateOf(tc.certificate, tc.key))
			got := ""
			if fault != nil {
				got = fault.Field + ": " + fault.Cause
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestACertificateIsShownToWhoeverAsks has a server that names authorities which
// the certificate is not of: Vault may know more than what stands before it.
func TestACertificateIsShownToWhoeverAsks(t *testing.T) {
	t.Parallel()
	certificate, key := newKeyPair(t)
	other, _ := newKeyPair(t)
	shown := make(chan []byte, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) > 0 {
			shown <- r.TLS.PeerCertificates[0].Raw
		}
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, ClientCAs: x509.NewCertPool()}
	server.TLS.ClientCAs.AppendCertsFromPEM([]byte(other))
	server.StartTLS()
	defer server.Close()

	trust := pemOf("CERTIFICATE", server.Certificate().Raw)
	for name, c := range map[string]fn.Connection{
		"of the login":      {Login: fn.Login{Method: fn.CertLogin, Certificate: certificateOf(certificate, key)}, Certificate: certificateOf(other, key)},
		"of the connection": {Login: fn.Login{Method: fn.TokenLogin, Certificate: certificateOf(other, key)}, Certificate: certificateOf(certificate, key)},
	} {
		c.Server, c.Trust = server.URL, fn.Trust{Certificates: secret.New(trust)}
		settings := settingsOf(t, nil)
		transport, fault := newTransports(&settings).of(settings.override(c))
		if fault != nil {
			t.Fatal(fault.Cause)
		}
		request, err := http.NewRequest(http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		select {
		case got := <-shown:
			if block, _ := pem.Decode([]byte(certificate)); !bytes.Equal(block.Bytes, got) {
				t.Errorf("%s: another certificate was shown", name)
			}
		default:
			t.Errorf("%s: no certificate was shown", name)
		}
		transport.CloseIdleConnections()
	}
}
