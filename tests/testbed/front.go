package testbed

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
)

// Front is an address of a recorder. The zero Front is plain HTTP on loopback.
type Front struct {
	// TLS makes it an https address, with HTTP/2.
	TLS *tls.Config
	// Socket is the file of a unix socket to listen on, in place of loopback.
	Socket string
	// Prefix is a path below which Vault's API is served, as in "/vault", and
	// nothing else is.
	Prefix string
	// Token is what requests without a token get, as a Vault Agent gives them
	// the token of its own login: a fake Agent.
	Token string
	// Vault is the address of another Vault than the recorder's.
	Vault string
}

type front struct {
	Front
	address     string
	target      *url.URL // nil for the recorder's Vault
	server      *httptest.Server
	connections atomic.Int64
}

// Open has the recorder serve at one more address, and returns it: as in
// http://127.0.0.1:8200, https://…, http://…/prefix or unix:///file.
func (r *Recorder) Open(what Front) (string, error) {
	f := &front{Front: what}
	if what.Vault != "" {
		target, err := url.Parse(what.Vault)
		if err != nil {
			return "", err
		}
		f.target = target
	}
	network, at := "tcp", "127.0.0.1:0"
	if what.Socket != "" {
		network, at = "unix", what.Socket
	}
	listener, err := net.Listen(network, at)
	if err != nil {
		return "", err
	}
	f.server = httptest.NewUnstartedServer(r.handler(f))
	_ = f.server.Listener.Close()
	f.server.Listener = counted{listener, &f.connections}
	// Handshakes that fail are what some tests are about.
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	scheme := "http://"
	if what.TLS != nil {
		scheme = "https://"
	}
	f.address = scheme + listener.Addr().String() + what.Prefix
	if what.Socket != "" {
		f.address = "unix://" + what.Socket
	}
	if what.TLS != nil {
		f.server.TLS, f.server.EnableHTTP2 = what.TLS.Clone(), true
		f.server.StartTLS()
	} else {
		f.server.Start()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fronts = append(r.fronts, f)
	return f.address, nil
}

// Connections returns how many connections were opened so far, at one address or
// with "" at all, also by a client that broke off in the handshake.
func (r *Recorder) Connections(at string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, f := range r.fronts {
		if at == "" || at == f.address {
			n += int(f.connections.Load())
		}
	}
	return n
}

// counted counts the connections that a listener accepts.
type counted struct {
	net.Listener
	n *atomic.Int64
}

func (l counted) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err == nil {
		l.n.Add(1)
	}
	return connection, err
}
