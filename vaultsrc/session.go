package vaultsrc

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/hashicorp/vault/api"
)

const (
	// attemptTimeout bounds one attempt at one request.
	attemptTimeout = 15 * time.Second
	// maxRetries and the waits are for connection errors, 412, 429 and 5xx: a
	// node that is replaced is back within seconds, and a server that is gone
	// shall not take long to be reported.
	maxRetries   = 2
	minRetryWait = 200 * time.Millisecond
	maxRetryWait = time.Second
	// revokeTimeout bounds the revocation of all tokens together, so that a
	// Vault that hangs does not hold up the answer.
	revokeTimeout = time.Second
)

// session is a client and its login, which is made when it is first needed and
// then shared.
type session struct {
	endpoint
	way    way
	client *api.Client

	login sync.Once
	token token
	err   error
}

// sessions holds one session for each endpoint of the run.
type sessions struct {
	settings  *Settings
	transport *http.Transport

	mu   sync.Mutex
	open map[endpoint]*session
}

func newSessions(s *Settings) *sessions {
	return &sessions{
		settings: s,
		transport: &http.Transport{
			Proxy:                 s.Proxy,
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:   10 * time.Second,
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Roots},
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   concurrency,
			IdleConnTimeout:       time.Minute,
			ResponseHeaderTimeout: attemptTimeout,
		},
		open: map[endpoint]*session{},
	}
}

// at returns a session that is logged in.
func (x *sessions) at(ctx context.Context, e endpoint) (*session, error) {
	x.mu.Lock()
	s, known := x.open[e]
	if !known {
		s = &session{endpoint: e}
		x.open[e] = s
	}
	x.mu.Unlock()
	s.login.Do(func() { s.err = s.logIn(ctx, x) })
	return s, s.err
}

func (s *session) logIn(ctx context.Context, x *sessions) error {
	way, fault := x.settings.way(s.endpoint)
	if fault != nil {
		return fault
	}
	client, err := x.client(s.endpoint)
	if err != nil {
		return s.serverFault("", "no client can be made for it")
	}
	got, err := way.login(ctx, client)
	if err != nil {
		return err
	}
	client.SetToken(got.value.Reveal())
	s.client, s.token = client, got
	return nil
}

// client makes a client for an endpoint, of the endpoint and nothing else:
// vault/api fills a client from a score of VAULT_ variables, and each of them is
// set here by hand.
func (x *sessions) client(e endpoint) (*api.Client, error) {
	client, err := api.NewClient(&api.Config{
		Address:          e.Server,
		HttpClient:       &http.Client{Transport: x.transport, Timeout: attemptTimeout, CheckRedirect: noRedirect},
		MinRetryWait:     minRetryWait,
		MaxRetryWait:     maxRetryWait,
		MaxRetries:       maxRetries,
		Backoff:          retryablehttp.RateLimitLinearJitterBackoff,
		CheckRetry:       api.DefaultRetryPolicy,
		DisableRedirects: true,
	})
	if err != nil {
		return nil, err
	}
	client.ClearToken()
	client.ClearNamespace()
	headers := http.Header{api.RequestHeaderName: {"true"}}
	if agent := x.settings.UserAgent; agent != "" {
		headers.Set("User-Agent", agent)
	}
	client.SetHeaders(headers)
	client.SetWrappingLookupFunc(func(string, string) string { return "" })
	if e.Namespace != "" {
		client.SetNamespace(e.Namespace)
	}
	return client, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// close revokes the tokens that the run got by logging in, all at once, and
// says what it could not revoke. The context of the run may have ended.
func (x *sessions) close() []string {
	ctx, cancel := context.WithTimeout(context.Background(), revokeTimeout)
	defer cancel()
	x.mu.Lock()
	defer x.mu.Unlock()
	var all sync.WaitGroup
	var failed sync.Map
	for _, s := range x.open {
		// A batch token cannot be revoked; it just ends.
		if !s.token.own || strings.HasPrefix(s.token.value.Reveal(), "hvb.") {
			continue
		}
		all.Go(func() {
			s.client.SetMaxRetries(0)
			if err := s.client.Auth().Token().RevokeSelfWithContext(ctx, ""); err != nil {
				failed.Store(hostOf(s.Server), true)
			}
		})
	}
	all.Wait()
	x.transport.CloseIdleConnections()
	var warnings []string
	failed.Range(func(host, _ any) bool {
		warnings = append(warnings, fmt.Sprintf("a token that esfn got at %s was not revoked; it ends with its lease", host))
		return true
	})
	return warnings
}

func hostOf(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return "the server"
	}
	return u.Host
}
