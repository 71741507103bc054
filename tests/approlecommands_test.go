package tests

import (
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdAppRole lets a role of the approle method log in, at auth/approle, with a
// secret ID that is as the JSON says, or has expired. It sets $ROLE_ID and
// $SECRET_ID, and remembers the latter for no-leak.
//
//	vault-approle [-expired] ROLE POLICY ['{"json": "object"}']
func cmdAppRole(ts *testscript.TestScript, neg bool, args []string) {
	expired := len(args) > 0 && args[0] == "-expired"
	if expired {
		args = args[1:]
	}
	plain(ts, neg, len(args) == 2 || len(args) == 3 && !expired, `vault-approle [-expired] ROLE POLICY ['{"json": "object"}']`)
	secretIDAs := ""
	switch {
	case expired:
		secretIDAs = `{"ttl":"1s"}`
	case len(args) == 3:
		secretIDAs = args[2]
	}
	s := storyOf(ts)
	roleID, secretID, err := s.vault.AppRole(args[0], args[1], secretIDAs)
	ts.Check(err)
	if expired {
		ts.Check(s.vault.AwaitExpiry(args[0], secretID))
	}
	s.leaks.Remember("the secret ID of "+args[0], secretID)
	ts.Setenv("ROLE_ID", roleID)
	ts.Setenv("SECRET_ID", secretID)
}
