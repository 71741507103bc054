package testbed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"
)

// Recorder stands before a Vault, counts the requests that reach it, and
// remembers the credentials that go by, so that they can be looked for in what
// esfn prints. It can be told to answer in Vault's place: it is a fake then, for
// what a real Vault cannot be made to do.
type Recorder struct {
	// Address to give to esfn in place of Vault's.
	Address string

	leaks  *Leaks
	server *httptest.Server

	mu       sync.Mutex
	requests []string // as in GET /v1/secret/data/foo, or LIST
	faults   []fault
	gathers  []*gather
}

// gather holds requests back until so many of them are there.
type gather struct {
	pattern string // of path.Match, over "GET /v1/…"
	missing int
	all     chan struct{}
}

// fault is an answer in Vault's place.
type fault struct {
	pattern  string // of path.Match
	status   int    // 0 cuts the connection, -1 never answers
	body     string
	location string
}

// NewRecorder starts a recorder before the Vault at an address. Credentials
// that it sees are remembered in leaks.
func NewRecorder(vault string, leaks *Leaks) (*Recorder, error) {
	target, err := url.Parse(vault)
	if err != nil {
		return nil, err
	}
	r := &Recorder{leaks: leaks}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(p *httputil.ProxyRequest) { p.SetURL(target) },
		ModifyResponse: r.rememberToken,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		f, together := r.record(request)
		if together != nil {
			select {
			case <-together:
			case <-request.Context().Done():
			}
		}
		if f != nil {
			f.answer(w, request)
			return
		}
		proxy.ServeHTTP(w, request)
	}))
	r.Address = r.server.URL
	return r, nil
}

// Close ends the recorder.
func (r *Recorder) Close() { r.server.Close() }

// Fail answers requests whose path (below /v1/) matches a pattern of path.Match
// with a status and a body; status 0 cuts the connection instead, and -1 leaves
// it without an answer.
func (r *Recorder) Fail(pattern string, status int, body string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fault{pattern: pattern, status: status, body: body})
}

// Redirect answers such requests with a redirect to an address.
func (r *Recorder) Redirect(pattern, address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fault{pattern: pattern, status: http.StatusTemporaryRedirect, location: address})
}

// Gather holds the first n requests that match a pattern of path.Match, such as
// "LIST /v1/kv/metadata/*", until all n of them are there: whoever waits for an
// answer before it sends the next one waits for ever.
func (r *Recorder) Gather(pattern string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gathers = append(r.gathers, &gather{pattern, n, make(chan struct{})})
}

func (r *Recorder) record(request *http.Request) (f *fault, together chan struct{}) {
	if strings.HasSuffix(request.URL.Path, "/login") {
		body, err := io.ReadAll(request.Body)
		if err == nil {
			request.Body = io.NopCloser(bytes.NewReader(body))
			var login struct{ JWT string }
			if json.Unmarshal(body, &login) == nil {
				r.leaks.Remember("a JWT", login.JWT)
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := request.Method + " " + request.URL.Path
	if request.URL.Query().Get("list") == "true" {
		asked = "LIST " + request.URL.Path
	}
	r.requests = append(r.requests, asked)
	for _, g := range r.gathers {
		if ok, _ := path.Match(g.pattern, asked); ok && g.missing > 0 {
			together = g.all
			if g.missing--; g.missing == 0 {
				close(g.all)
			}
		}
	}
	for _, f := range r.faults {
		if ok, _ := path.Match(f.pattern, strings.TrimPrefix(request.URL.Path, "/v1/")); ok {
			return &f, together
		}
	}
	return nil, together
}

func (f *fault) answer(w http.ResponseWriter, request *http.Request) {
	switch f.status {
	case 0:
		panic(http.ErrAbortHandler)
	case -1:
		<-request.Context().Done() // until the client goes away
		return
	}
	if f.location != "" {
		w.Header().Set("Location", f.location)
	}
	w.WriteHeader(f.status)
	fmt.Fprint(w, f.body)
}

func (r *Recorder) rememberToken(answer *http.Response) error {
	if !strings.HasSuffix(answer.Request.URL.Path, "/login") {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	var login struct {
		Auth struct {
			ClientToken string `json:"client_token"`
		} `json:"auth"`
	}
	if json.Unmarshal(body, &login) == nil {
		r.leaks.Remember("a login's token", login.Auth.ClientToken)
	}
	return nil
}

// Requests returns the requests so far of one kind: reads, lists, logins,
// revokes, or all.
func (r *Recorder) Requests(kind string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	for _, request := range r.requests {
		its := "reads"
		switch {
		case strings.HasSuffix(request, "/login"):
			its = "logins"
		case strings.HasSuffix(request, "/revoke-self"):
			its = "revokes"
		case strings.HasPrefix(request, "LIST "):
			its = "lists"
		}
		if kind == "all" || kind == its {
			found = append(found, request)
		}
	}
	return found
}
