package testbed

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"sync"
)

// Recorder stands before a Vault, at one address or several (see Front),
// remembers the requests that reach it, and the credentials that go by, so that
// they can be looked for in what esfn prints. It can be told to answer in
// Vault's place: it is a fake then, for what a real Vault cannot be made to do.
type Recorder struct {
	// Address to give to esfn in place of Vault's: plain HTTP.
	Address string

	leaks *Leaks

	mu       sync.Mutex
	vault    *url.URL
	fronts   []*front
	requests []Request
	faults   []*Fault
	headers  []fakeHeader
	gathers  []*gather
	slow     []*slow
	events   []*event
}

// NewRecorder starts a recorder before the Vault at an address. Credentials
// that it sees are remembered in leaks.
func NewRecorder(vault string, leaks *Leaks) (*Recorder, error) {
	r := &Recorder{leaks: leaks}
	if err := r.Move(vault); err != nil {
		return nil, err
	}
	address, err := r.Open(Front{})
	r.Address = address
	return r, err
}

// Move has the recorder stand before the Vault at another address from now on,
// with the fronts that are not before one of their own.
func (r *Recorder) Move(vault string) error {
	target, err := url.Parse(vault)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.vault = target
	return nil
}

// Close ends the recorder, at all its addresses.
func (r *Recorder) Close() {
	r.mu.Lock()
	fronts := r.fronts
	r.mu.Unlock()
	for _, f := range fronts {
		f.server.Close()
	}
}

// handler is what serves the requests at a front.
func (r *Recorder) handler(f *front) http.Handler {
	proxy := &httputil.ReverseProxy{
		Transport: unshared,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(r.behind(f))
			if f.Token != "" && p.In.Header.Get("X-Vault-Token") == "" {
				p.Out.Header.Set("X-Vault-Token", f.Token)
			}
		},
		ModifyResponse: func(answer *http.Response) error {
			r.fakeHeaders(answer.Header, answer.Request.URL.Path)
			return r.rememberToken(answer)
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	serve := func(w http.ResponseWriter, request *http.Request) {
		fault, held, events := r.record(f, request)
		for _, happens := range events {
			happens()
		}
		for _, until := range held {
			select {
			case <-until:
			case <-request.Context().Done():
			}
		}
		if fault != nil {
			r.fakeHeaders(w.Header(), request.URL.Path)
			r.rememberTokenIn([]byte(fault.Body))
			fault.answer(w, request, proxy)
			return
		}
		proxy.ServeHTTP(w, request)
	}
	return http.StripPrefix(f.Prefix, http.HandlerFunc(serve))
}

// behind is the address of the Vault behind a front.
func (r *Recorder) behind(f *front) *url.URL {
	if f.target != nil {
		return f.target
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.vault
}

// record remembers a request, and says what is to be done with it: an answer, what to
// wait for, and what happens before.
func (r *Recorder) record(f *front, request *http.Request) (answer *Fault, held []chan struct{}, events []func()) {
	jwt := r.rememberCredentials(request)
	is := Request{Method: request.Method, Path: request.URL.Path, Protocol: request.Proto, Host: request.Host, At: f.address, Header: request.Header.Clone(), jwt: jwt}
	if request.URL.Query().Get("list") == "true" {
		is.Method = "LIST"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, is)
	for _, g := range r.gathers {
		if ok, _ := path.Match(g.pattern, is.String()); ok && g.missing > 0 {
			held = append(held, g.all)
			if g.missing--; g.missing == 0 {
				close(g.all)
			}
		}
	}
	for _, s := range r.slow {
		switch {
		case s.began:
			if s.others--; s.others == 0 {
				close(s.over)
			}
		case matches(s.pattern, is.Path):
			s.began = true
			held = append(held, s.over)
		}
	}
	for _, e := range r.events {
		if matches(e.pattern, is.Path) {
			if e.nth--; e.nth == 0 {
				events = append(events, e.happens)
			}
		}
	}
	for _, fault := range r.faults {
		if !matches(fault.Pattern, is.Path) {
			continue
		}
		if fault.After > 0 {
			fault.After--
			continue
		}
		if fault.Times != 0 {
			fault.Times--
			return fault, held, events
		}
	}
	return nil, held, events
}
