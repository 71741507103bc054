package tests

import (
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// ldapPassword is what a user has that a script gives none: made up.
const ldapPassword = "made-up-ldap-password"

// cmdLDAPStart starts a directory server with one user, lets the user log in to
// Vault at auth/ldap (or auth/MOUNT), and gives the user's group a policy. It
// sets $LDAP to the server's address, and $LDAP_USER and $LDAP_PASSWORD, and
// remembers the password for no-leak.
//
//	ldap-start [-mount MOUNT] NAME GROUP POLICY [PASSWORD]
func cmdLDAPStart(ts *testscript.TestScript, neg bool, args []string) {
	mount := "ldap"
	if len(args) > 1 && args[0] == "-mount" {
		mount, args = args[1], args[2:]
	}
	plain(ts, neg, len(args) == 3 || len(args) == 4, "ldap-start [-mount MOUNT] NAME GROUP POLICY [PASSWORD]")
	s := storyOf(ts)
	if s.ldap != nil {
		ts.Fatalf("the story has a directory server already")
	}
	user := testbed.LDAPUser{Name: args[0], Group: args[1], Password: ldapPassword}
	if len(args) == 4 {
		user.Password = args[3]
	}
	directory, err := testbed.StartLDAP(programs.ldap, user)
	ts.Check(err)
	s.ldap = directory
	ts.Defer(directory.Stop)
	ts.Check(s.vault.TrustLDAP(directory, mount, user.Group, args[2]))
	s.leaks.Remember("the directory password of "+user.Name, user.Password)
	ts.Setenv("LDAP", directory.Address)
	ts.Setenv("LDAP_USER", user.Name)
	ts.Setenv("LDAP_PASSWORD", user.Password)
}

// cmdLDAPStop ends the directory server: Vault cannot reach it any more.
//
//	ldap-stop
func cmdLDAPStop(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 0, "ldap-stop")
	s := storyOf(ts)
	if s.ldap == nil {
		ts.Fatalf("the story has no directory server: ldap-start starts one")
	}
	s.ldap.Stop()
}
