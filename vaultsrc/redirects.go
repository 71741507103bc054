package vaultsrc

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// mostRedirects is how many are followed for one request: one from http:// to
// https:// before a cluster, and one from a standby node to the active one.
const mostRedirects = 2

// redirects follows those that a standby node answers with
// (https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection): to
// servers that may have what the session sends, and with the very same request. A
// node that one led to is asked first from then on.
type redirects struct {
	next http.RoundTripper
	// own is the server that the requests are for; nil for a socket, from which
	// there is nowhere to go.
	own *url.URL
	// allowed says why what is sent from one server to another may not go there;
	// "" where it may.
	allowed func(from, to *url.URL) (against, hint string)

	mu     sync.Mutex
	active *url.URL
}

// RoundTrip sends the request, and sends it again where a redirect leads.
func (r *redirects) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := bodyOf(request)
	if err != nil {
		return nil, err
	}
	at, remembered := r.first()
	for hops := 0; ; {
		answer, err := r.next.RoundTrip(r.sentTo(at, request, body))
		switch {
		case remembered && request.Context().Err() == nil && (err != nil || answer.StatusCode >= 500):
			// Not the active node any more: the address that was given knows better.
			if err == nil {
				discard(answer)
			}
			r.remember(nil)
			at, remembered = r.own, false
			continue
		case err != nil && hops > 0:
			return nil, &beyond{err, addressOf(at)}
		case err != nil:
			return nil, err
		case !isRedirect(answer.StatusCode):
			if hops > 0 && answer.StatusCode < 500 {
				r.remember(at)
			}
			return answer, nil
		}
		discard(answer)
		to, stray := r.target(at, request, answer)
		if hops++; stray == nil && hops > mostRedirects {
			stray = &strayed{to: addressOf(to), against: fmt.Sprintf("after %d other redirects", hops-1), hint: nameTheActive}
		}
		if stray != nil {
			return nil, stray
		}
		at, remembered = to, false
	}
}

// target is the server that a redirect leads to. The path below it has to be the
// one that was asked for: another one's answer would be taken for the secret.
func (r *redirects) target(at *url.URL, request *http.Request, answer *http.Response) (*url.URL, *strayed) {
	if r.own == nil {
		return nil, &strayed{against: "and from a socket there is nowhere to follow", hint: "name the server itself"}
	}
	asked := r.sentTo(at, request, nil).URL
	written := answer.Header.Get("Location")
	location, err := asked.Parse(written)
	if err != nil || written == "" || location.Opaque != "" || location.User != nil || location.Scheme != "http" && location.Scheme != "https" {
		return nil, &strayed{hint: nameTheActive}
	}
	to := &url.URL{Scheme: location.Scheme, Host: strings.ToLower(location.Host)}
	if to.Scheme == "https" {
		trustBundled()
	}
	if _, err := parseServer(to.String()); err != nil {
		return nil, &strayed{hint: nameTheActive}
	}
	// A node knows nothing of a prefix that something before it took away.
	path := r.path(request)
	switch location.Path {
	case r.own.Path + path:
		to.Path = r.own.Path
	case path:
	default:
		return nil, &strayed{to: addressOf(to), against: "to another path, whose answer would be taken for the secret", hint: nameTheActive}
	}
	if location.Fragment != "" || location.Query().Encode() != asked.Query().Encode() {
		return nil, &strayed{to: addressOf(to), against: "with another query, whose answer would be taken for the secret", hint: nameTheActive}
	}
	switch status := answer.StatusCode; {
	case status == http.StatusTemporaryRedirect, status == http.StatusPermanentRedirect:
	case status == http.StatusSeeOther, request.Method != http.MethodGet:
		return nil, &strayed{to: addressOf(to), against: fmt.Sprintf("with status %d, which does not say to send the same there", status), hint: nameTheActive}
	}
	if addressOf(to) == addressOf(r.own) {
		return to, nil
	}
	if against, hint := r.allowed(at, to); against != "" {
		return nil, &strayed{to: addressOf(to), against: against, hint: hint}
	}
	return to, nil
}

const nameTheActive = "name the active node, or the address in front of all nodes"

// path is what a request is about, below the address of the server.
func (r *redirects) path(request *http.Request) string {
	return strings.TrimPrefix(request.URL.Path, r.own.Path)
}

// sentTo is the request as it goes to a server. Of a redirect only the server is
// taken.
func (r *redirects) sentTo(at *url.URL, request *http.Request, body []byte) *http.Request {
	if at == r.own && body == nil { // as almost all
		return request
	}
	to := request.Clone(request.Context())
	if body != nil {
		to.Body = io.NopCloser(bytes.NewReader(body))
		to.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	if at != r.own {
		to.URL.Scheme, to.URL.Host, to.Host = at.Scheme, at.Host, at.Host
		to.URL.Path = at.Path + r.path(request)
		if raw := to.URL.RawPath; raw != "" {
			to.URL.RawPath = at.Path + strings.TrimPrefix(raw, r.own.Path)
		}
	}
	return to
}

// first is the server to ask first, and whether a redirect led there before.
func (r *redirects) first() (at *url.URL, remembered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.active != nil {
		return r.active, true
	}
	return r.own, false
}

func (r *redirects) remember(active *url.URL) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active = active
}

// isRedirect tells whether an answer leads elsewhere (RFC 9110, 15.4).
func isRedirect(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// bodyOf takes the body out of a request, to be sent more than once: esfn sends
// logins, and nothing that is large.
func bodyOf(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	defer request.Body.Close()
	return io.ReadAll(request.Body)
}

// discard lets the connection of an answer be used again.
func discard(answer *http.Response) {
	_, _ = io.CopyN(io.Discard, answer.Body, 4096)
	answer.Body.Close()
}
