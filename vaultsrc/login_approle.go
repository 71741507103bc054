package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"

	"github.com/esfn/esfn/fn"
)

// appRoleWay logs in with a role ID and a secret ID
// (https://developer.hashicorp.com/vault/api-docs/auth/approle). Those of a Secret
// are sent as they stand (providers/v1/vault/auth_approle.go in ESO). Vault trims
// both, so that a line break at the end does no harm; and since nothing is left of
// white space alone, that is refused here.
func (e endpoint) appRoleWay() (way, *fn.Fault) {
	id, secretID := e.Login.ID, e.Login.Credential
	for _, c := range []fn.Credential{id, secretID} {
		if c.Unresolved == "" && strings.TrimSpace(c.Value.Reveal()) == "" {
			c.Unresolved, c.Hint = "holds nothing but white space", "put the value there"
		}
		if c.Unresolved != "" {
			return way{}, e.credentialFault(c)
		}
	}
	method, err := approle.NewAppRoleAuth(id.Value.Reveal(), &approle.SecretID{FromString: secretID.Value.Reveal()}, approle.WithMountPath(e.Login.Mount))
	if err != nil {
		return way{}, e.loginFault("", "the role ID or the secret ID is empty")
	}
	return way{login: func(ctx context.Context, client *api.Client) (token, error) {
		return e.logIn(ctx, client, method, e.appRoleRefusal, id.Value, secretID.Value)
	}}, nil
}

// appRoleRefusal says what Vault's answer to a login means. Vault forgets a secret
// ID that is used up, destroyed or (within a minute or so) expired: it is as wrong
// as any other.
func (e endpoint) appRoleRefusal(words string) (cause, hint string) {
	l := e.Login
	says := func(these string) bool { return says(words, these, l.ID.Value, l.Credential.Value) }
	anotherOne := fmt.Sprintf("vault write -f auth/%s/role/ROLE/secret-id", l.Mount)
	switch {
	case says("invalid role or secret ID"):
		return "invalid role or secret ID",
			"Vault does not say which: the role ID is wrong, or the secret ID is: of another role, expired, used up or destroyed; get another one: " + anotherOne
	case says("invalid secret_id"): // Vault shows it
		return "the secret ID was used up by another login at the same time", "get another one: " + anotherOne
	case says("CIDR restrictions on the secret ID"):
		return words, "that is the address that Vault sees; the secret ID was made with a cidr_list: get one for this address: " + anotherOne
	case says("CIDR restrictions on the role"):
		return words, fmt.Sprintf("that is the address that Vault sees: compare secret_id_bound_cidrs of auth/%s/role/ROLE", l.Mount)
	case says("failed to verify subset relationship"):
		return "the secret ID is bound to addresses that its role does not have any more",
			"the role's secret_id_bound_cidrs were changed after it was made; get another one: " + anotherOne
	case says("permission denied"):
		return "permission denied",
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled or is no approle, or the role is locked out (15 minutes, after five wrong secret IDs)", l.Mount)
	}
	return "", ""
}
