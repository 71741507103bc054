package vaultsrc

import (
	"testing"

	"github.com/esfn/esfn/fn"
)

func directoryUser(password string) fn.Login {
	return fn.Login{Method: fn.LDAPLogin, Field: "auth.ldap", Mount: "ldap", User: "ada", Credential: credential("auth.ldap.secretRef", password)}
}

func TestAnLDAPLoginSendsExactlyTheName(t *testing.T) {
	t.Parallel()
	l := directoryUser(" made-up-password\n")
	l.Mount = "/team/mount/"
	testNames(t, l)
}

func TestLDAPWithoutAPassword(t *testing.T) {
	t.Parallel()
	unresolved := directoryUser("")
	unresolved.Credential = fn.Credential{Field: "auth.ldap.secretRef", Unresolved: "no Secret a/b among the manifests given"}
	testNotSent(t, unresolved, "auth.ldap.secretRef: no Secret a/b among the manifests given")
	testNotSent(t, directoryUser(""), "auth.ldap: the username or the password is empty")
}

// TestWhatARefusedLDAPLoginMeans has the answers of Vault 1.21.4, and some that no
// Vault gives.
func TestWhatARefusedLDAPLoginMeans(t *testing.T) {
	t.Parallel()
	const refused, failed = `the login at auth/ldap as "ada" is refused: `, `the login at auth/ldap as "ada" failed: `
	const wrong, denied = `{"errors":["invalid credentials"]}`, `{"errors":["permission denied"]}`
	const endsInLineBreak = "the password ends with a line break: write it without one"
	const unreachable = `{"errors":["ldap.(Client).Authenticate: failed to connect: 1 error occurred:\n\t* ldap.(Client).connect: error connecting to host \"ldap://127.0.0.1:9389\": LDAP Result Code 200 \"Network Error\": dial tcp 127.0.0.1:9389: connect: permission denied\n\n"]}`
	right := directoryUser("made-up-password")
	testRefusedLogins(t, []refusedLogin{
		{"wrong", right, 400, wrong, refused + "invalid credentials", "what Vault itself logs in with (binddn and bindpass at auth/ldap/config)", 1},
		{"wrong, with a line break", directoryUser("made-up-password\n"), 400, wrong, refused + "invalid credentials", endsInLineBreak, 1},
		{"a password that is a word of the answer", directoryUser("invalid"), 400, wrong, refused + "invalid credentials", "Vault does not say which", 1},
		{"denied", right, 403, denied, refused + "permission denied", "the user is locked out (15 minutes, after five wrong passwords)", 1},
		{"denied, with a line break", directoryUser("made-up-password\n"), 403, denied, refused + "permission denied", endsInLineBreak, 1},
		{"a userpass mount", right, 400, `{"errors":["invalid username or password"]}`, refused + "invalid username or password", "is auth/ldap ldap?", 1},
		{"a userpass mount that has no such names", right, 500, `{"errors":["failed to determine alias name from login request"]}`, failed + "no user there can have that name", "is auth/ldap ldap?", 3},
		{"a directory that Vault cannot reach", right, 500, unreachable,
			failed + `Vault cannot reach its directory server: "ldap://127.0.0.1:9389": dial tcp 127.0.0.1:9389: connect: permission denied`, "auth/ldap/config", 3},
		{"a password that is a word of that answer", directoryUser("host"), 500, unreachable,
			failed + `Vault cannot reach its directory server: "ldap://127.0.0.1:9389": dial tcp 127.0.0.1:9389: connect: permission denied`, "auth/ldap/config", 3},
		{"a group that cannot be searched for", right, 500, `{"errors":["ldap.(Client).Authenticate: unable to get user groups: made up"]}`,
			failed + "Vault's search in its directory failed: ldap.(Client).Authenticate: unable to get user groups: made up", "configured at auth/ldap/config", 3},
		{"an attribute that is not there", right, 500, `{"errors":["missing entity alias attribute value"]}`,
			failed + "Vault's search in its directory failed: missing entity alias attribute value", "configured at auth/ldap/config", 3},
		{"another fault of Vault's own", right, 500, `{"errors":["internal error"]}`, "Vault at ADDRESS answered 500: internal error", "try later", 3},
		{"something before Vault", right, 502, `<html>made-up</html>`, "ADDRESS answered 502", "try later", 3},
	})
}
