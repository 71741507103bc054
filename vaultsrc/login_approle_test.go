package vaultsrc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
)

func appRole(id, secretID string) fn.Login {
	return fn.Login{Method: fn.AppRoleLogin, Field: "auth.appRole", Mount: "approle",
		ID: credential("auth.appRole.roleRef", id), Credential: credential("auth.appRole.secretRef", secretID)}
}

func TestAnAppRoleLoginSendsWhatTheSecretsHold(t *testing.T) {
	t.Parallel()
	l := appRole(" made-up-role\n", "\tmade-up-secret-id\n")
	l.Mount = "team/a b%/"
	logins, fault := logInTo(t, l, 200, `{"auth":{"client_token":"hvs.made-up"}}`)
	if fault != nil {
		t.Fatal(fault)
	}
	want := []sentLogin{{"PUT /v1/auth/team/a b%/login", map[string]any{"role_id": " made-up-role\n", "secret_id": "\tmade-up-secret-id\n"}}}
	if diff := cmp.Diff(want, logins); diff != "" {
		t.Errorf("logins (-want +got):\n%s", diff)
	}
}

func TestAppRoleWithoutOneOfItsIDs(t *testing.T) {
	t.Parallel()
	missing := func(field string) fn.Credential {
		return fn.Credential{Field: field, Unresolved: "no Secret a/b among the manifests given"}
	}
	noID, noSecretID := appRole("", "made-up-secret-id"), appRole("made-up-role", "")
	noID.ID, noSecretID.Credential = missing("auth.appRole.roleRef"), missing("auth.appRole.secretRef")
	testNotSent(t, noID, "auth.appRole.roleRef: no Secret a/b among the manifests given")
	testNotSent(t, noSecretID, "auth.appRole.secretRef: no Secret a/b among the manifests given")
	testNotSent(t, appRole("\n", "made-up-secret-id"), "auth.appRole.roleRef: holds nothing but white space")
	testNotSent(t, appRole("made-up-role", " \n"), "auth.appRole.secretRef: holds nothing but white space")
	testNotSent(t, appRole("made-up-role", ""), "auth.appRole.secretRef: holds nothing but white space")
}

// TestWhatARefusedAppRoleLoginMeans has the answers of Vault 1.21.4, and some that
// no Vault gives.
func TestWhatARefusedAppRoleLoginMeans(t *testing.T) {
	t.Parallel()
	const refused = "the login at auth/approle is refused: "
	const wrong = `{"errors":["invalid role or secret ID"]}`
	right := appRole("made-up-role", "made-up-secret-id")
	testRefusedLogins(t, []refusedLogin{
		{"wrong", right, 400, wrong, refused + "invalid role or secret ID", "the role ID is wrong, or the secret ID is: of another role, expired, used up or destroyed", 1},
		{"IDs that are words of the answer", appRole("role", "secret"), 400, wrong, refused + "invalid role or secret ID", "Vault does not say which", 1},
		{"used up at the same time, and shown by Vault", appRole("made-up-role", "made-up-secret-id\n"), 400, `{"errors":["invalid secret_id \"made-up-secret-id\""]}`,
			refused + "the secret ID was used up by another login at the same time", "vault write -f auth/approle/role/ROLE/secret-id", 1},
		{"bound to addresses", right, 400, `{"errors":["source address \"192.0.2.1\" unauthorized through CIDR restrictions on the secret ID"]}`,
			refused + `source address "192.0.2.1" unauthorized through CIDR restrictions on the secret ID`, "cidr_list", 1},
		{"bound to addresses, with uses that are counted", right, 400, `{"errors":["source address \"192.0.2.1\" unauthorized by CIDR restrictions on the secret ID: %!w(\u003cnil\u003e)"]}`,
			refused + `source address "192.0.2.1" unauthorized by CIDR restrictions on the secret ID`, "cidr_list", 1},
		{"a role that is bound to addresses", right, 400, `{"errors":["source address \"192.0.2.1\" unauthorized by CIDR restrictions on the role: %!w(\u003cnil\u003e)"]}`,
			refused + `source address "192.0.2.1" unauthorized by CIDR restrictions on the role`, "secret_id_bound_cidrs of auth/approle/role/ROLE", 1},
		{"a role that was bound to others", right, 500, `{"errors":["failed to verify subset relationship between CIDR blocks on the role [\"192.0.2.0/24\"] and CIDR blocks on the secret ID [\"127.0.0.0/8\"]: %!w(\u003cnil\u003e)"]}`,
			"the login at auth/approle failed: the secret ID is bound to addresses that its role does not have any more", "get another one", 3},
		{"denied", right, 403, `{"errors":["permission denied"]}`, refused + "permission denied", "auth/approle is not enabled or is no approle, or the role is locked out", 1},
		{"words that are not known, with a secret ID that Vault has trimmed", appRole("made-up-role", " made-up-secret-id\n"), 400, `{"errors":["bad made-up-secret-id of made-up-role"]}`,
			refused + "bad [redacted] of [redacted]", "", 1},
	})
}
