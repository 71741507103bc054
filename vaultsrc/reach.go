package vaultsrc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"

	"github.com/esfn/esfn/fn"
)

// reach asks Vault for its health, without a token, and tells what happens on the
// way. It returns whether something answered.
func (s *Source) reach(ctx context.Context, e endpoint, toTell func(Check)) bool {
	one := &oneAtATime{tell: toTell}
	defer one.end()
	tell := one.Tell
	transport, fault := s.sessions.transports.of(e)
	if fault != nil {
		tell(Check{Name: "TLS", Fault: fault})
		return false
	}
	const states = "standbyok=true&perfstandbyok=true&drsecondarycode=200&sealedcode=200&uninitcode=200"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.requestAddress()+"/v1/sys/health?"+states, nil)
	if err != nil {
		tell(Check{Name: "server", Fault: e.serverFault("", "it is no address")})
		return false
	}
	request.Header = s.settings.headers(e)
	if proxy := transport.Proxy; proxy != nil {
		if through, err := proxy(request); err == nil && through != nil {
			tell(Check{Name: "proxy", Says: through.Host + ", from HTTPS_PROXY"})
		}
	}
	request = request.WithContext(httptrace.WithClientTrace(ctx, tracing(tell)))
	client := &http.Client{Transport: bounded{transport, maxOther}, Timeout: attemptTimeout, CheckRedirect: noRedirect}
	answer, err := client.Do(request)
	if err != nil {
		step := "connection"
		var certificate *tls.CertificateVerificationError
		if errors.As(err, &certificate) {
			step = "TLS"
			if len(certificate.UnverifiedCertificates) > 0 {
				tell(Check{Name: step, Says: certificateWords(certificate.UnverifiedCertificates[0])})
			}
		}
		tell(Check{Name: step, Fault: e.connectionFault(ctx, err)})
		return false
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		tell(Check{Name: "Vault", Fault: e.connectionFault(ctx, err)})
		return false
	}
	says, fault := e.health(answer.StatusCode, body)
	tell(Check{Name: "Vault", Says: says, Fault: fault})
	return fault == nil
}

// oneAtATime tells from many goroutines: connections are made side by side, and
// may go on after the answer.
type oneAtATime struct {
	mu   sync.Mutex
	tell func(Check)
}

// Tell tells, until the end.
func (o *oneAtATime) Tell(check Check) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tell != nil {
		o.tell(check)
	}
}

func (o *oneAtATime) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tell = nil
}

// tracing tells of a connection as it is made: one that is there already is not
// made again.
func tracing(tell func(Check)) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(found httptrace.DNSDoneInfo) {
			var addresses []string
			for _, a := range found.Addrs {
				addresses = append(addresses, a.String())
			}
			if len(addresses) > 0 {
				tell(Check{Name: "name", Says: strings.Join(addresses, ", ")})
			}
		},
		ConnectDone: func(network, address string, err error) {
			if err == nil {
				tell(Check{Name: "connection", Says: address})
			}
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil && len(state.PeerCertificates) > 0 {
				protocol := state.NegotiatedProtocol
				if protocol == "" {
					protocol = "http/1.1"
				}
				tell(Check{Name: "TLS", Says: fmt.Sprintf("%s, %s\n%s", tls.VersionName(state.Version), protocol, certificateWords(state.PeerCertificates[0]))})
			}
		},
	}
}

// certificateWords says for which names a certificate is, from whom and until when.
// Names in it are the server's words.
func certificateWords(c *x509.Certificate) string {
	names := hostsOf(c)
	if len(names) == 0 {
		names = []string{"no name"}
	}
	const most = 10
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	for i, name := range names {
		names[i] = oneLine(name)
	}
	const date = "2006-01-02 15:04 MST"
	return fmt.Sprintf("certificate for %s\nissued by %s\nvalid from %s to %s", strings.Join(names, ", "), oneLine(c.Issuer.String()), c.NotBefore.UTC().Format(date), c.NotAfter.UTC().Format(date))
}

// health says what the answer to a request for sys/health means
// (https://developer.hashicorp.com/vault/api-docs/system/health).
func (e endpoint) health(status int, body []byte) (says string, _ *fn.Fault) {
	var h struct {
		Initialized *bool  `json:"initialized"`
		Sealed      bool   `json:"sealed"`
		Standby     bool   `json:"standby"`
		Version     string `json:"version"`
		Enterprise  bool   `json:"enterprise"`
	}
	switch err := json.Unmarshal(body, &h); {
	case status != http.StatusOK || err != nil || h.Initialized == nil:
		return "", e.serverFault(strangersHint,
			fmt.Sprintf("%s answered %d to sys/health, and not as Vault does", hostOf(e.Server), status))
	case !*h.Initialized:
		return "", e.serverFault(laterHint, fmt.Sprintf("Vault at %s is not initialized", hostOf(e.Server)))
	case h.Sealed:
		return "", e.serverFault("it has to be unsealed: "+laterHint, fmt.Sprintf("Vault at %s is sealed", hostOf(e.Server)))
	}
	says = "version " + oneLine(h.Version)
	if h.Enterprise {
		says += ", Enterprise"
	}
	if h.Standby {
		says += ", a standby node"
	}
	return says, nil
}
