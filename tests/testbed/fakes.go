package testbed

import (
	"fmt"
	"net/http"
	"strconv"
)

// Fault is an answer in Vault's place.
type Fault struct {
	// Pattern of path.Match, over the path below /v1/, says which requests it is for;
	// "**" for all.
	Pattern string
	// After so many of them it begins, and Times is how often it is then; -1 for ever.
	After, Times int
	// Status is the answer's. 0 cuts the connection instead (over HTTP/2, the stream), -1
	// leaves the request without an answer, and -2 cuts the connection in the middle of
	// one.
	Status int
	Body   string
	// Header is what else is in the answer's.
	Header http.Header
}

// fakeHeader is a header in answers that Vault does not send.
type fakeHeader struct{ pattern, name, value string }

// gather holds requests back until so many of them are there.
type gather struct {
	pattern string // of path.Match, over "GET /v1/…"
	missing int
	all     chan struct{}
}

// slow is a request that is held back until so many others have come after it.
type slow struct {
	pattern string
	others  int
	began   bool
	over    chan struct{}
}

// Fail has requests answered in Vault's place. Of several faults that are for one the
// first is what it gets.
func (r *Recorder) Fail(fault Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, &fault)
}

// Redirect answers requests whose path matches a pattern with a redirect to an address.
func (r *Recorder) Redirect(pattern, address string) {
	r.Fail(Fault{Pattern: pattern, Times: -1, Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {address}}})
}

// Slow holds the first request whose path matches a pattern until so many others have
// come after it: whoever waits for its answer before it sends those waits for ever.
func (r *Recorder) Slow(pattern string, others int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slow = append(r.slow, &slow{pattern: pattern, others: others, over: make(chan struct{})})
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

func (f *Fault) answer(w http.ResponseWriter, request *http.Request) {
	for name, values := range f.Header {
		w.Header()[name] = values
	}
	switch f.Status {
	case 0:
		panic(http.ErrAbortHandler)
	case -1:
		<-request.Context().Done() // until the client goes away
		return
	case -2:
		w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)+1))
		_, _ = fmt.Fprint(w, f.Body)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(f.Status)
	fmt.Fprint(w, f.Body)
}
