package vaultsrc

import (
	"context"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn"
)

// Check is one step of a diagnosis.
type Check struct {
	// Name of the step, a word.
	Name string
	// Says what was found out; several lines of it are several facts.
	Says string
	// Fault is why the step failed; nil where it did not.
	Fault *fn.Fault
}

// Describe says where a connection would lead and who would log in there, by which
// credential from where. It sends nothing.
func (s *Source) Describe(c fn.Connection) []Check {
	e := s.settings.override(c)
	address := e.Server
	if _, err := parseServer(address); err != nil {
		address = "an address that cannot be used" // and may have a password in it
	}
	checks := []Check{{Name: "server", Says: address + e.serverFrom()}}
	if e.Namespace != "" {
		checks = append(checks, Check{Name: "namespace", Says: e.Namespace + e.namespaceFrom(s.settings)})
	}
	checks = append(checks, Check{Name: "method", Says: e.loginWords()})
	way, fault := s.settings.way(e)
	if fault != nil {
		return checks
	}
	if from := e.credentialWords(way); from != "" {
		checks = append(checks, Check{Name: "credential", Says: from})
	}
	return checks
}

func (e endpoint) serverFrom() string {
	switch {
	case e.addressFrom != "":
		return ", from " + e.addressFrom
	case e.Operator:
		return ", from the operator's store"
	}
	return ", from the store"
}

func (e endpoint) namespaceFrom(s *Settings) string {
	if s.Namespace != "" {
		return ", from VAULT_NAMESPACE"
	}
	return ""
}

// loginWords says how an endpoint logs in, and as whom.
func (e endpoint) loginWords() string {
	switch e.Login.Method {
	case fn.NoLogin:
		return "none: a Vault Agent or Proxy at that address has to log in itself"
	case fn.TokenLogin:
		return "none: by a token that is there already"
	}
	return e.loginPlace()
}

// credentialWords says what an endpoint logs in with, and where that is from.
func (e endpoint) credentialWords(w way) string {
	var from []string
	for _, c := range e.credentials() {
		if c.Secret == "" {
			continue
		}
		words := c.Secret + " among the manifests"
		if c.Operator != "" {
			words = c.Secret + " of the operator"
		}
		if !slices.Contains(from, words) {
			from = append(from, words)
		}
	}
	if w.ambient != "" && e.Login.Method != fn.NoLogin {
		from = append([]string{w.ambient}, from...)
	}
	return strings.Join(from, "\n")
}

// Diagnose goes step by step to where a connection leads: name, connection, TLS,
// Vault, login, and whether the refs may be read. It reads no secret, and tells of
// each step as it is done. It stops at the first that fails. The connection is to
// have been admitted.
func (s *Source) Diagnose(ctx context.Context, c fn.Connection, refs []fn.Ref, tell func(Check)) {
	e := s.settings.override(c)
	if !s.reach(ctx, e, tell) {
		return
	}
	session, err := s.sessions.at(ctx, e.anyOrigin())
	if err != nil {
		tell(Check{Name: "login", Fault: asFault(err)})
		return
	}
	says, fault := session.whoami(ctx)
	if tell(Check{Name: "login", Says: says, Fault: fault}); fault == nil {
		says, fault = session.capabilities(ctx, s.settings, refs)
		if says != "" || fault != nil {
			tell(Check{Name: "paths", Says: says, Fault: fault})
		}
	}
}
