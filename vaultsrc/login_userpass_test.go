package vaultsrc

import (
	"testing"

	"github.com/esfn/esfn/fn"
)

func userPass(password string) fn.Login {
	return fn.Login{Method: fn.UserPassLogin, Field: "auth.userPass", Mount: "userpass", User: "ada", Credential: credential("auth.userPass.secretRef", password)}
}

func TestAUserPassLoginSendsExactlyTheName(t *testing.T) {
	t.Parallel()
	l := userPass(" made-up-password\n")
	l.Mount = "/team/mount/"
	testNames(t, l)
}

func TestUserPassWithoutAPassword(t *testing.T) {
	t.Parallel()
	unresolved := userPass("")
	unresolved.Credential = fn.Credential{Field: "auth.userPass.secretRef", Unresolved: "no Secret a/b among the manifests given"}
	testNotSent(t, unresolved, "auth.userPass.secretRef: no Secret a/b among the manifests given")
	testNotSent(t, userPass(""), "auth.userPass: the username or the password is empty")
	nobody := userPass("made-up-password")
	nobody.User = ""
	testNotSent(t, nobody, "auth.userPass: the username or the password is empty")
}

// TestWhatARefusedUserPassLoginMeans has the answers of Vault 1.21.4, and some that
// no Vault gives.
func TestWhatARefusedUserPassLoginMeans(t *testing.T) {
	t.Parallel()
	const at = `the login at auth/userpass as "ada" is refused: `
	const wrong, denied = `{"errors":["invalid username or password"]}`, `{"errors":["permission denied"]}`
	const endsInLineBreak = "the password ends with a line break: write it without one"
	right := userPass("made-up-password")
	testRefusedLogins(t, []refusedLogin{
		{"wrong", right, 400, wrong, at + "invalid username or password", "Vault does not say which; vault read auth/userpass/users/ada", 1},
		{"wrong, with a line break", userPass("made-up-password\n"), 400, wrong, at + "invalid username or password", endsInLineBreak, 1},
		{"wrong, with a line break of Windows", userPass("made-up-password\r\n"), 400, wrong, at + "invalid username or password", endsInLineBreak, 1},
		{"wrong, with a line break inside", userPass("made-up\npassword"), 400, wrong, at + "invalid username or password", "Vault does not say which", 1},
		{"a password that is a word of the answer", userPass("password"), 400, wrong, at + "invalid username or password", "Vault does not say which", 1},
		{"denied", right, 403, denied, at + "permission denied", "auth/userpass is not enabled or is no userpass, the user is locked out (15 minutes, after five wrong passwords)", 1},
		{"denied, with a line break", userPass("made-up-password\n"), 403, denied, at + "permission denied", endsInLineBreak, 1},
		{"an ldap mount", right, 400, `{"errors":["invalid credentials"]}`, at + "invalid credentials", "is auth/userpass userpass?", 1},
		{"a name that userpass cannot have", right, 500, `{"errors":["failed to determine alias name from login request"]}`,
			`the login at auth/userpass as "ada" failed: no user of userpass can have that name`, "use ldap", 3},
		{"a server that echoes it", userPass("made-up-\"pass\"  word\n"), 400, `{"errors":["made-up-\"pass\"  word, \"made-up-\\\"pass\\\"  word\" and made-up-\"pass\"  word\n."]}`,
			at + `[redacted], "[redacted]" and [redacted].`, "", 1},
		{"a Vault that is sealed", right, 503, `{"errors":["Vault is sealed"]}`, "Vault at ADDRESS is sealed", "try later", 3},
		{"a firewall", right, 403, `<html>made-up</html>`, `ADDRESS answered 403 to the login at auth/userpass as "ada", and not as Vault does`, strangersHint, 1},
		{"a page in its place", right, 200, `<html>made-up</html>`, "http://ADDRESS answers, and not as Vault does: its answer is no JSON", strangersHint, 1},
		{"a server that wants TLS", right, 400, "Client sent an HTTP request to an HTTPS server.\n", "ADDRESS speaks TLS, and the address is http://", "write https://", 1},
		{"a cluster without a leader", right, 500, noLeader, "the Vault cluster at ADDRESS has no active node", "one is elected within seconds", 3},
		{"words that are not known", right, 400, `{"errors":["something new"]}`, at + "something new", "", 1},
	})
}
