package vaultsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	// policies and lifetime are what a login said of it, without what was sent; of a
	// token that is not our own they are not known.
	policies []string
	lifetime time.Duration
	// lost is how many logins had no answer; there may be a token of each.
	lost int
	// out tells that there is none since the server is out of service.
	out bool
}

// way chooses the login of an endpoint. There is one file for each method, and
// none is ever tried in place of another.
func (s *Settings) way(e endpoint) (way, *fn.Fault) {
	switch e.Login.Method {
	case fn.TokenLogin:
		return s.tokenWay(e)
	case fn.AppRoleLogin:
		return e.appRoleWay()
	case fn.KubernetesLogin:
		return s.kubernetesWay(e)
	case fn.LDAPLogin:
		return e.ldapWay()
	case fn.UserPassLogin:
		return e.userPassWay()
	case fn.JWTLogin:
		return s.jwtWay(e)
	case fn.CertLogin:
		return e.certWay()
	case fn.AWSLogin:
		return s.awsWay(e)
	case fn.GCPLogin:
		return s.gcpWay(e)
	case fn.RefusedLogin:
		return way{}, e.gcpRefused()
	case fn.NoLogin:
		return agentWay(), nil
	}
	return way{}, e.loginFault("please report it", fmt.Sprintf("esfn has no login of the method %q", e.Login.Method))
}

// agentWay sends requests without a token: a Vault Agent or Proxy adds its own
// (https://developer.hashicorp.com/vault/docs/agent-and-proxy/autoauth). That is as
// much a credential of where esfn runs as one that it sends itself.
func agentWay() way {
	return way{
		ambient: "requests that a Vault Agent or Proxy there answers with its own token",
		login:   func(context.Context, *api.Client) (token, error) { return token{}, nil },
	}
}

// tokenWay uses a token as it is: the operator's, or that of a tokenSecretRef.
func (s *Settings) tokenWay(e endpoint) (way, *fn.Fault) {
	credential := e.Login.Credential
	if credential.Unresolved != "" {
		return way{}, e.credentialFault(credential)
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

// logIn sends a login and takes the token out of the answer. What was sent is
// taken out of what Vault says; explain gives that a meaning where it has one for
// this method, also where Vault calls it a fault of its own (500), as it does with
// those of what stands behind it.
func (e endpoint) logIn(ctx context.Context, client *api.Client, method api.AuthMethod, explain func(words string) (cause, hint string), sent ...secret.Value) (got token, _ error) {
	ctx, heard := hear(ctx)
	answer, err := method.Login(ctx, client)
	var refused *api.ResponseError
	defer func() {
		got.lost, got.out = heard.lost(), refused != nil && isOutOfService(refused)
		// Where nothing tells how long an answer is, only what it says shows that it is not
		// all of it.
		if heard.whole.Load() && (errors.Is(err, io.ErrUnexpectedEOF) || answer == nil && err == nil) {
			got.lost++
		}
	}()
	switch {
	case errors.As(err, &refused) && refused.RawError && refused.StatusCode < 500 && refused.StatusCode != 429:
		return token{}, e.strangersFault(refused, "the login at "+e.loginPlace())
	case errors.As(err, &refused) && refused.StatusCode < 500 && refused.StatusCode != 429 && refused.StatusCode != 412:
		words := allVaultWords(refused, sent...)
		cause, hint := explain(words)
		cause = cmp.Or(cause, words, fmt.Sprintf("%s answered %d", hostOf(e.Server), refused.StatusCode))
		return token{}, e.loginFault(hint, fmt.Sprintf("the login at %s is refused: %s", e.loginPlace(), shortened(cause)))
	case refused != nil && refused.StatusCode == 500 && ctx.Err() == nil:
		if cause, hint := explain(allVaultWords(refused, sent...)); cause != "" {
			return token{}, e.loginFault(hint, fmt.Sprintf("the login at %s failed: %s", e.loginPlace(), shortened(cause)))
		}
		return token{}, e.connectionFault(ctx, err, sent...)
	case err != nil:
		fault := e.connectionFault(ctx, err, sent...)
		if asked := heard.asked(); asked > 0 && ctx.Err() == nil {
			fault.Cause += fmt.Sprintf(": it asks to be left alone for %s, and a login waits %s at most", about(asked), maxRetryAfter)
		}
		return token{}, fault
	case answer != nil && answer.Auth != nil && answer.Auth.MFARequirement != nil:
		return token{}, e.loginFault("let this identity log in without one", fmt.Sprintf("the login at %s asks for a second factor", e.loginPlace()))
	case answer == nil || answer.Auth == nil || answer.Auth.ClientToken == "":
		return token{}, e.loginFault("does the address lead to Vault's API?",
			fmt.Sprintf("the login at %s was answered without a token", e.loginPlace()))
	}
	policies := answer.Auth.Policies
	for i, policy := range policies {
		policies[i] = withoutSent(policy, sent...)
	}
	return token{value: secret.New(answer.Auth.ClientToken), own: true, policies: policies,
		lifetime: time.Duration(answer.Auth.LeaseDuration) * time.Second}, nil
}

// loginPlace is where a login goes, and as whom.
func (e endpoint) loginPlace() string {
	place := "auth/" + e.Login.Mount
	if e.Login.Namespace != "" {
		place += " of namespace " + e.Login.Namespace
	}
	switch {
	case e.Login.User != "":
		return fmt.Sprintf("%s as %q", place, e.Login.User)
	case e.Login.Role != "":
		return fmt.Sprintf("%s with role %q", place, e.Login.Role)
	}
	return place
}

// loginRequest is an [api.AuthMethod] for those that Vault's client library has
// none for: a body, sent to a path.
type loginRequest struct {
	path string
	body map[string]any
}

// Login sends the request.
func (r loginRequest) Login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	return client.Logical().WriteWithContext(ctx, r.path, r.body)
}
