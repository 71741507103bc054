package api

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// authority is a certificate in PEM form, of nobody.
const authority = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUdjo6tSlNyXabR8h/1zcsJqQ0lmAwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLbWFkZS11cC1jYTAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEw
MDAwMDBaMBYxFDASBgNVBAMMC21hZGUtdXAtY2EwWTATBgcqhkjOPQIBBggqhkjO
-----END CERTIFICATE-----
`

func TestWhatIsWrongWithAConnection(t *testing.T) {
	const at = "spec.provider.vault."
	const beside = "required beside the other one, and not given (a client certificate is a certificate and its key)"
	for _, tc := range []struct {
		name, kind, vault, spec string
		want                    []string
	}{
		{"nothing", "SecretStore", "tls: {}, headers: {}, readYourWrites: true, forwardInconsistent: true", "", nil},
		{"not base64", "SecretStore", "caBundle: '{}'", "", []string{at + "caBundle: is not base64 (write the base64 of the PEM file: base64 -w0 ca.crt)"}},
		{"no PEM", "SecretStore", "caBundle: bWFkZS11cA==", "", []string{at + "caBundle: holds no certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----)"}},
		{"PEM that is no certificate", "SecretStore", "caBundle: " + base64.StdEncoding.EncodeToString([]byte(authority)), "", []string{at + "caBundle: holds PEM, and its first block is no certificate"}},
		{"authorities without a key", "SecretStore", "caProvider: {type: Secret, name: ca}", "", []string{at + "caProvider.key: required, and not given (name the key that holds the certificates)"}},
		{"authorities of a type that there is not", "SecretStore", "caProvider: {type: secret, name: ca, key: k}", "", []string{at + `caProvider.type: "secret" is none of Secret, ConfigMap (did you mean Secret?)`}},
		{"authorities of another namespace", "SecretStore", "caProvider: {type: Secret, name: ca, key: k, namespace: other}", "", []string{
			at + `caProvider.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`}},
		{"authorities of no namespace", "ClusterSecretStore", "caProvider: {type: ConfigMap, name: ca, key: k}", "", []string{
			at + "caProvider.namespace: required of a ClusterSecretStore, and not given (write the namespace of the ConfigMap)"}},
		{"authorities that nobody looks for, since caBundle wins", "SecretStore", "caBundle: " + base64.StdEncoding.EncodeToString([]byte(sound509)) + ", caProvider: {type: Secret, name: ca, namespace: other}", "", nil},
		{"a certificate without its key", "SecretStore", "tls: {certSecretRef: {name: c}}", "", []string{at + "tls.keySecretRef: " + beside}},
		{"a key without its certificate", "SecretStore", "tls: {keySecretRef: {name: c}}", "", []string{at + "tls.certSecretRef: " + beside}},
		{"a client of another namespace", "SecretStore", "tls: {certSecretRef: {name: c, namespace: other}, keySecretRef: {}}", "", []string{
			at + `tls.certSecretRef.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`,
			at + "tls.keySecretRef.name: required, and not given"}},
		{"headers", "SecretStore", `headers: {X-Team: shop, X-Vault-Namespace: team, Authorization: Basic made-up}`, "", nil},
		{"headers that are none", "SecretStore", `headers: {"X Team": a, "": b, X-Two: "a\nb", X-Vault-Token: made-up, authorization: bearer made-up, Authorization: "\t Bearer made-up", hOsT: h, X-Vault-Wrap-TTL: 1m, X-Vault-Request: "false", X-Original-URL: /v1/sys}`, "", []string{
			at + "headers[]: is no name of a header",
			at + "headers[Authorization]: is how a token is sent (put the token into a Secret, and set auth.tokenSecretRef)",
			at + "headers[X Team]: is no name of a header",
			at + "headers[X-Original-URL]: is not for a store to set (leave it out)",
			at + "headers[X-Two]: has a line break in it, or another character that a header cannot have (write it as one line)",
			at + "headers[X-Vault-Request]: is not for a store to set (leave it out)",
			at + "headers[X-Vault-Token]: is how a token is sent (put the token into a Secret, and set auth.tokenSecretRef)",
			at + "headers[X-Vault-Wrap-TTL]: is not for a store to set (leave it out)",
			at + "headers[authorization]: is how a token is sent (put the token into a Secret, and set auth.tokenSecretRef)",
			at + "headers[hOsT]: is not for a store to set (leave it out)"}},
		{"half of two that belong together", "SecretStore", "forwardInconsistent: true", "", []string{at + "forwardInconsistent: has no effect without readYourWrites (set readYourWrites: true as well, or leave it out)"}},
		{"retries", "SecretStore", "version: v2", "retrySettings: {maxRetries: 0, retryInterval: 0s}", nil},
		{"retries that are none", "SecretStore", "version: v2", "retrySettings: {maxRetries: -1, retryInterval: -1s}", []string{
			"spec.retrySettings.maxRetries: must be from 0 to 100", "spec.retrySettings.retryInterval: must not be less than zero"}},
		{"retries without end", "SecretStore", "version: v2", "retrySettings: {maxRetries: 101}", []string{"spec.retrySettings.maxRetries: must be from 0 to 100"}},
		{"the most retries", "SecretStore", "version: v2", "retrySettings: {maxRetries: 100}", nil},
		{"retries in other types", "SecretStore", "version: v2", "retrySettings: {maxRetries: '5', retryInterval: 5}", []string{
			"spec.retrySettings.maxRetries: must be a whole number, is a string", "spec.retrySettings.retryInterval: must be a string, is a number (write it in quotes)"}},
		{"retries at no time", "SecretStore", "version: v2", "retrySettings: {maxRetries: 1.5, retryInterval: soon}", []string{
			"spec.retrySettings.maxRetries: must be a whole number, is a number",
			`spec.retrySettings.retryInterval: "soon" is not a duration: it takes at most 253 characters, numbers with a unit each, as in 1h30m`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			document := fmt.Sprintf("kind: %s\nmetadata: {name: vault, namespace: shop}\nspec:\n  provider: {vault: {server: s, %s}}\n", tc.kind, tc.vault)
			if tc.spec != "" {
				document += "  " + tc.spec + "\n"
			}
			if diff := cmp.Diff(tc.want, problemsOf(t, document, &Store{})); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsWrongWithALogin(t *testing.T) {
	const at = "spec.provider.vault.auth."
	const ref = "{name: s, key: k}"
	outside := func(field string) string {
		return at + field + `.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`
	}
	const empty = "is empty (write where the method is enabled in Vault, or leave it out)"
	for _, tc := range []struct {
		name, auth string
		want       []string
	}{
		{"appRole", "appRole: {roleId: r, secretRef: " + ref + "}", nil},
		{"appRole without a role", "appRole: {roleId: '', secretRef: " + ref + "}", []string{
			at + "appRole.roleId: required, and not given; nor is roleRef (write what vault read auth/approle/role/NAME/role-id says)"}},
		{"appRole with a role of white space, which wins", "appRole: {roleId: ' ', roleRef: " + ref + ", secretRef: " + ref + "}", []string{
			at + "appRole.roleId: holds nothing but white space (write what vault read auth/approle/role/NAME/role-id says)"}},
		{"appRole with a roleRef that nobody follows", "appRole: {roleId: r, roleRef: {name: s, namespace: other}, secretRef: " + ref + "}", nil},
		{"appRole without keys", "appRole: {roleRef: {name: s}, secretRef: {}}", []string{
			at + "appRole.roleRef.key: required, and not given (name the Secret's key that holds the role ID)",
			at + "appRole.secretRef.name: required, and not given",
			at + "appRole.secretRef.key: required, and not given (name the Secret's key that holds the secret ID)"}},
		{"appRole out of its namespace", "appRole: {path: '/', roleRef: {name: s, key: k, namespace: other}, secretRef: " + ref + "}", []string{
			at + "appRole.path: " + empty, outside("appRole.roleRef")}},
		{"ldap", "ldap: {username: team/ada, secretRef: " + ref + "}", nil},
		{"ldap without a name", "ldap: {username: ' ', secretRef: " + ref + "}", []string{at + "ldap.username: is empty"}},
		{"a name that leads elsewhere", "ldap: {username: a/../b, secretRef: " + ref + "}", []string{
			at + "ldap.username: is no name that stands in a path: it begins or ends with a slash, or has //, or . or .. between slashes"}},
		{"a name that begins with a slash", "userPass: {username: /a, secretRef: {name: s}}", []string{
			at + "userPass.secretRef.key: required, and not given (name the Secret's key that holds the password)",
			at + "userPass.username: is no name that stands in a path: it begins or ends with a slash, or has //, or . or .. between slashes"}},
		{"a password that nothing holds", "userPass: {username: ada}", []string{
			at + "userPass.secretRef.name: required, and not given",
			at + "userPass.secretRef.key: required, and not given (name the Secret's key that holds the password)"}},
		{"jwt", "jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: sa}, audiences: [], expirationSeconds: 600}}", nil},
		{"jwt without a source", "jwt: {role: r}", []string{at + "jwt: names no JWT (set secretRef, or kubernetesServiceAccountToken)"}},
		{"jwt of a Secret without a key", "jwt: {secretRef: {name: s}}", []string{at + "jwt.secretRef.key: required, and not given (name the Secret's key that holds the JWT)"}},
		{"jwt of an account that Kubernetes refuses", "jwt: {path: a/.., kubernetesServiceAccountToken: {serviceAccountRef: {name: sa, namespace: other}, audiences: [''], expirationSeconds: 599}}", []string{
			at + "jwt.path: leads out of its mount with .. (write the path without it)",
			outside("jwt.kubernetesServiceAccountToken.serviceAccountRef"),
			at + "jwt.kubernetesServiceAccountToken.audiences[0]: is empty (write the audience that the role in Vault asks for, or leave audiences out)",
			at + "jwt.kubernetesServiceAccountToken.expirationSeconds: must be at least 600: Kubernetes grants no less"}},
		{"jwt of a Secret, before an account that is none", "jwt: {secretRef: " + ref + ", kubernetesServiceAccountToken: {serviceAccountRef: {name: sa, namespace: other}, expirationSeconds: 1}}", nil},
		{"kubernetes by an account, before a Secret that is none", "kubernetes: {role: r, serviceAccountRef: {name: sa}, secretRef: {}}", nil},
		{"kubernetes by an account, beside a Secret out of its namespace", "kubernetes: {role: r, serviceAccountRef: {name: sa}, secretRef: {namespace: other}}", []string{outside("kubernetes.secretRef")}},
		{"cert", "cert: {clientCert: " + ref + ", secretRef: " + ref + "}", nil},
		{"half a cert", "cert: {clientCert: " + ref + "}", []string{
			at + "cert.secretRef.name: required, and not given",
			at + "cert.secretRef.key: required, and not given (name the Secret's key that holds the certificate's private key)"}},
		{"iam by the environment", "iam: {vaultRole: r}", nil},
		{"iam without a role", "iam: {role: arn}", []string{at + "iam.vaultRole: required, and not given"}},
		{"iam with half its keys", "iam: {vaultRole: r, secretRef: {accessKeyIDSecretRef: " + ref + ", sessionTokenSecretRef: {name: s}}}", []string{
			at + "iam.secretRef.secretAccessKeySecretRef.name: required, and not given",
			at + "iam.secretRef.secretAccessKeySecretRef.key: required, and not given (name the Secret's key that holds the secret access key)",
			at + "iam.secretRef.sessionTokenSecretRef.key: required, and not given (name the Secret's key that holds the session token)"}},
		{"iam by an account, before keys that are none", "iam: {vaultRole: r, jwt: {serviceAccountRef: {name: sa}}, secretRef: {}}", nil},
		{"iam by an account that is not named", "iam: {vaultRole: r, jwt: {}, secretRef: {accessKeyIDSecretRef: " + ref + ", secretAccessKeySecretRef: " + ref + "}}", []string{
			at + "iam.jwt: names no service account (set serviceAccountRef, or leave jwt out)"}},
		{"iam of another namespace's account", "iam: {vaultRole: r, jwt: {serviceAccountRef: {name: sa, namespace: other}}}", []string{outside("iam.jwt.serviceAccountRef")}},
		{"gcp", "gcp: {role: r, projectID: p, location: l}", nil},
		{"the paths that ESO fills in itself", "iam: {path: '', vaultRole: r}, gcp: {path: '', role: r}, cert: {path: '', clientCert: " + ref + ", secretRef: " + ref + "}", nil},
		{"methods that are not taken", "tokenSecretRef: " + ref + ", appRole: {path: '', roleRef: {name: s}, secretRef: {}}, kubernetes: {mountPath: a/.., role: r, secretRef: {}}, " +
			"ldap: {username: ''}, userPass: {username: /}, jwt: {secretRef: {}}, cert: {}, iam: {vaultRole: r, jwt: {}}, gcp: {role: r, secretRef: {}}", nil},
		{"what ESO's webhook has against methods that are not taken", "tokenSecretRef: " + ref + ", appRole: {secretRef: {namespace: other}}, jwt: {}, ldap: {username: '', secretRef: {namespace: other}}", []string{
			at + "appRole.roleId: required, and not given; nor is roleRef (write what vault read auth/approle/role/NAME/role-id says)",
			outside("appRole.secretRef"),
			outside("ldap.secretRef"),
			at + "jwt: names no JWT (set secretRef, or kubernetesServiceAccountToken)"}},
		{"gcp without a key", "gcp: {role: r, secretRef: {}}", []string{
			at + "gcp.secretRef.secretAccessKeySecretRef.name: required, and not given",
			at + "gcp.secretRef.secretAccessKeySecretRef.key: required, and not given (name the Secret's key that holds the service account's key)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			document := "kind: SecretStore\nmetadata: {name: vault, namespace: shop}\nspec: {provider: {vault: {server: s, auth: {" + tc.auth + "}}}}\n"
			if diff := cmp.Diff(tc.want, problemsOf(t, document, &Store{})); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCertificatesMayBeEncodedTwice is as ESO has it.
func TestCertificatesMayBeEncodedTwice(t *testing.T) {
	once := base64.StdEncoding.EncodeToString([]byte(sound509))
	// PEM alone has no character whose code differs in the two alphabets; words before
	// it may have.
	forAddresses := base64.URLEncoding.EncodeToString([]byte("made up??>>~~\n" + sound509))
	if !strings.ContainsAny(forAddresses, "-_") {
		t.Fatal("the two alphabets give the same")
	}
	for name, bundle := range map[string]string{
		"once":                   once,
		"once, on several lines": once[:60] + "\n" + once[60:],
		"twice":                  base64.StdEncoding.EncodeToString([]byte(once)),
		"twice, for addresses":   base64.StdEncoding.EncodeToString([]byte(forAddresses)),
	} {
		v := VaultProvider{CABundle: bundle}
		pem, problem := v.Certificates()
		if problem != nil || strings.TrimSpace(strings.TrimPrefix(pem, "made up??>>~~\n")) != strings.TrimSpace(sound509) {
			t.Errorf("%s: got %q, %v", name, pem, problem)
		}
	}
}

// sound509 is a certificate that parses, of an authority whose key is lost.
const sound509 = `-----BEGIN CERTIFICATE-----
MIIBTDCB86ADAgECAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMTCm1hZGUtdXAt
Y2EwIBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMBUxEzARBgNVBAMT
Cm1hZGUtdXAtY2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASZKAYcl5WSCP2I
scTr8l9sqBDYocno1TPMEhOfMEmCPd/pzGipEk8kSknr+qQ7seStbiOwBUqiSDPy
HS5oD4r7ozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBRzR4w7zaS9mKKg
zOq2A5YvZdISOTAKBggqhkjOPQQDAgNIADBFAiAy5TNpZ9SseTkx/9GQnio82NW1
DnoNjmx5hpu5DaVoiQIhANwFMw03uJ9e075ds8hiW1eDKTWZfo5zA9UBIJZdCuib
-----END CERTIFICATE-----
`
