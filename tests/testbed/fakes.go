package testbed

import (
	"fmt"
	"net/http"
)

// fault is an answer in Vault's place.
type fault struct {
	pattern  string // of path.Match
	times    int    // how often still; negative is for ever
	status   int    // 0 cuts the connection, -1 never answers
	body     string
	location string
}

// fakeHeader is a header in answers that Vault does not send.
type fakeHeader struct{ pattern, name, value string }

// gather holds requests back until so many of them are there.
type gather struct {
	pattern string // of path.Match, over "GET /v1/…"
	missing int
	all     chan struct{}
}

// Fail answers requests whose path (below /v1/) matches a pattern of path.Match,
// or all for "**", with a status and a body: the first so many, or with -1 all.
// Status 0 cuts the connection instead (over HTTP/2, the stream), and -1 leaves
// the request without an answer.
func (r *Recorder) Fail(times int, pattern string, status int, body string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, &fault{pattern: pattern, times: times, status: status, body: body})
}

// Redirect answers such requests with a redirect to an address.
func (r *Recorder) Redirect(pattern, address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, &fault{pattern: pattern, times: -1, status: http.StatusTemporaryRedirect, location: address})
}

// SetHeader puts a header into the answers to such requests, Vault's own and
// fakes.
func (r *Recorder) SetHeader(pattern, name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.headers = append(r.headers, fakeHeader{pattern, name, value})
}

func (r *Recorder) fakeHeaders(header http.Header, path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, fake := range r.headers {
		if matches(fake.pattern, path) {
			header.Set(fake.name, fake.value)
		}
	}
}

// Gather holds the first n requests that match a pattern of path.Match, such as
// "LIST /v1/kv/metadata/*", until all n of them are there: whoever waits for an
// answer before it sends the next one waits for ever.
func (r *Recorder) Gather(pattern string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gathers = append(r.gathers, &gather{pattern, n, make(chan struct{})})
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
