package testbed

import (
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Proxy is an HTTP proxy that tunnels (CONNECT) to the hosts that it knows, and
// to no others. It remembers what it was asked for and what passed through it.
type Proxy struct {
	// Address to give to a client, with the user and the password if it wants
	// them.
	Address string

	user   *url.Userinfo // nil for anybody
	hosts  map[string]string
	tap    *tap
	server *http.Server

	mu    sync.Mutex
	asked []string
}

// NewProxy starts a proxy that takes names of hosts, as in vault.test, to
// addresses, as in https://127.0.0.1:8200, whatever port is asked for. Without
// user, it serves anybody.
func NewProxy(hosts map[string]string, user *url.Userinfo) (*Proxy, error) {
	p := &Proxy{user: user, hosts: map[string]string{}}
	for name, address := range hosts {
		target, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		p.hosts[name] = target.Host
	}
	var err error
	if p.tap, err = newTap(nil); err != nil {
		return nil, err
	}
	p.tap.both = true
	p.Address = (&url.URL{Scheme: "http", User: user, Host: p.tap.Addr().String()}).String()
	p.server = &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = p.server.Serve(p.tap) }()
	return p, nil
}

// ServeHTTP opens a tunnel.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, request.Method+" "+request.Host)
	p.mu.Unlock()
	name, _, _ := strings.Cut(request.Host, ":")
	target, known := p.hosts[name]
	switch {
	case p.user != nil && request.Header.Get("Proxy-Authorization") != basic(p.user):
		http.Error(w, "who are you?", http.StatusProxyAuthRequired)
	case request.Method != http.MethodConnect:
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
	case !known:
		http.Error(w, "no such host", http.StatusBadGateway)
	default:
		p.tunnel(w, target)
	}
}

func (p *Proxy) tunnel(w http.ResponseWriter, target string) {
	there, err := net.Dial("tcp", target)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	// Where one side ends, the other is ended.
	go func() {
		_, _ = io.Copy(there, buffered)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
}

func basic(user *url.Userinfo) string {
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
}

// Asked returns what the proxy was asked for so far, as in CONNECT
// vault.test:8200, granted or not.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

// ownCredentials are what a client shows to the proxy itself.
var ownCredentials = regexp.MustCompile(`(?im)^Proxy-Authorization:.*$`)

// Saw returns what passed through each connection so far, both ways, but for the
// proxy's own credentials.
func (p *Proxy) Saw() ([]string, error) {
	texts, err := p.tap.passed()
	for i, text := range texts {
		texts[i] = ownCredentials.ReplaceAllString(text, "")
	}
	return texts, err
}

// Close ends the proxy and its tunnels.
func (p *Proxy) Close() {
	_ = p.server.Close()
	p.tap.mu.Lock()
	lines := p.tap.lines
	p.tap.mu.Unlock()
	for _, l := range lines {
		_ = l.Close()
	}
}
