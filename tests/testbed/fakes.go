package testbed

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// What a fault may do in place of an answer, as its status. Over HTTP/2 it is the
// stream that is cut.
const (
	// Cut cuts the connection before there is an answer.
	Cut = -iota
	// Hang leaves the request without an answer.
	Hang
	// CutInBody cuts the connection in the middle of an answer.
	CutInBody
	// CutInHeader cuts it in the middle of an answer's header. Not over HTTP/2.
	CutInHeader
	// StallInBody sends an answer up to its middle, and then nothing.
	StallInBody
)

// Fault is an answer in Vault's place.
type Fault struct {
	// Pattern of path.Match, over the path below /v1/, says which requests it is for;
	// "**" for all.
	Pattern string
	// After so many of them it begins, and Times is how often it is then; -1 for ever.
	After, Times int
	// Status is the answer's, or one of Cut, Hang, CutInBody, CutInHeader and StallInBody.
	Status int
	Body   string
	// Passed has Vault get the request as well: what is lost is its answer. Half of that
	// is the body where Body is empty.
	Passed bool
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

// event is something that happens before a request is passed on.
type event struct {
	pattern string
	nth     int
	happens func()
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

// Before has something happen before the nth request, from 1 on, whose path matches a
// pattern: it goes on to Vault, or to its fault, after that.
func (r *Recorder) Before(pattern string, nth int, happens func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, &event{pattern, nth, happens})
}

// Gather holds the first n requests that match a pattern of path.Match, such as
// "LIST /v1/kv/metadata/*", until all n of them are there: whoever waits for an
// answer before it sends the next one waits for ever.
func (r *Recorder) Gather(pattern string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gathers = append(r.gathers, &gather{pattern, n, make(chan struct{})})
}

// answer answers a request in Vault's place; vault is what answers it in Vault's own.
func (f *Fault) answer(w http.ResponseWriter, request *http.Request, vault http.Handler) {
	body := f.Body
	if f.Passed {
		lost := httptest.NewRecorder()
		vault.ServeHTTP(lost, request)
		if body == "" {
			body = lost.Body.String()[:lost.Body.Len()/2]
		}
	}
	for name, values := range f.Header {
		w.Header()[name] = values
	}
	switch f.Status {
	case Cut:
		panic(http.ErrAbortHandler)
	case Hang:
		<-request.Context().Done() // until the client goes away
		return
	case CutInBody, StallInBody:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		if f.Status == StallInBody {
			<-request.Context().Done() // until the client goes away
		}
		panic(http.ErrAbortHandler)
	case CutInHeader:
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Type: applic")
		_ = connection.Close()
		return
	}
	if w.Header().Get("Content-Type") == "" && json.Valid([]byte(body)) {
		w.Header().Set("Content-Type", "application/json") // as Vault does
	}
	w.WriteHeader(f.Status)
	fmt.Fprint(w, body)
}
