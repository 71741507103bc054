package vaultsrc

import (
	"context"
	"fmt"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/userpass"

	"github.com/esfn/esfn/fn"
)

// userPassWay logs in with a name and a password that Vault itself knows
// (https://developer.hashicorp.com/vault/api-docs/auth/userpass). The password is
// sent as it stands (providers/v1/vault/auth_userpass.go in ESO). The name goes
// into the path as it is, and the client escapes what a URL would take for
// something else: it is exactly this name that reaches Vault.
func (e endpoint) userPassWay() (way, *fn.Fault) {
	password := e.Login.Credential
	if password.Unresolved != "" {
		return way{}, e.credentialFault(password)
	}
	method, err := userpass.NewUserpassAuth(e.Login.User, &userpass.Password{FromString: password.Value.Reveal()}, userpass.WithMountPath(e.Login.Mount))
	if err != nil {
		return way{}, e.loginFault("", "the username or the password is empty")
	}
	return way{login: func(ctx context.Context, client *api.Client) (token, error) {
		return e.logIn(ctx, client, method, e.userPassRefusal, password.Value)
	}}, nil
}

// userPassRefusal says what Vault's answer to a login means. Every wrong password
// counts for the lockout (https://developer.hashicorp.com/vault/docs/concepts/user-lockout).
func (e endpoint) userPassRefusal(words string) (cause, hint string) {
	l := e.Login
	says := func(these string) bool { return says(words, these, l.Credential.Value) }
	switch {
	case says("invalid username or password"):
		return "invalid username or password", withLineBreak(
			fmt.Sprintf("Vault does not say which; vault read auth/%s/users/%s shows whether there is that user", l.Mount, l.User), l.Credential)
	case says("invalid credentials"):
		return "invalid credentials", withLineBreak(fmt.Sprintf("that is an answer of the ldap method: is auth/%s userpass?", l.Mount), l.Credential)
	case says("failed to determine alias name"):
		return "no user of userpass can have that name", "its names are of letters, digits and _, with - and . between them; for a directory's user use ldap"
	case says("permission denied"):
		return "permission denied", withLineBreak(
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled or is no userpass, the user is locked out (15 minutes, after five wrong passwords), or its token_bound_cidrs leave this address out", l.Mount), l.Credential)
	}
	return "", ""
}
