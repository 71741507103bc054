package vaultsrc

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// TestWhatARefusalOfAJWTMeans has the words of Vault 1.21.4; those that a script
// can have it say are tested in tests/ as well.
func TestWhatARefusalOfAJWTMeans(t *testing.T) {
	t.Parallel()
	const invalid, signature = "error validating token: ", "error validating token: error verifying token signature: "
	const noJWT = "the service account's token is no JWT that can be read"
	for _, tc := range []struct {
		words, cause string
		hint         string // a piece of it
	}{
		{`role "r" could not be found`, "there is no such role", "vault write auth/jwt/role/r role_type=jwt"},
		{"missing role", "the store names no role, and the method has no default one", "set jwt.role"},
		{"role with oidc role_type is not allowed", "that role is for logins in a browser", "role_type=jwt"},
		{"could not load configuration", "the method is not configured, or Vault does not reach what it is configured with", "auth/jwt/config"},
		{signature + `fetching keys oidc: get keys failed: 403 Forbidden {"made-up":"body"}`, "Vault cannot get the keys to check signatures with", "auth/jwt/config"},
		{signature + "no known key successfully validated the token signature", "the service account's token is not signed with a key that Vault knows", "another issuer or cluster"},
		{signature + "failed to verify id token signature", "the service account's token is not signed with a key that Vault knows", "another issuer or cluster"},
		{signature + "go-jose/go-jose: compact JWS format must have three parts", noJWT, "three words with dots"},
		{signature + "invalid character '\u0099' looking for made-up value", noJWT, "three words with dots"},
		{signature + "oidc: malformed jwt: unexpected signature algorithm \"made-up\"", noJWT, "signed with a private key"},
		{"missing token", noJWT, "three words with dots"},
		{invalid + "invalid issuer (iss) claim", "invalid issuer (iss) claim", "bound_issuer in auth/jwt/config"},
		{invalid + "invalid subject (sub) claim", "invalid subject (sub) claim", "bound_subject with system:serviceaccount:ns:sa"},
		{invalid + "invalid audience (aud) claim: audience claim does not match any expected audience", "invalid audience (aud) claim: audience claim does not match any expected audience", "give kubernetesServiceAccountToken.audiences one of the role's bound_audiences"},
		{"audience claim found in JWT but no audiences bound to the role", "audience claim found in JWT but no audiences bound to the role", "give the role bound_audiences"},
		{invalid + "invalid expiration time (exp) claim: token is expired", "the service account's token is expired", "clocks"},
		{invalid + "invalid not before (nbf) claim: token not yet valid", "the service account's token is not valid yet", "clocks"},
		{invalid + "invalid issued at (iat) claim: token issued in the future", "the service account's token is not valid yet", "clocks"},
		{invalid + "no issued at (iat), not before (nbf), or expiration time (exp) claims in token", "no issued at (iat), not before (nbf), or expiration time (exp) claims in token", ""},
		{`error validating claims: claim "team" does not match any associated bound claim values`, `claim "team" does not match any associated bound claim values`, "bound_claims"},
		{`error validating claims: claim "team" is missing`, `claim "team" is missing`, "bound_claims"},
		{"error validating claims: received claim is not a string, bool, int or list: map[namespace:made-up]", "a claim that the role binds is neither a text, a number nor a list", "bind a part of it"},
		{`claim "email" not found in token`, `claim "email" not found in token`, ""},
		{"value made-up in groups claim could not be parsed as string", "the claim of the role's groups_claim is no list of names", ""},
		{"permission denied", "permission denied", "auth/jwt is not enabled"},
		{"something new", "something new", ""},
	} {
		t.Run(tc.words, func(t *testing.T) {
			t.Parallel()
			vault, seen := fakeVault(t, 400, fmt.Sprintf(`{"errors":[%q]}`, strings.ReplaceAll(tc.words, "\u0099", "?")))
			kube, _ := fakeKube(t, 201)
			c := serviceAccount(vault)
			c.Login.Method, c.Login.Mount = fn.JWTLogin, "jwt"
			fault := askedFor(t, c, kubeconfigFor(kube, "{}"))
			want := `the login at auth/jwt with role "r" is refused: ` + tc.cause
			if fault == nil || fault.Cause != want || !strings.Contains(fault.Hint, tc.hint) {
				t.Fatalf("got %v\nwant %s", fault, want)
			}
			if strings.Contains(fault.Cause+fault.Hint, "made-up") {
				t.Error("the fault shows what the server said")
			}
			if len(*seen) != 1 {
				t.Errorf("%d requests, want 1", len(*seen))
			}
		})
	}
}

// TestWhereAJWTCanBeRenewed has one refusal, of tokens from every place.
func TestWhereAJWTCanBeRenewed(t *testing.T) {
	t.Parallel()
	stored := fn.Credential{Field: "auth.jwt.secretRef", Value: secret.New("made-up-jwt")}
	for _, tc := range []struct {
		name, words string
		method      fn.LoginMethod
		stored      fn.Credential
		env         map[string]string
		want        string
	}{
		{"a Secret's JWT", "token is expired", fn.JWTLogin, stored, nil, "the JWT is expired: put a new one into the Secret that secretRef names"},
		{"a Secret's JWT, though there is a file", "token is expired", fn.JWTLogin, stored, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, "the JWT is expired: put a new one into the Secret that secretRef names"},
		{"a Secret's token", "token is expired", fn.KubernetesLogin, stored, nil, "the service account's token is expired: put a new one into the Secret that secretRef names"},
		{"a file, for kubernetes", "token is expired", fn.KubernetesLogin, stored, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, "the service account's token is expired: put a new one into the file that ESFN_KUBERNETES_TOKEN_FILE names"},
		{"a file", "token is expired", fn.JWTLogin, fn.Credential{}, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, "the service account's token is expired: put a new one into the file that ESFN_KUBERNETES_TOKEN_FILE names"},
		{"the audience of a Secret's JWT", "audience", fn.JWTLogin, stored, nil, "audience: put one for the role's audience into the Secret that secretRef names"},
		{"the audience of a file", "audience", fn.JWTLogin, fn.Credential{}, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, "audience: put a token for the role's audience into the file that ESFN_KUBERNETES_TOKEN_FILE names"},
		{"the audience of the pod's token", "audience", fn.KubernetesLogin, fn.Credential{}, nil, "audience: the mounted token is for the API server: name a serviceAccountRef, with the role's audience in its audiences"},
		{"the subject of a file", "invalid subject (sub) claim", fn.JWTLogin, fn.Credential{}, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}, "invalid subject (sub) claim: compare the role's bound_subject"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			vault, _ := fakeVault(t, 400, fmt.Sprintf(`{"errors":[%q]}`, tc.words))
			c := serviceAccount(vault)
			c.Login.Method, c.Login.ServiceAccount, c.Login.Credential = tc.method, fn.ServiceAccount{}, tc.stored
			if tc.method == fn.JWTLogin && tc.env != nil && tc.stored == (fn.Credential{}) {
				c.Login.ServiceAccount = fn.ServiceAccount{Namespace: "ns", Name: "sa"}
			}
			_, err := readAs(t, c, tc.env)
			var fault *fn.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("got %v", err)
			}
			if got := fault.Cause + ": " + fault.Hint; !strings.HasSuffix(got, "is refused: "+tc.want) {
				t.Errorf("got %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestAFileMakesOneLoginOfManyAccounts has stores that name different accounts
// and the operator's file in place of all.
func TestAFileMakesOneLoginOfManyAccounts(t *testing.T) {
	t.Parallel()
	settings := settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"})
	for _, method := range []fn.LoginMethod{fn.JWTLogin, fn.KubernetesLogin} {
		one, other := serviceAccount("https://vault.example"), serviceAccount("https://vault.example")
		one.Login.Method, other.Login.Method = method, method
		other.Login.ServiceAccount.Namespace = "other"
		if settings.override(one) != settings.override(other) {
			t.Errorf("%s: two logins", method)
		}
		without := settingsOf(t, nil)
		if without.override(one) == without.override(other) {
			t.Errorf("%s: one login for two accounts", method)
		}
	}
}
