package vaultsrc

import (
	"cmp"
	"context"
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
		return way{}, &fn.Fault{Scope: fn.StoreScope, Field: cmp.Or(l.Credential.Field, l.Field+".secretRef"), Cause: l.Credential.Unresolved,
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
	method, err := kubernetes.NewKubernetesAuth(e.Login.Role, kubernetes.WithMountPath(e.Login.Mount), kubernetes.WithServiceAccountToken(jwt.Reveal()))
	if err != nil {
		return token{}, e.loginFault("", "the role is empty")
	}
	return e.logIn(ctx, client, method, e.kubernetesRefusal, jwt)
}

// kubernetesRefusal says what Vault's answer to a login means.
func (e endpoint) kubernetesRefusal(words string) (cause, hint string) {
	switch {
	case strings.Contains(words, "invalid role name"):
		return "there is no such role", fmt.Sprintf("create it: vault write auth/%s/role/%s …", e.Login.Mount, e.Login.Role)
	case strings.Contains(words, "not authorized"):
		return words, "compare the role's bound_service_account_names and bound_service_account_namespaces"
	case strings.Contains(words, "audience"):
		return words, "give serviceAccountRef.audiences the role's audience"
	case strings.Contains(words, "token is expired"):
		return "the service account's token is expired", "get a new service account token"
	case strings.Contains(words, "permission denied"):
		return "permission denied",
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled, the service account's token is not valid (expired, deleted, of another cluster), or Vault cannot ask that cluster's API server", e.Login.Mount)
	}
	return "", ""
}
