package vaultsrc

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn"
)

// Admit judges all connections of a run by who may send what where, before
// anything is sent: see the package's documentation for the rules.
func (s *Source) Admit(connections []fn.Connection) []fn.Refusal {
	var refusals []fn.Refusal
	if fault := s.settings.severalServers(connections); fault != nil {
		refusals = append(refusals, fn.Refusal{Connection: 0, Fault: fault})
	}
	for i, c := range connections {
		for _, fault := range s.settings.admit(c) {
			refusals = append(refusals, fn.Refusal{Connection: i, Fault: fault})
		}
	}
	return refusals
}

// severalServers refuses VAULT_ADDR where it would send what belongs to two
// servers to one.
func (s *Settings) severalServers(connections []fn.Connection) *fn.Fault {
	if s.Address == "" {
		return nil
	}
	var servers []string
	for _, c := range connections {
		if server := comparableServer(c.Server); !slices.Contains(servers, server) {
			servers = append(servers, server)
		}
	}
	if len(servers) < 2 {
		return nil
	}
	slices.Sort(servers)
	return &fn.Fault{
		Scope: fn.RunScope,
		Field: "VAULT_ADDR",
		Cause: fmt.Sprintf("it would take the place of %d different servers: %s", len(servers), strings.Join(servers, ", ")),
		Hint:  "unset it and list them in ESFN_ALLOWED_SERVERS, or render the stores of each server in a run of their own",
	}
}

// admit returns what there is against one connection: its address, the way of
// its credential, and the two together.
func (s *Settings) admit(c fn.Connection) []*fn.Fault {
	var faults []*fn.Fault
	e := s.override(c)
	way, fault := s.way(e)
	if fault != nil {
		faults = append(faults, fault)
	}
	server, err := parseServer(e.Server)
	if err != nil {
		return append(faults, e.addressFault(err))
	}
	if _, fault := s.tls(e); fault != nil {
		faults = append(faults, fault)
	}
	// The environment is trusted: an address that it gives needs no permission, and
	// neither does one of the operator's own stores.
	if e.addressFrom != "" || c.Operator || s.allows(server) {
		return faults
	}
	if e.Login.Method == fn.CertLogin && server.Scheme != "https" {
		return faults // certWay has said it
	}
	ambient := e.ambient(way)
	if server.Scheme == "unix" {
		faults = append(faults, e.serverFault(
			fmt.Sprintf("set ESFN_ALLOWED_SERVERS=%s if what listens there is a Vault Agent or Proxy of yours", e.Server),
			fmt.Sprintf("%s is a socket of this machine, and nothing in the environment says that it may be used", e.Server)))
	} else if server.Scheme == "http" && !isLoopback(server.Hostname()) {
		faults = append(faults, e.serverFault(
			fmt.Sprintf("use https://, or set ESFN_ALLOWED_SERVERS=%s if the way there is safe", e.Server),
			fmt.Sprintf("%s is plain http, which shows credentials and secrets to the network", e.Server)))
	} else if e.Login.Method == fn.NoLogin {
		faults = append(faults, e.loginFault(
			fmt.Sprintf("add auth to the store, or set VAULT_TOKEN; if a Vault Agent or Proxy of yours is there, set ESFN_ALLOWED_SERVERS=%s", e.Server),
			fmt.Sprintf("not given: %s would be sent %s, and nothing in the environment says that it may be", e.Server, ambient)))
	} else if ambient != "" {
		faults = append(faults, e.serverFault(
			fmt.Sprintf("set ESFN_ALLOWED_SERVERS=%s if that server is yours", e.Server),
			fmt.Sprintf("%s would be sent %s, and nothing in the environment says that it may be", e.Server, ambient)))
	}
	return faults
}

// redirect says what there is against sending on to another server, than the
// endpoint's own, what one was sent; "" where it may be. A credential that stands in the
// manifests goes where their server says, as it would go where they say.
func (s *Settings) redirect(ambient string, from, to *url.URL) (against, hint string) {
	address := addressOf(to)
	switch {
	case s.allows(to):
		return "", ""
	case to.Scheme == "http" && (from.Scheme == "https" || !isLoopback(to.Hostname())):
		return "which is plain http and shows credentials and secrets to the network",
			fmt.Sprintf("%s, or set ESFN_ALLOWED_SERVERS=%s if the way there is safe", nameTheActive, address)
	case ambient != "":
		return "and nothing in the environment says that it may be sent " + ambient,
			fmt.Sprintf("set ESFN_ALLOWED_SERVERS=%s if that node is yours, or %s", address, nameTheActive)
	}
	return "", ""
}

// ambient names the credential that is sent and does not stand in the manifests;
// empty where there is none.
func (e endpoint) ambient(w way) string { return cmp.Or(w.ambient, e.operatorsOwn()) }

// operatorsOwn names the first of the operator's own Secrets that logging in sends
// or shows; empty where all stand in the manifests.
func (e endpoint) operatorsOwn() string {
	for _, c := range e.credentials() {
		if c.Operator != "" {
			return fmt.Sprintf("what the operator's %s holds", c.Operator)
		}
	}
	return ""
}

// credentials are all that logging in sends or shows.
func (e endpoint) credentials() []fn.Credential {
	l, own := e.Login, e.certificate()
	return []fn.Credential{l.Credential, l.ID, l.AWS.AccessKeyID, l.AWS.SecretAccessKey, l.AWS.SessionToken, own.Certificate, own.Key}
}

// allows tells whether the operator listed the server: scheme, host and port
// are those of an entry, and the path is the entry's or below it.
func (s *Settings) allows(server *url.URL) bool {
	return slices.ContainsFunc(s.AllowedServers, func(entry string) bool { return covers(entry, server) })
}
