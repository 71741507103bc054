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
	requests []string // as in GET /v1/secret/data/foo
	faults   []fault
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
		if f := r.record(request); f != nil {
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

func (r *Recorder) record(request *http.Request) *fault {
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
	r.requests = append(r.requests, request.Method+" "+request.URL.Path)
	for _, f := range r.faults {
		if ok, _ := path.Match(f.pattern, strings.TrimPrefix(request.URL.Path, "/v1/")); ok {
			return &f
		}
	}
	return nil
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

// Requests returns the requests so far of one kind: reads, logins, revokes, or
// all.
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
		}
		if kind == "all" || kind == its {
			found = append(found, request)
		}
	}
	return found
}
