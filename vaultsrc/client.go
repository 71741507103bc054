package vaultsrc

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

const (
	// attemptTimeout bounds one attempt at one request.
	attemptTimeout = 15 * time.Second
	// maxAnswer bounds the answer to a read where the settings do not: Vault's storages
	// mostly hold a secret to 1 MiB, and Kubernetes every Secret. maxOther bounds every
	// other answer.
	maxAnswer = 8 << 20
	maxOther  = 1 << 20
	// maxValues bounds all answers of a run together where the settings do not.
	maxValues = 128 << 20
)

// client makes a client for an endpoint, of the endpoint and nothing else:
// vault/api fills a client from a score of VAULT_ variables, and each of them is
// set here by hand. Ambient names what it sends that does not stand in the
// manifests.
func (x *sessions) client(e endpoint, ambient string) (*api.Client, error) {
	pool, fault := x.transports.of(e)
	if fault != nil {
		return nil, fault
	}
	following := &redirects{next: bounded{pool, x.settings.MaxAnswer}, allowed: func(from, to *url.URL) (string, string) {
		return x.settings.redirect(ambient, from, to)
	}}
	server, err := parseServer(e.Server)
	if err != nil {
		return nil, err
	}
	if server.Scheme != "unix" {
		following.own = server
	}
	least, most := e.retryWaits()
	client, err := api.NewClient(&api.Config{
		Address:          e.requestAddress(),
		HttpClient:       &http.Client{Transport: following, Timeout: attemptTimeout, CheckRedirect: noRedirect},
		MinRetryWait:     least,
		MaxRetryWait:     most,
		MaxRetries:       e.retries(),
		ReadYourWrites:   e.ReadYourWrites || e.ForwardInconsistent,
		Backoff:          retryablehttp.RateLimitLinearJitterBackoff,
		CheckRetry:       checkRetry,
		DisableRedirects: true, // the transport follows them
	})
	if err != nil {
		return nil, err
	}
	client.ClearToken()
	client.ClearNamespace()
	headers := x.settings.headers(e)
	if e.ReadYourWrites && e.ForwardInconsistent {
		headers.Set(api.HeaderInconsistent, "forward-active-node")
	}
	client.SetHeaders(headers)
	client.SetWrappingLookupFunc(func(string, string) string { return "" })
	if e.Namespace != "" {
		client.SetNamespace(e.Namespace)
	}
	return client, nil
}

// requestAddress is the endpoint's in requests: of a socket the transport knows where
// it is.
func (e endpoint) requestAddress() string {
	if strings.HasPrefix(e.Server, "unix:") {
		return "http://localhost"
	}
	return e.Server
}

// headers are those of every request: the store's, and esfn's own.
func (s *Settings) headers(e endpoint) http.Header {
	headers := http.Header{}
	for name, value := range e.Headers.All() {
		headers.Add(name, value) // two that differ in their case are both sent, as by ESO
	}
	headers.Set(api.RequestHeaderName, "true")
	if s.UserAgent != "" && headers.Get("User-Agent") == "" {
		headers.Set("User-Agent", s.UserAgent)
	}
	return headers
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// bounded bounds the bodies of answers: Vault's client reads them whole.
type bounded struct {
	next http.RoundTripper
	most fn.Bytes // of an answer to a read
}

// RoundTrip sends the request; a read of the body fails where it is too large.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	most := int64(maxOther)
	if request.Method == http.MethodGet && answer.StatusCode < 300 {
		most = int64(b.most)
	}
	if answer.ContentLength > most { // what is not taken is not waited for
		answer.Body.Close()
		answer.Body = tooLarge{&http.MaxBytesError{Limit: most}}
	} else {
		answer.Body = http.MaxBytesReader(nil, answer.Body, most)
	}
	if h := heardIn(request.Context()); h != nil {
		answer.Body = h.body(answer)
	}
	return answer, nil
}

// tooLarge is the body of an answer that says that it is.
type tooLarge struct{ err error }

func (b tooLarge) Read([]byte) (int, error) { return 0, b.err }
func (b tooLarge) Close() error             { return nil }
