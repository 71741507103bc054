package testbed

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
)

// Request is a request as a client sent it to a recorder.
type Request struct {
	// Method is LIST also for a GET with list=true, which is the same to Vault.
	Method string
	// Path of the URL, below the prefix of the recorder's address.
	Path string
	// Protocol as in HTTP/2.0.
	Protocol string
	// Host is that of the URL that the client asked for.
	Host string
	// At is the recorder's address that was asked.
	At string

	Header http.Header

	jwt string // of a login that is with one
}

// Claims are what a service account's token says of itself.
type Claims struct {
	Subject   string   `json:"sub"`
	Audiences []string `json:"aud"`
	Issued    int64    `json:"iat"`
	Expires   int64    `json:"exp"`
}

// Claims are those of the JWT that a login was made with.
func (r Request) Claims() (c Claims, err error) {
	parts := strings.Split(r.jwt, ".")
	if len(parts) != 3 {
		return c, fmt.Errorf("%s had no JWT", r)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}

// String is as in GET /v1/secret/data/foo.
func (r Request) String() string { return r.Method + " " + r.Path }

// Kinds are the kinds of requests that there are.
var Kinds = []string{"reads", "lists", "logins", "revokes"}

// Kind is one of Kinds; what is no other is a read.
func (r Request) Kind() string {
	switch {
	case r.Method != http.MethodGet && isLogin(r.Path):
		return "logins"
	case strings.HasSuffix(r.Path, "/revoke-self"):
		return "revokes"
	case r.Method == "LIST":
		return "lists"
	}
	return "reads"
}

// HeaderValue is the value of a header, Host among them, or "".
func (r Request) HeaderValue(name string) string {
	if http.CanonicalHeaderKey(name) == "Host" {
		return r.Host
	}
	return strings.Join(r.Header.Values(name), ", ")
}

// Selection says which requests are meant: those that fulfil all that is set.
type Selection struct {
	// Kind is one of Kinds, or "all".
	Kind string
	// Pattern is one of path.Match, over the path below /v1/; a "**" at the end is any rest.
	Pattern string
	// At is an address of the recorder.
	At string
}

// Requests returns those requests so far that are selected. It is an error to
// select by what cannot be.
func (r *Recorder) Requests(s Selection) ([]Request, error) {
	if _, err := path.Match(s.Pattern, ""); err != nil {
		return nil, fmt.Errorf("%q: %w", s.Pattern, err)
	}
	known := s.Kind == "" || s.Kind == "all"
	for _, kind := range Kinds {
		known = known || kind == s.Kind
	}
	if !known {
		return nil, fmt.Errorf("no requests are called %q; there are all, %s", s.Kind, strings.Join(Kinds, ", "))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known = s.At == ""
	for _, f := range r.fronts {
		known = known || f.address == s.At
	}
	if !known {
		return nil, fmt.Errorf("%q is no address of the recorder", s.At)
	}
	var found []Request
	for _, request := range r.requests {
		if (s.Kind == "" || s.Kind == "all" || s.Kind == request.Kind()) &&
			(s.Pattern == "" || matches(s.Pattern, request.Path)) &&
			(s.At == "" || s.At == request.At) {
			found = append(found, request)
		}
	}
	return found, nil
}

// Forget has the count of requests start anew; that of connections goes on.
func (r *Recorder) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
}

// matches tells whether the path of a URL, below /v1/, matches a pattern.
func matches(pattern, urlPath string) bool {
	below := strings.TrimPrefix(urlPath, "/v1/")
	if prefix, all := strings.CutSuffix(pattern, "**"); all {
		return strings.HasPrefix(below, prefix)
	}
	ok, _ := path.Match(pattern, below)
	return ok
}
