package vaultsrc

import (
	"errors"
	"fmt"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// strayed is a redirect that was not followed, as an error of a request.
type strayed struct {
	// to is the server that it leads to, as esfn spells it; empty where it leads to
	// none.
	to, against, hint string
}

func (s *strayed) Error() string { return "a redirect that was not followed" }

// beyond is an error of the server that a redirect led to.
type beyond struct {
	error
	to string
}

func (b *beyond) Unwrap() error { return b.error }

// strayFault says where a redirect leads that was not followed, and what to do.
func (e endpoint) strayFault(s *strayed, sent ...secret.Value) *fn.Fault {
	to := shownAddress(s.to, sent...)
	switch {
	case s.to == "" && s.against == "":
		return e.serverFault(s.hint, fmt.Sprintf("%s redirects to what is no address of a Vault server", hostOf(e.Server)))
	case s.to == "":
		return e.serverFault(s.hint, fmt.Sprintf("%s redirects, %s", hostOf(e.Server), s.against))
	case to != s.to:
		return e.serverFault(nameTheActive, fmt.Sprintf("%s redirects to %s, %s", hostOf(e.Server), to, s.against))
	}
	return e.serverFault(s.hint, fmt.Sprintf("%s redirects to %s, %s", hostOf(e.Server), to, s.against))
}

// asked names whom a request went to that failed.
func (e endpoint) asked(err error, sent ...secret.Value) string {
	var b *beyond
	if errors.As(err, &b) {
		return fmt.Sprintf("%s, to which %s redirects,", shownAddress(b.to, sent...), hostOf(e.Server))
	}
	return e.Server
}
