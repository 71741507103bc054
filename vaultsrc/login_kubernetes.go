package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/kubernetes"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// kubernetesWay logs in with a service account's token
// (https://developer.hashicorp.com/vault/api-docs/auth/kubernetes). Where the
// token comes from is decided by what is there, in this order: the operator's
// ESFN_KUBERNETES_TOKEN_FILE, the store's serviceAccountRef, the store's
// secretRef, the token that is mounted into esfn's own pod. What was decided and
// then fails is an error.
func (s *Settings) kubernetesWay(e endpoint) (way, *fn.Fault) {
	c := e.Login.Credential
	jwt, ok := s.serviceAccountToken(e)
	switch {
	case ok:
	case c.Unresolved != "":
		return way{}, e.credentialFault(c)
	case !c.Value.IsEmpty():
		jwt = storedJWT(serviceAccountsToken, c)
	default:
		jwt = s.mountedJWT(e)
	}
	return jwt.way(func(ctx context.Context, client *api.Client, value secret.Value) (token, error) {
		method, err := kubernetes.NewKubernetesAuth(e.Login.Role, kubernetes.WithMountPath(e.Login.Mount), kubernetes.WithServiceAccountToken(value.Reveal()))
		if err != nil {
			return token{}, e.loginFault("", "the role is empty")
		}
		return e.logIn(ctx, client, method, func(words string) (cause, hint string) { return e.kubernetesRefusal(jwt, words) }, value)
	}), nil
}

// kubernetesRefusal says what Vault's answer to a login means.
func (e endpoint) kubernetesRefusal(jwt jwtSource, words string) (cause, hint string) {
	switch {
	case strings.Contains(words, "invalid role name"):
		return "there is no such role", fmt.Sprintf("create it: vault write auth/%s/role/%s …", e.Login.Mount, e.Login.Role)
	case strings.Contains(words, "not authorized"):
		if account := e.Login.ServiceAccount; account != (fn.ServiceAccount{}) {
			words += fmt.Sprintf(": %s/%s", account.Namespace, account.Name)
		}
		return words, "compare the role's bound_service_account_names and bound_service_account_namespaces"
	case strings.Contains(words, "(iss)"):
		return words, fmt.Sprintf("compare the issuer in auth/%s/config with that of the cluster", e.Login.Mount)
	case strings.Contains(words, "permission denied"):
		return "permission denied",
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled, the service account's token is not valid (expired, deleted, of another cluster), or Vault cannot ask that cluster's API server", e.Login.Mount)
	}
	return jwt.refusal(words)
}
