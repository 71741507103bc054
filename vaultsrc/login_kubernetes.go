package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/kubernetes"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// mountedToken is where a pod finds its own service account's token.
const mountedToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// kubernetesWay logs in with a service account's token
// (https://developer.hashicorp.com/vault/api-docs/auth/kubernetes). Where the
// token comes from is decided by what is there, in this order: the operator's
// ESFN_KUBERNETES_TOKEN_FILE, the store's serviceAccountRef, the store's
// secretRef, the token that is mounted into esfn's own pod. What was decided and
// then fails is an error.
func (s *Settings) kubernetesWay(e endpoint) (way, *fn.Fault) {
	l := e.Login
	var w way
	var jwt func(context.Context) (secret.Value, error)
	switch {
	case s.KubernetesTokenFile != "":
		w.ambient = "the token in ESFN_KUBERNETES_TOKEN_FILE"
		jwt = func(context.Context) (secret.Value, error) {
			return s.tokenFromFile(s.KubernetesTokenFile, func(cause string) *fn.Fault {
				return &fn.Fault{Scope: fn.RunScope, Field: "ESFN_KUBERNETES_TOKEN_FILE", Cause: cause}
			})
		}
	case l.ServiceAccount != fn.ServiceAccount{}:
		w.ambient = fmt.Sprintf("a token of the service account %s/%s", l.ServiceAccount.Namespace, l.ServiceAccount.Name)
		jwt = func(ctx context.Context) (secret.Value, error) { return s.requestToken(ctx, e) }
	case l.Credential.Unresolved != "":
		return way{}, &fn.Fault{Scope: fn.StoreScope, Field: l.Field + ".secretRef", Cause: l.Credential.Unresolved,
			Hint: "give esfn that Secret, or set ESFN_KUBERNETES_TOKEN_FILE, VAULT_TOKEN or VAULT_TOKEN_FILE"}
	case !l.Credential.Value.IsEmpty():
		jwt = func(context.Context) (secret.Value, error) { return l.Credential.Value, nil }
	default:
		w.ambient = "the token of the service account that esfn runs as"
		jwt = func(context.Context) (secret.Value, error) {
			return s.tokenFromFile(mountedToken, func(cause string) *fn.Fault {
				return e.loginFault("outside a cluster, set ESFN_KUBERNETES_TOKEN_FILE, VAULT_TOKEN or VAULT_TOKEN_FILE", cause)
			})
		}
	}
	w.login = func(ctx context.Context, client *api.Client) (token, error) {
		value, err := jwt(ctx)
		if err != nil {
			return token{}, err
		}
		return e.kubernetesLogin(ctx, client, value)
	}
	return w, nil
}

func (s *Settings) tokenFromFile(name string, fault func(cause string) *fn.Fault) (secret.Value, error) {
	text, err := s.ReadFile(name)
	if err != nil {
		return secret.Value{}, fault(fileFault(name, err))
	}
	jwt := secret.New(strings.TrimSpace(string(text)))
	if jwt.IsEmpty() {
		return secret.Value{}, fault(name + " is empty")
	}
	return jwt, nil
}

func (e endpoint) kubernetesLogin(ctx context.Context, client *api.Client, jwt secret.Value) (token, error) {
	mount := e.Login.Mount
	method, err := kubernetes.NewKubernetesAuth(e.Login.Role, kubernetes.WithMountPath(mount), kubernetes.WithServiceAccountToken(jwt.Reveal()))
	if err != nil {
		return token{}, e.loginFault("", "the role is empty")
	}
	answer, err := method.Login(ctx, client)
	if err != nil {
		return token{}, e.kubernetesRefusal(ctx, mount, err, jwt)
	}
	if answer == nil || answer.Auth == nil || answer.Auth.ClientToken == "" {
		return token{}, e.loginFault("a standby node does that where it redirects: name the active node, or the address in front of all nodes",
			fmt.Sprintf("the login at auth/%s was answered without a token", mount))
	}
	return token{value: secret.New(answer.Auth.ClientToken), own: true}, nil
}

// kubernetesRefusal says what Vault's answer to a login means.
func (e endpoint) kubernetesRefusal(run context.Context, mount string, err error, jwt secret.Value) error {
	var refused *api.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode >= 500 || refused.StatusCode == 429 || refused.StatusCode == 412 {
		return e.connectionFault(run, err, jwt)
	}
	at := fmt.Sprintf("the login at auth/%s with role %q is refused", mount, e.Login.Role)
	words := vaultWords(refused, jwt)
	switch {
	case strings.Contains(words, "invalid role name"):
		return e.loginFault(fmt.Sprintf("create it: vault write auth/%s/role/%s …", mount, e.Login.Role), at+": there is no such role")
	case strings.Contains(words, "not authorized"):
		return e.loginFault("compare the role's bound_service_account_names and bound_service_account_namespaces", at+": "+words)
	case strings.Contains(words, "audience"):
		return e.loginFault("give serviceAccountRef.audiences the role's audience", at+": "+words)
	case strings.Contains(words, "token is expired"):
		return e.loginFault("get a new service account token", at+": the service account's token is expired")
	case refused.StatusCode == 403 && strings.Contains(words, "permission denied"):
		return e.loginFault(
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled, the service account's token is not valid (expired, deleted, of another cluster), or Vault cannot ask that cluster's API server", mount),
			at+": permission denied")
	}
	return e.loginFault("", at+": "+words)
}
