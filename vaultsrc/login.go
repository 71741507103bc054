package vaultsrc

import (
	"context"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// way is how an endpoint's token is to be had, as decided before anything is
// sent.
type way struct {
	// ambient names the credential of the environment that is sent to the
	// server; empty where the credential stands in the manifests.
	ambient string
	// login gets the token, over a client that has none.
	login func(ctx context.Context, client *api.Client) (token, error)
}

// token is a Vault token, and whether it is ours to revoke.
type token struct {
	value secret.Value
	own   bool
}

// way chooses the login of an endpoint. There is one file for each method, and
// none is ever tried in place of another.
func (s *Settings) way(e endpoint) (way, *fn.Fault) {
	switch e.Login.Method {
	case fn.TokenLogin:
		return s.tokenWay(e)
	case fn.KubernetesLogin:
		return s.kubernetesWay(e)
	}
	if e.Login.Method == fn.UnbuiltLogin {
		return way{}, e.loginFault("set VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own in its place", "not supported yet")
	}
	return way{}, e.loginFault("add auth to the store, or set VAULT_TOKEN or VAULT_TOKEN_FILE", "required, and not given")
}

// tokenWay uses a token as it is: the operator's, or that of a tokenSecretRef.
func (s *Settings) tokenWay(e endpoint) (way, *fn.Fault) {
	credential := e.Login.Credential
	if credential.Unresolved != "" {
		return way{}, e.loginFault(credential.Hint, credential.Unresolved)
	}
	if strings.ContainsFunc(credential.Value.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return way{}, e.loginFault("tokens are one word: look for a line break at its end", "the token has characters in it that no token has")
	}
	w := way{login: func(context.Context, *api.Client) (token, error) { return token{value: credential.Value}, nil }}
	if e.tokenFrom != "" {
		w.ambient = "the token of " + e.tokenFrom
	}
	return w, nil
}
