package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsMeantByAFieldThatThereIsNot has the names that people write: those of
// Vault's own words, of the method beside it, and of ESO's documentation, whose
// examples of mTLS, iam and gcp name fields that its API server drops.
func TestWhatIsMeantByAFieldThatThereIsNot(t *testing.T) {
	t.Parallel()
	const ref = "{name: s, key: k}"
	const at = "spec.provider.vault."
	for _, tc := range []struct {
		name, spec string
		want       []string
	}{
		{"Vault's words", "provider: {vault: {server: s, address: a, mount: kv, mountPath: kv, token: t}}", []string{
			at + "address: no such field (did you mean server?)",
			at + "mount: no such field (did you mean path?)",
			at + "mountPath: no such field (did you mean path?)",
			at + "token: no such field (did you mean auth.tokenSecretRef?)"}},
		{"certificates", "provider: {vault: {server: s, ca: a, caCert: b, tls: {clientCert: " + ref + ", secretRef: " + ref + "}}}", []string{
			at + "ca: no such field (did you mean caBundle?)",
			at + "caCert: no such field (did you mean caBundle?)",
			at + "tls.clientCert: no such field (did you mean certSecretRef?)",
			at + "tls.secretRef: no such field (did you mean keySecretRef?)"}},
		{"ways to log in", "provider: {vault: {server: s, auth: {tokenSecretRef: " + ref + ", token: t, aws: {}, oidc: {}, approle: {}, secretRef: {}}}}", []string{
			at + "auth.token: no such field (did you mean tokenSecretRef?)",
			at + "auth.aws: no such field (did you mean iam?)",
			at + "auth.oidc: no such field (did you mean jwt?)",
			at + "auth.approle: no such field (did you mean appRole?)",
			at + "auth.secretRef: no such field (it belongs below a method, as in auth.iam.secretRef)"}},
		{"a method's path", "provider: {vault: {server: s, auth: {kubernetes: {path: k, role: r}, gcp: {mountPath: g, role: r}, jwt: {mountPath: j, secretRef: " + ref + "}}}}", []string{
			at + "auth.kubernetes.path: no such field (did you mean mountPath?)",
			at + "auth.gcp.mountPath: no such field (did you mean path?)",
			at + "auth.jwt.mountPath: no such field (did you mean path?)"}},
		{"a method's role", "provider: {vault: {server: s, auth: {appRole: {roleId: i, secretId: s, secretRef: " + ref + "}, cert: {role: r, clientCert: " + ref + ", secretRef: " + ref + "}}}}", []string{
			at + "auth.appRole.secretId: no such field (did you mean secretRef?)",
			at + "auth.cert.role: no such field (did you mean vaultRole?)"}},
		{"one level up", "provider: {vault: {server: s}, auth: {tokenSecretRef: " + ref + "}, path: kv}\n  vault: {server: s}", []string{
			"spec.provider.auth: no such field (it belongs below spec.provider.vault)",
			"spec.provider.path: no such field (it belongs below spec.provider.vault)",
			"spec.vault: no such field (it belongs below spec.provider)"}},
		{"another backend", "provider: {aws: {}}", []string{
			`spec.provider.aws: esfn reads HashiCorp Vault, not the provider "aws" (leave ExternalSecrets of this store to a controller, outside what esfn is given)`}},
	} {
		document := "kind: SecretStore\nmetadata: {name: vault, namespace: shop}\nspec:\n  " + tc.spec + "\n"
		if diff := cmp.Diff(tc.want, problemsOf(t, document, &Store{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
