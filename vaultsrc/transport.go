package vaultsrc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// transports holds one pool of connections for all endpoints of a run at the same
// server that trust the same authorities and show the same certificate.
type transports struct {
	settings *Settings

	mu   sync.Mutex
	open map[shared]*pool
}

// shared is what the connections of a pool have in common.
type shared struct {
	server                        string // scheme, host and port, or the socket
	authorities, certificate, key secret.Value
}

// pool is the connections to one server, and to the nodes that it redirects to.
type pool struct {
	*http.Transport
	// showing is whether a server asked for a client certificate: where the connection
	// breaks off then, that is most likely why.
	showing atomic.Int32
}

func newTransports(s *Settings) *transports {
	return &transports{settings: s, open: map[shared]*pool{}}
}

// of returns the pool for an endpoint.
func (x *transports) of(e endpoint) (*pool, *fn.Fault) {
	own := e.certificate()
	common := shared{server: e.origin(), authorities: e.Trust.Certificates, certificate: own.Certificate.Value, key: own.Key.Value}
	server, err := parseServer(e.Server)
	if err != nil {
		return nil, e.addressFault(err)
	}
	socket := ""
	if server.Scheme == "unix" {
		socket = server.Path
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.open[common]; ok {
		return known, nil
	}
	config, fault := x.settings.tls(e)
	if fault != nil {
		return nil, fault
	}
	p := &pool{Transport: x.settings.transport(config, socket)}
	config.GetClientCertificate = p.show(config.GetClientCertificate)
	x.open[common] = p
	return p, nil
}

// RoundTrip sends the request. An error tells whether a certificate was asked for.
func (p *pool) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := p.Transport.RoundTrip(request)
	if was := showing(p.showing.Load()); err != nil && was != notAsked {
		err = &certificateAsked{err, was}
	}
	return answer, err
}

// show is what a pool shows of itself, nil for nothing; that it was asked for is
// remembered.
func (p *pool) show(own func(*tls.CertificateRequestInfo) (*tls.Certificate, error)) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if own == nil {
			p.showing.Store(int32(nothingToShow))
			return &tls.Certificate{}, nil
		}
		p.showing.Store(int32(certificateShown))
		return own(request)
	}
}

func (x *transports) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range x.open {
		t.CloseIdleConnections()
	}
}

func (s *Settings) transport(config *tls.Config, socket string) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	t := &http.Transport{
		Proxy:                 s.Proxy,
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		TLSClientConfig:       config,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   s.Concurrency,
		MaxConnsPerHost:       s.Concurrency,
		IdleConnTimeout:       time.Minute,
		ResponseHeaderTimeout: attemptTimeout,
		DisableCompression:    true, // a small answer shall not become a large one
		// As much as an answer's other parts.
		MaxResponseHeaderBytes: maxOther,
	}
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			return &proxyRefusal{answer.StatusCode}
		}
		return nil
	}
	if socket != "" {
		t.Proxy = nil
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		}
	}
	return t
}

// tls gives whom an endpoint trusts, and what it shows of itself. Over http:// it
// needs neither, and takes what is there: it may be redirected to https://.
func (s *Settings) tls(e endpoint) (*tls.Config, *fn.Fault) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Roots}
	needed := strings.HasPrefix(e.Server, "https:")
	if e.Trust.Unresolved != "" && needed {
		return nil, &fn.Fault{Scope: fn.StoreScope, Field: e.Trust.Field, Cause: e.Trust.Unresolved, Hint: e.Trust.Hint}
	}
	switch {
	case !e.Trust.Certificates.IsEmpty():
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(e.Trust.Certificates.Reveal())) {
			return nil, &fn.Fault{Scope: fn.StoreScope, Field: e.Trust.Field, Cause: "holds no certificate that can be read"}
		}
	case needed && config.RootCAs == nil:
		trustBundled()
	}
	own := e.certificate()
	for _, c := range []fn.Credential{own.Certificate, own.Key} {
		if c.Unresolved != "" && needed {
			return nil, e.credentialFault(c)
		}
	}
	if own.Certificate.Value.IsEmpty() || own.Key.Value.IsEmpty() {
		return config, nil
	}
	pair, fault := keyPair(own)
	if fault != nil && !needed {
		return config, nil
	}
	// As in Vault's own client: it is shown also to a server that names
	// authorities which it is not of.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	return config, fault
}
