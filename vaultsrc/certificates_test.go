package vaultsrc

import (
	"bufio"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// pair is a made-up certificate with its key, in PEM form and parsed.
type pair struct {
	pem, key string
	tls      tls.Certificate
}

// newCertificate makes a certificate for a name, of an authority or, without one, of
// itself: an authority then.
func newCertificate(t *testing.T, name string, options ...func(*x509.Certificate) *pair) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	var authority *pair
	for _, option := range options {
		if a := option(template); a != nil {
			authority = a
		}
	}
	parent, signer := template, any(key)
	if authority == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage, template.DNSNames = true, true, x509.KeyUsageCertSign, nil
	} else {
		parent, signer = authority.tls.Leaf, authority.tls.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p := pair{
		pem: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	}
	if p.tls, err = tls.X509KeyPair([]byte(p.pem), []byte(p.key)); err != nil {
		t.Fatal(err)
	}
	return p
}

func signedBy(authority pair) func(*x509.Certificate) *pair {
	return func(*x509.Certificate) *pair { return &authority }
}

func validFor(from, to time.Duration) func(*x509.Certificate) *pair {
	return func(c *x509.Certificate) *pair {
		c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to)
		return nil
	}
}

func forNames(all ...string) func(*x509.Certificate) *pair {
	return func(c *x509.Certificate) *pair {
		c.DNSNames = all
		return nil
	}
}

// asClient is a store's reference to the certificate.
func (p pair) asClient() fn.ClientCertificate {
	return fn.ClientCertificate{
		Certificate: fn.Credential{Value: secret.New(p.pem), Field: "tls.certSecretRef"},
		Key:         fn.Credential{Value: secret.New(p.key), Field: "tls.keySecretRef"},
	}
}

type tlsOptions struct {
	name        string
	certificate []func(*x509.Certificate) *pair
	config      *tls.Config
}

// fakeTLS is a server with a certificate of an authority of its own.
type fakeTLS struct {
	address, authority string

	mu          sync.Mutex
	seen        []http.Request
	connections int
}

// saw gives what has arrived so far.
func (f *fakeTLS) saw() (requests []http.Request, connections int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen, f.connections
}

func tlsServer(t *testing.T, o tlsOptions) *fakeTLS {
	t.Helper()
	authority := newCertificate(t, "made-up authority")
	own := newCertificate(t, o.name, append(o.certificate, signedBy(authority))...)
	f := &fakeTLS{authority: authority.pem}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.seen = append(f.seen, *r)
		_, _ = io.WriteString(w, loginAndSecret)
	}))
	server.Config.ErrorLog = discardLog
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.connections++
		}
	}
	server.EnableHTTP2 = true
	server.TLS = cmp.Or(o.config, &tls.Config{})
	server.TLS.Certificates = []tls.Certificate{own.tls}
	server.StartTLS()
	t.Cleanup(server.Close)
	f.address = server.URL
	return f
}

// fakeProxy answers CONNECT with a status, and where that is 200, leads to an
// address whatever it is asked for; with 0 nobody is there. asked lists the requests.
func fakeProxy(t *testing.T, status int, leadsTo string) (address string, asked func() []string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []string
	asked = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
	if status == 0 {
		listener.Close()
		return listener.Addr().String(), asked
	}
	serve := func(client net.Conn) {
		defer client.Close()
		request, err := http.ReadRequest(bufio.NewReader(client))
		if err != nil {
			return
		}
		mu.Lock()
		all = append(all, request.Method+" "+request.RequestURI)
		mu.Unlock()
		if _, err := io.WriteString(client, "HTTP/1.1 "+statusLine(status)+"\r\n\r\n"); err != nil || status != 200 {
			return
		}
		behind, err := net.Dial("tcp", leadsTo)
		if err != nil {
			return
		}
		defer behind.Close()
		go func() { _, _ = io.Copy(behind, client) }()
		_, _ = io.Copy(client, behind)
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(client)
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String(), asked
}

func statusLine(status int) string {
	return map[int]string{200: "200 OK", 407: "407 made up", 502: "502 made up"}[status]
}
