package vaultsrc

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// gcpWay logs in with a token that says who somebody is at Google
// (https://developer.hashicorp.com/vault/api-docs/auth/gcp): signed with the
// store's service account key, else what the environment gives.
func (s *Settings) gcpWay(e endpoint) (way, *fn.Fault) {
	source, fault := s.gcpSourceOf(e)
	if fault != nil {
		return way{}, placed(fault, e.Login.Field)
	}
	return way{ambient: source.ambient, login: func(ctx context.Context, client *api.Client) (token, error) {
		jwt, fault := source.jwt(ctx, newCloudClient(s), e.Server, e.Login.Role, time.Now())
		if fault != nil {
			return token{}, placed(fault, e.Login.Field)
		}
		body := map[string]any{"role": e.Login.Role, "jwt": jwt.Reveal()}
		return e.logIn(ctx, client, loginRequest{"auth/" + e.Login.Mount + "/login", body}, e.gcpRefusal, jwt)
	}}, nil
}

// gcpSourceOf is where an endpoint's token comes from.
func (s *Settings) gcpSourceOf(e endpoint) (gcpSource, *fn.Fault) {
	key := e.Login.Credential
	switch {
	case key.Unresolved != "":
		return gcpSource{}, e.credentialFault(key)
	case !key.Value.IsEmpty():
		return gcpSource{jwt: func(_ context.Context, _ *http.Client, _, role string, at time.Time) (secret.Value, *fn.Fault) {
			jwt, fault := gcpSignedToken(key.Value, role, at)
			return jwt, placed(fault, key.Field)
		}}, nil
	}
	return s.gcpEnvironmentSource()
}

// gcpRefused says why the ways to log in at Google by way of a cluster are none:
// both need Google's token exchange, which esfn does not ask.
func (e endpoint) gcpRefused() *fn.Fault {
	if strings.HasSuffix(e.Login.Field, ".serviceAccountRef") {
		return e.loginFault("leave it out: in a pod the identity of its own service account is used", "ESO does not look at it, and the identity would be another one than it names")
	}
	return e.loginFault("use secretRef, or leave it out in a pod that has the identity itself, or use jwt with Vault's method of that name; VAULT_TOKEN can take its place, too",
		"esfn does not trade a cluster's tokens at Google")
}

// gcpRefusal says what Vault's answer to a login means.
func (e endpoint) gcpRefusal(words string) (cause, hint string) {
	role := fmt.Sprintf("auth/%s/role/%s", e.Login.Mount, e.Login.Role)
	switch {
	case strings.HasPrefix(words, "role") && strings.HasSuffix(words, "not found"):
		return "there is no such role", fmt.Sprintf("create it: vault write %s type=iam bound_service_accounts=…", role)
	case strings.Contains(words, "not authorized for role"):
		return words, "compare it with the role's bound_service_accounts"
	case strings.Contains(words, "for GCE role"), strings.Contains(words, "GCE metadata"):
		return "the role is of type gce, which takes the identity of a virtual machine alone", "use a role of type iam"
	case strings.Contains(words, "does not allow GCE inference"):
		return "the role is of type iam, and does not take the identity of a machine", "set allow_gce_inference=true at " + role
	case strings.Contains(words, "unable to get public key"):
		return "Vault does not find the public half of the key at Google", "were the key or its service account deleted or disabled, or can Vault not reach Google?"
	case strings.Contains(words, "cryptographic primitive"):
		return "the private_key is not that of its private_key_id", "take the key's file as Google gave it"
	case strings.Contains(words, "is expired"):
		return "the token has expired", "is the clock of this machine right?"
	case strings.Contains(words, "expire within"), strings.Contains(words, "must expire in"):
		return words, fmt.Sprintf("a token that esfn signs lives for %d minutes, a machine's for an hour: set max_jwt_exp of %s to as much, or is a clock wrong?", int(gcpTokenLife.Minutes()), role)
	case strings.Contains(words, "permission denied"):
		return "permission denied", fmt.Sprintf("Vault does not say which: auth/%s is not enabled, or the role's token_bound_cidrs leave out where esfn runs", e.Login.Mount)
	}
	return "", ""
}
