package vaultsrc

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
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
	// maxRetryAfter is how long a server may ask to be left alone and still be
	// asked again.
	maxRetryAfter = 5 * time.Second
	// maxAnswer bounds the answer to a read (Vault takes requests of 32 MiB),
	// and maxOther every other answer.
	maxAnswer = 64 << 20
	maxOther  = 1 << 20
)

// newTransport returns the one pool of connections of a run.
func newTransport(s *Settings) *http.Transport {
	return &http.Transport{
		Proxy:                 s.Proxy,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Roots},
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   s.Concurrency,
		MaxConnsPerHost:       s.Concurrency,
		IdleConnTimeout:       time.Minute,
		ResponseHeaderTimeout: attemptTimeout,
		DisableCompression:    true, // a small answer shall not become a large one
	}
}

// client makes a client for an endpoint, of the endpoint and nothing else:
// vault/api fills a client from a score of VAULT_ variables, and each of them is
// set here by hand.
func (x *sessions) client(e endpoint) (*api.Client, error) {
	client, err := api.NewClient(&api.Config{
		Address:          e.Server,
		HttpClient:       &http.Client{Transport: bounded{x.transport}, Timeout: attemptTimeout, CheckRedirect: noRedirect},
		MinRetryWait:     minRetryWait,
		MaxRetryWait:     maxRetryWait,
		MaxRetries:       maxRetries,
		Backoff:          retryablehttp.RateLimitLinearJitterBackoff,
		CheckRetry:       checkRetry,
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

// checkRetry is Vault's own policy, but for a server that asks for more time
// than a render has: its answer says more than a wait that is broken off.
func checkRetry(ctx context.Context, answer *http.Response, err error) (bool, error) {
	retry, err := api.DefaultRetryPolicy(ctx, answer, err)
	if answer != nil && retryablehttp.RateLimitLinearJitterBackoff(0, 0, 0, answer) > maxRetryAfter {
		return false, err
	}
	return retry, err
}

// bounded bounds the bodies of answers: Vault's client reads them whole.
type bounded struct{ next http.RoundTripper }

// RoundTrip sends the request; a read of the body fails where it is too large.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	most := int64(maxOther)
	if request.Method == http.MethodGet && answer.StatusCode < 300 {
		most = maxAnswer
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, most)
	return answer, nil
}
