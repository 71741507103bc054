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
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// transports holds one pool of connections for all endpoints of a run that trust
// the same authorities, show the same certificate, and use no socket of their own.
type transports struct {
	settings *Settings

	mu   sync.Mutex
	open map[pool]*http.Transport
}

// pool is what the connections of a transport have in common.
type pool struct {
	authorities, certificate, key secret.Value
	socket                        string
}

func newTransports(s *Settings) *transports {
	return &transports{settings: s, open: map[pool]*http.Transport{}}
}

// of returns the transport for an endpoint.
func (x *transports) of(e endpoint) (*http.Transport, *fn.Fault) {
	own := e.certificate()
	p := pool{authorities: e.Trust.Certificates, certificate: own.Certificate.Value, key: own.Key.Value}
	if u, err := url.Parse(e.Server); err == nil && u.Scheme == "unix" {
		p.socket = u.Path
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.open[p]; ok {
		return known, nil
	}
	config, fault := x.settings.tls(e)
	if fault != nil {
		return nil, fault
	}
	x.open[p] = x.settings.transport(config, p.socket)
	return x.open[p], nil
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
	}
	if socket != "" {
		t.Proxy = nil
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		}
	}
	return t
}

// tls gives whom an endpoint trusts, and what it shows of itself. Over http:// and
// sockets there is neither.
func (s *Settings) tls(e endpoint) (*tls.Config, *fn.Fault) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Roots}
	if !strings.HasPrefix(e.Server, "https:") {
		return config, nil
	}
	if e.Trust.Unresolved != "" {
		return nil, &fn.Fault{Scope: fn.StoreScope, Field: e.Trust.Field, Cause: e.Trust.Unresolved, Hint: e.Trust.Hint}
	}
	if !e.Trust.Certificates.IsEmpty() {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(e.Trust.Certificates.Reveal())) {
			return nil, &fn.Fault{Scope: fn.StoreScope, Field: e.Trust.Field, Cause: "holds no certificate that can be read"}
		}
	}
	own := e.certificate()
	for _, c := range []fn.Credential{own.Certificate, own.Key} {
		if c.Unresolved != "" {
			return nil, e.credentialFault(c)
		}
	}
	if own.Certificate.Value.IsEmpty() {
		return config, nil
	}
	pair, fault := keyPair(own)
	// As in Vault's own client: it is shown also to a server that names
	// authorities which it is not of.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	return config, fault
}
