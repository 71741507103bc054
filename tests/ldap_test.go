package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// TestVaultLogsInFromADirectory logs in to a real Vault with the ldap method
// against a real directory server: what Vault answers is what esfn has to tell
// apart.
func TestVaultLogsInFromADirectory(t *testing.T) {
	s, err := newStory()
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	directory, err := testbed.StartLDAP(programs.ldap,
		testbed.LDAPUser{Name: "ada", Group: "developers", Password: ldapPassword},
		testbed.LDAPUser{Name: "team/ada", Group: "developers", Password: ldapPassword},
		testbed.LDAPUser{Name: "bob", Group: "guests", Password: "made-up-password-of-bob"},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer directory.Stop()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(nil, s.vault.Put("secret", "app", "2", `{"a":"made-up"}`))
	must(s.vault.Write("sys/policies/acl/read-app", map[string]string{"policy": `path "secret/data/app" { capabilities = ["read"] }`}))
	must(nil, s.vault.TrustLDAP(directory, "ldap", "developers", "read-app"))

	const right = `{"password":"` + ldapPassword + `"}`
	for _, tc := range []struct {
		what, login, body string
		policies          []string
	}{
		{"a user of the group", "auth/ldap/login/ada", right, []string{"default", "read-app"}},
		{"in upper case", "auth/ldap/login/ADA", right, []string{"default", "read-app"}},
		{"a name with a slash", "auth/ldap/login/team/ada", right, []string{"default", "read-app"}},
		{"a slash that is escaped", "auth/ldap/login/team%2Fada", right, []string{"default", "read-app"}},
		{"a user of another group", "auth/ldap/login/bob", `{"password":"made-up-password-of-bob"}`, []string{"default"}},
	} {
		status, text := send(t, "POST", s.vault.Address+"/v1/"+tc.login, "", tc.body)
		var answer struct {
			Auth struct {
				ClientToken   string   `json:"client_token"`
				Policies      []string `json:"policies"`
				LeaseDuration int      `json:"lease_duration"`
			} `json:"auth"`
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 200 {
			t.Errorf("%s: %d %s", tc.what, status, text)
			continue
		}
		if !slices.Equal(answer.Auth.Policies, tc.policies) || answer.Auth.LeaseDuration != 3600 {
			t.Errorf("%s: policies %q for %d s, want %q for an hour", tc.what, answer.Auth.Policies, answer.Auth.LeaseDuration, tc.policies)
		}
		want := 403
		if slices.Contains(tc.policies, "read-app") {
			want = 200
		}
		if status, _ := send(t, "GET", s.vault.Address+"/v1/secret/data/app", answer.Auth.ClientToken, ""); status != want {
			t.Errorf("%s: reads with %d, want %d", tc.what, status, want)
		}
	}

	const wrong = `{"password":"made-up-wrong"}`
	const badCredentials, denied = `{"errors":["invalid credentials"]}`, `{"errors":["permission denied"]}`
	const noPassword = `{"errors":["password cannot be of zero length when passwordless binds are being denied"]}`
	refused := func(what, login, body string, wantStatus int, want string) {
		t.Helper()
		status, text := send(t, "POST", s.vault.Address+"/v1/"+login, "", body)
		if status != wantStatus || strings.TrimSpace(text) != want {
			t.Errorf("%s: %d %s, want %d %s", what, status, text, wantStatus, want)
		}
	}
	refused("a wrong password", "auth/ldap/login/ada", wrong, 400, badCredentials)
	refused("an unknown user", "auth/ldap/login/nobody", right, 400, badCredentials)
	refused("an empty password", "auth/ldap/login/ada", `{"password":""}`, 500, noPassword)
	refused("no password", "auth/ldap/login/ada", `{}`, 500, noPassword)
	refused("no user", "auth/ldap/login/", right, 400, `{"errors":["cannot write to a path ending in '/'"]}`)
	refused("no mount", "auth/nothing/login/ada", right, 403, denied)

	// Five failures in a row lock a user out for 15 minutes, by Vault's default.
	for range 5 {
		refused("one more failure", "auth/ldap/login/bob", wrong, 400, badCredentials)
	}
	refused("locked out", "auth/ldap/login/bob", `{"password":"made-up-password-of-bob"}`, 403, denied)

	must(s.vault.Write("auth/ldap/config", map[string]string{"bindpass": "made-up-wrong"}))
	refused("Vault's own password is wrong", "auth/ldap/login/ada", right, 400, badCredentials)

	directory.Stop()
	refused("no directory server", "auth/ldap/login/ada", right, 500, strings.NewReplacer("ADDRESS", directory.Address, "HOST", strings.TrimPrefix(directory.Address, "ldap://")).Replace(
		`{"errors":["ldap.(Client).Authenticate: failed to connect: 1 error occurred:\n\t* ldap.(Client).connect: error connecting to host \"ADDRESS\": `+
			`LDAP Result Code 200 \"Network Error\": dial tcp HOST: connect: connection refused\n\n"]}`))
}

// send sends a request, with a token where there is one.
func send(t *testing.T, method, address, token, body string) (status int, text string) {
	t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("X-Vault-Token", token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(all)
}
