package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// jwtWay logs in with a JWT (https://developer.hashicorp.com/vault/api-docs/auth/jwt):
// that of the store's secretRef, else a token of its service account, in whose
// place the operator's ESFN_KUBERNETES_TOKEN_FILE may stand. The token that is
// mounted into esfn's pod is none of them: the store does not ask for it.
func (s *Settings) jwtWay(e endpoint) (way, *fn.Fault) {
	c := e.Login.Credential
	jwt, ok := s.serviceAccountToken(e)
	switch {
	case c.Unresolved != "":
		return way{}, e.credentialFault(c)
	case !c.Value.IsEmpty():
		jwt = storedJWT("the JWT", c)
	case !ok:
		return way{}, e.loginFault("set secretRef, or kubernetesServiceAccountToken", "names no JWT")
	}
	return jwt.way(func(ctx context.Context, client *api.Client, value secret.Value) (token, error) {
		method := loginRequest{"auth/" + e.Login.Mount + "/login", map[string]any{"role": e.Login.Role, "jwt": value.Reveal()}}
		return e.logIn(ctx, client, method, func(words string) (cause, hint string) { return e.jwtRefusal(jwt, words) }, value)
	}), nil
}

// jwtRefusal says what Vault's answer to a login means. It is always a 400, but
// for a mount that is not there.
func (e endpoint) jwtRefusal(jwt jwtSource, words string) (cause, hint string) {
	words = strings.TrimPrefix(words, "error validating token: ")
	config := fmt.Sprintf("auth/%s/config", e.Login.Mount)
	has := func(what string) bool { return strings.Contains(words, what) }
	switch {
	case has("could not be found") && strings.HasPrefix(words, "role "):
		return "there is no such role", fmt.Sprintf("create it: vault write auth/%s/role/%s role_type=jwt …", e.Login.Mount, e.Login.Role)
	case has("missing role"):
		return "the store names no role, and the method has no default one", "set jwt.role, or default_role in " + config
	case has("oidc role_type"):
		return "that role is for logins in a browser", "name one with role_type=jwt"
	case has("could not load configuration"):
		return "the method is not configured, or Vault does not reach what it is configured with", "compare " + config
	case has("fetching keys"):
		return "Vault cannot get the keys to check signatures with", "does it reach what " + config + " names?"
	case has("no known key"), has("failed to verify id token signature"):
		return jwt.name + " is not signed with a key that Vault knows", "is it of another issuer or cluster, or has that new keys? Compare " + config
	case has("error verifying token signature"), has("missing token"):
		// Vault's words may be about single characters of it.
		return jwt.name + " is no JWT that can be read", "a JWT is three words with dots between them, signed with a private key"
	case has("(iss)"):
		return words, "compare bound_issuer in " + config + " with who issued it"
	case has("(sub)"):
		return words, "compare the role's bound_subject" + e.withSubject()
	case has("no audiences bound to the role"):
		return words, "give the role bound_audiences"
	case has("claim is not a string"):
		// Vault's words show the claim.
		return "a claim that the role binds is neither a text, a number nor a list", "bind a part of it, as in bound_claims with /kubernetes.io/namespace"
	case has("in groups claim"):
		return "the claim of the role's groups_claim is no list of names", ""
	case has("error validating claims: "):
		return strings.TrimPrefix(words, "error validating claims: "), "compare the role's bound_claims"
	case has("permission denied"):
		return "permission denied", fmt.Sprintf("Vault does not say which: auth/%s is not enabled, or the role's token_bound_cidrs leave esfn's address out", e.Login.Mount)
	}
	if cause, hint := jwt.refusal(words); cause != "" {
		return cause, hint
	}
	return words, ""
}

// withSubject is what the subject of a service account's token is to be compared
// with.
func (e endpoint) withSubject() string {
	account := e.Login.ServiceAccount
	if account == (fn.ServiceAccount{}) {
		return ""
	}
	return fmt.Sprintf(" with system:serviceaccount:%s:%s", account.Namespace, account.Name)
}
