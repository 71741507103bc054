package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/ldap"

	"github.com/esfn/esfn/fn"
)

// ldapWay logs in with a name and a password that a directory knows
// (https://developer.hashicorp.com/vault/api-docs/auth/ldap). The password is sent
// as it stands (providers/v1/vault/auth_ldap.go in ESO), and the name as
// userPassWay sends it.
func (e endpoint) ldapWay() (way, *fn.Fault) {
	password := e.Login.Credential
	if password.Unresolved != "" {
		return way{}, e.credentialFault(password)
	}
	method, err := ldap.NewLDAPAuth(e.Login.User, &ldap.Password{FromString: password.Value.Reveal()}, ldap.WithMountPath(e.Login.Mount))
	if err != nil {
		return way{}, e.loginFault("", "the username or the password is empty")
	}
	return way{login: func(ctx context.Context, client *api.Client) (token, error) {
		return e.logIn(ctx, client, method, e.ldapRefusal, password.Value)
	}}, nil
}

// ldapRefusal says what Vault's answer to a login means. That its directory cannot
// be asked is a 500, and no fault of who logs in; every wrong password counts for
// the lockout (https://developer.hashicorp.com/vault/docs/concepts/user-lockout).
func (e endpoint) ldapRefusal(words string) (cause, hint string) {
	l := e.Login
	says := func(these string) bool { return says(words, these, l.Credential.Value) }
	const unreachable = "error connecting to host "
	switch {
	case says(unreachable):
		_, hosts, _ := strings.Cut(words, withoutSent(unreachable, l.Credential.Value))
		hosts = strings.NewReplacer("ldap.(Client).connect: "+unreachable, "", `LDAP Result Code 200 "Network Error": `, "").Replace(hosts)
		return "Vault cannot reach its directory server: " + hosts, fmt.Sprintf("Vault has that address from auth/%s/config (127.0.0.1 where none is configured)", l.Mount)
	case says("ldap.(Client)"), says("entity alias attribute"):
		return "Vault's search in its directory failed: " + words, fmt.Sprintf("how Vault searches is configured at auth/%s/config", l.Mount)
	case says("invalid credentials"):
		return "invalid credentials", withLineBreak(
			fmt.Sprintf("Vault does not say which: the username, the password, or what Vault itself logs in with (binddn and bindpass at auth/%s/config)", l.Mount), l.Credential)
	case says("invalid username or password"):
		return "invalid username or password", withLineBreak(fmt.Sprintf("that is an answer of the userpass method: is auth/%s ldap?", l.Mount), l.Credential)
	case says("failed to determine alias name"):
		return "no user there can have that name", fmt.Sprintf("that is an answer of the userpass method: is auth/%s ldap?", l.Mount)
	case says("permission denied"):
		return "permission denied", withLineBreak(
			fmt.Sprintf("Vault does not say which: auth/%s is not enabled or is no ldap, the user is locked out (15 minutes, after five wrong passwords), or the mount's token_bound_cidrs leave this address out", l.Mount), l.Credential)
	}
	return "", ""
}
