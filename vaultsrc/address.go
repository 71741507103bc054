package vaultsrc

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// What an address may consist of: nothing that another reader of it could take
// for something else, such as .. or %2e.
var (
	hostName    = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?$`)
	addressPath = regexp.MustCompile(`^[-A-Za-z0-9._~/]*$`)
)

// shown quotes what should have been an address, without what stands before an
// @. A word alone is not shown: it may be a token in the wrong variable.
func shown(address string) string {
	if !strings.ContainsAny(address, ":/") {
		return "what it holds"
	}
	return strconv.Quote(address[strings.LastIndex(address, "@")+1:])
}

// parseServer reads an address of a Vault server. The error quotes no more than
// the address without what stands before an @.
func parseServer(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err == nil && u.Scheme == "unix" {
		return parseSocket(u)
	}
	switch {
	case address == "":
		return nil, errors.New("it is empty, and no address that begins with https:// or http://, or with unix:// for a socket")
	case err == nil && u.User != nil:
		return nil, fmt.Errorf("the address of %s has a user or a password in it", u.Host)
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, fmt.Errorf("%s is not an address that begins with https:// or http://, or with unix:// for a socket", shown(address))
	case !hostName.MatchString(u.Hostname()) && net.ParseIP(u.Hostname()) == nil:
		return nil, fmt.Errorf("%q is no name of a host", u.Hostname())
	case u.RawPath != "" || !addressPath.MatchString(u.Path) || strings.TrimRight(u.Path, "/") != strings.TrimRight(path.Clean("/"+u.Path), "/"):
		return nil, fmt.Errorf("the address of %s has a path with something else in it than words and single slashes", u.Host)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of %s has a ? or a # in it", u.Host)
	}
	for _, end := range []string{"/v1", "/ui"} {
		if strings.HasSuffix(strings.TrimRight(u.Path, "/"), end) {
			return nil, fmt.Errorf("the address of %s is to be without %s at its end", u.Host, end)
		}
	}
	return u, nil
}

// parseSocket checks the address of a unix socket, as in unix:///run/agent.sock.
func parseSocket(u *url.URL) (*url.URL, error) {
	if u.Host != "" || !strings.HasPrefix(u.Path, "/") || path.Clean(u.Path) != u.Path || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of a socket is unix:// and its path from the root, as in unix:///run/vault/agent.sock")
	}
	return u, nil
}

// covers tells whether a server is the one at an address, or below it.
func covers(address string, server *url.URL) bool {
	listed, err := parseServer(address)
	if err != nil || origin(listed) != origin(server) {
		return false
	}
	if listed.Scheme == "unix" {
		return listed.Path == server.Path
	}
	prefix := strings.TrimRight(listed.Path, "/")
	return server.Path == prefix || strings.HasPrefix(server.Path, prefix+"/") || prefix == ""
}

// origin is scheme, host and port, spelled in one way.
func origin(u *url.URL) string {
	if u.Scheme == "unix" {
		return "unix://"
	}
	port := u.Port()
	if port == "" {
		port = strings.TrimPrefix(defaultPorts[u.Scheme], ":")
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// origin is that of the endpoint's server, with the path of a socket: stores that have
// it in common ask the same server.
func (e endpoint) origin() string {
	server, err := parseServer(e.Server)
	switch {
	case err != nil:
		return e.Server // nothing will be sent there
	case server.Scheme == "unix":
		return origin(server) + server.Path
	}
	return origin(server)
}

// addressOf is a server's address as esfn shows and compares it.
func addressOf(u *url.URL) string {
	return u.Scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Host), defaultPorts[u.Scheme]) + strings.TrimRight(u.Path, "/")
}

// defaultPorts are those that an address need not name.
var defaultPorts = map[string]string{"http": ":80", "https": ":443"}

// comparableServer spells an address in one way; what is no address is reported
// where it stands.
func comparableServer(address string) string {
	u, err := parseServer(address)
	if err != nil {
		return "one that is no address"
	}
	return origin(u) + strings.TrimRight(u.Path, "/")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
