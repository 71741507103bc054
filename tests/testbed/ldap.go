package testbed

import (
	"fmt"
	"strings"
)

// LDAP is a running directory server: glauth with the users and groups that it
// was started with, which it does not change.
type LDAP struct {
	*process
	// Address as in ldap://127.0.0.1:389, and the DN of the directory's root.
	Address, Base string
}

// LDAPUser is a user of a directory: its DN is cn=NAME,ou=GROUP,ou=users,BASE.
type LDAPUser struct{ Name, Group, Password string }

// ldapSearcher is the user as whom Vault searches a directory.
var ldapSearcher = LDAPUser{"vault", "services", "made-up-bind-password"}

// StartLDAP starts a directory server with these users, and one more as whom
// Vault may search, from the binary that LDAPProgram builds. It takes about
// 10 ms and 12 MB.
func StartLDAP(binary string, users ...LDAPUser) (*LDAP, error) {
	flags := []string{"-searcher", ldapSearcher.flag()}
	for _, u := range users {
		flags = append(flags, "-user", u.flag())
	}
	p, err := start(binary, flags...)
	if err != nil {
		return nil, err
	}
	return &LDAP{p, p.ready["addr"], p.ready["base"]}, nil
}

func (u LDAPUser) flag() string { return u.Name + ":" + u.Group + ":" + u.Password }

// TrustLDAP lets the users of a directory log in to Vault with the ldap method,
// at auth/MOUNT, and gives those of a group a policy. Vault finds a user by its
// cn and a group by its members, and searches as a user made for it
// (https://developer.hashicorp.com/vault/api-docs/auth/ldap).
func (v *Vault) TrustLDAP(d *LDAP, mount, group, policy string) error {
	if _, err := v.Write("sys/auth/"+mount, object{"type": "ldap"}); err != nil && !strings.Contains(err.Error(), "already in use") {
		return err
	}
	_, err := v.Write("auth/"+mount+"/config", object{
		"url":    d.Address,
		"binddn": fmt.Sprintf("cn=%s,ou=%s,ou=users,%s", ldapSearcher.Name, ldapSearcher.Group, d.Base), "bindpass": ldapSearcher.Password,
		"userdn": "ou=users," + d.Base, "userattr": "cn",
		"groupdn": "ou=groups," + d.Base, "groupattr": "ou",
		"token_ttl": "1h",
	})
	if err != nil {
		return err
	}
	_, err = v.Write("auth/"+mount+"/groups/"+group, object{"policies": policy})
	return err
}
