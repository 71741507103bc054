package fn

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/secret"
)

// logins is what the stores of these tests refer to.
const logins = `apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
stringData: {id: " made-up-id ", credential: "made-up-credential\n", token: made-up-token, user: made-up-user}
---
`

// TestEveryLogin follows each method's references, and takes the first of several
// in ESO's order.
func TestEveryLogin(t *testing.T) {
	const field = "spec.provider.vault.auth."
	from := func(at, value string) Credential {
		key := map[string]string{" made-up-id ": "id", "made-up-credential\n": "credential", "made-up-token": "token", "made-up-user": "user"}[value]
		return Credential{Field: field + at, Value: secret.New(value), Secret: "Secret shop/login, key " + key}
	}
	const id, credential, token = " made-up-id ", "made-up-credential\n", "made-up-token"
	account := func(at string, audiences ...string) ServiceAccount {
		return ServiceAccount{Field: field + at, Namespace: "shop", Name: "sa"}.For(audiences...)
	}
	const ref = "{name: login, key: credential}"
	for _, tc := range []struct {
		name, auth string
		want       Login
	}{
		{"a token is taken as it is", "{tokenSecretRef: " + ref + "}",
			Login{Method: TokenLogin, Field: field + "tokenSecretRef", Credential: from("tokenSecretRef", credential)}},
		{"a token has no namespace to log in to", "{namespace: elsewhere, tokenSecretRef: " + ref + "}",
			Login{Method: TokenLogin, Field: field + "tokenSecretRef", Credential: from("tokenSecretRef", credential)}},
		{"a role ID is trimmed", `{appRole: {roleId: " made-up ", secretRef: ` + ref + "}}",
			Login{Method: AppRoleLogin, Field: field + "appRole", Mount: "approle", ID: Credential{Value: secret.New("made-up")}, Credential: from("appRole.secretRef", credential)}},
		{"roleId wins over a roleRef that leads nowhere", `{appRole: {roleId: made-up, roleRef: {name: nope}, secretRef: ` + ref + "}}",
			Login{Method: AppRoleLogin, Field: field + "appRole", Mount: "approle", ID: Credential{Value: secret.New("made-up")}, Credential: from("appRole.secretRef", credential)}},
		{"roleId wins over roleRef", `{appRole: {path: a/b, roleId: made-up, roleRef: {name: login, key: id}, secretRef: ` + ref + "}}",
			Login{Method: AppRoleLogin, Field: field + "appRole", Mount: "a/b", ID: Credential{Value: secret.New("made-up")}, Credential: from("appRole.secretRef", credential)}},
		{"a roleRef is not trimmed", "{appRole: {roleRef: {name: login, key: id}, secretRef: " + ref + "}}",
			Login{Method: AppRoleLogin, Field: field + "appRole", Mount: "approle", ID: from("appRole.roleRef", id), Credential: from("appRole.secretRef", credential)}},
		{"kubernetes, role not trimmed", `{kubernetes: {role: " r "}}`,
			Login{Method: KubernetesLogin, Field: field + "kubernetes", Mount: "kubernetes", Role: " r "}},
		{"kubernetes, a Secret's token", "{kubernetes: {role: r, mountPath: k8s, secretRef: {name: login}}}",
			Login{Method: KubernetesLogin, Field: field + "kubernetes", Mount: "k8s", Role: "r", Credential: from("kubernetes.secretRef", token)}},
		{"kubernetes, a service account", "{kubernetes: {role: r, serviceAccountRef: {name: sa, audiences: [a, b]}}}",
			Login{Method: KubernetesLogin, Field: field + "kubernetes", Mount: "kubernetes", Role: "r", ServiceAccount: account("kubernetes.serviceAccountRef", "a", "b")}},
		{"ldap, the name trimmed and the password not", `{ldap: {username: " ada ", secretRef: ` + ref + "}}",
			Login{Method: LDAPLogin, Field: field + "ldap", Mount: "ldap", User: "ada", Credential: from("ldap.secretRef", credential)}},
		{"userPass", "{userPass: {username: ada, path: users, secretRef: " + ref + "}}",
			Login{Method: UserPassLogin, Field: field + "userPass", Mount: "users", User: "ada", Credential: from("userPass.secretRef", credential)}},
		{"jwt, the role trimmed", `{jwt: {role: " r ", secretRef: ` + ref + "}}",
			Login{Method: JWTLogin, Field: field + "jwt", Mount: "jwt", Role: "r", Credential: from("jwt.secretRef", credential)}},
		{"jwt for vault, where nothing is said", "{jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: sa, audiences: [a]}}}}",
			Login{Method: JWTLogin, Field: field + "jwt", Mount: "jwt", ServiceAccount: account("jwt.kubernetesServiceAccountToken.serviceAccountRef", "a", "vault")}},
		{"jwt for nobody, where that is said", "{jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: sa}, audiences: []}}}",
			Login{Method: JWTLogin, Field: field + "jwt", Mount: "jwt", ServiceAccount: account("jwt.kubernetesServiceAccountToken.serviceAccountRef")}},
		{"jwt, its audiences after the account's", "{jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: sa, audiences: [a]}, audiences: [b], expirationSeconds: 900}}}",
			Login{Method: JWTLogin, Field: field + "jwt", Mount: "jwt", ServiceAccount: func() ServiceAccount {
				s := account("jwt.kubernetesServiceAccountToken.serviceAccountRef", "a", "b")
				s.Lifetime = 900
				return s
			}()}},
		{"jwt, a Secret before a service account", "{jwt: {secretRef: " + ref + ", kubernetesServiceAccountToken: {serviceAccountRef: {name: sa}}}}",
			Login{Method: JWTLogin, Field: field + "jwt", Mount: "jwt", Credential: from("jwt.secretRef", credential)}},
		{"cert", "{cert: {vaultRole: r, clientCert: {name: login, key: user}, secretRef: " + ref + "}}",
			Login{Method: CertLogin, Field: field + "cert", Mount: "cert", Role: "r",
				Certificate: ClientCertificate{from("cert.clientCert", "made-up-user"), from("cert.secretRef", credential)}}},
		{"iam, by the environment", "{iam: {vaultRole: r, region: eu-west-1, role: arn, externalID: e, vaultAwsIamServerID: s}}",
			Login{Method: AWSLogin, Field: field + "iam", Mount: "aws", Role: "r", AWS: AWS{Region: "eu-west-1", Role: "arn", ExternalID: "e", ServerID: "s"}}},
		{"iam, a service account before keys", "{iam: {vaultRole: r, path: p, jwt: {serviceAccountRef: {name: sa}}, secretRef: {accessKeyIDSecretRef: " + ref + ", secretAccessKeySecretRef: " + ref + "}}}",
			Login{Method: AWSLogin, Field: field + "iam", Mount: "p", Role: "r", ServiceAccount: account("iam.jwt.serviceAccountRef")}},
		{"iam, keys", "{iam: {vaultRole: r, secretRef: {accessKeyIDSecretRef: {name: login, key: user}, secretAccessKeySecretRef: " + ref + ", sessionTokenSecretRef: {name: login, key: token}}}}",
			Login{Method: AWSLogin, Field: field + "iam", Mount: "aws", Role: "r", AWS: AWS{AccessKeyID: from("iam.secretRef.accessKeyIDSecretRef", "made-up-user"),
				SecretAccessKey: from("iam.secretRef.secretAccessKeySecretRef", credential), SessionToken: from("iam.secretRef.sessionTokenSecretRef", token)}}},
		{"gcp, by the environment", "{gcp: {role: r, projectID: p, location: l}}", Login{Method: GCPLogin, Field: field + "gcp", Mount: "gcp", Role: "r"}},
		{"gcp, a key", "{gcp: {role: r, secretRef: {secretAccessKeySecretRef: " + ref + "}}}",
			Login{Method: GCPLogin, Field: field + "gcp", Mount: "gcp", Role: "r", Credential: from("gcp.secretRef.secretAccessKeySecretRef", credential)}},
		{"iam, where the default of its path is overwritten", "{iam: {path: '', vaultRole: r}}", Login{Method: AWSLogin, Field: field + "iam", Mount: "aws", Role: "r"}},
		{"gcp, where the default of its path is overwritten", "{gcp: {path: '', role: r}}", Login{Method: GCPLogin, Field: field + "gcp", Mount: "gcp", Role: "r"}},
		{"gcp, workload identity", "{gcp: {role: r, workloadIdentity: {}}}", Login{Method: RefusedLogin, Field: field + "gcp.workloadIdentity"}},
		{"gcp, a service account", "{gcp: {role: r, serviceAccountRef: {name: sa}}}", Login{Method: RefusedLogin, Field: field + "gcp.serviceAccountRef"}},

		{"a namespace to log in to", "{kubernetes: {role: r}, namespace: elsewhere}",
			Login{Method: KubernetesLogin, Field: field + "kubernetes", Mount: "kubernetes", Role: "r", Namespace: "elsewhere", HasNamespace: true}},
		{"the root namespace to log in to", "{kubernetes: {role: r}, namespace: ''}",
			Login{Method: KubernetesLogin, Field: field + "kubernetes", Mount: "kubernetes", Role: "r", HasNamespace: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, problems := connected(t, clusterStore(tc.auth)+logins+clusterES("shop"))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(tc.want, c.Login, cmp.Comparer(func(a, b Login) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheLoginIsTheFirstThatTheStoreGives(t *testing.T) {
	const password = "{username: u, secretRef: {name: login, key: credential}}"
	inOrder := []struct {
		auth string
		want LoginMethod
	}{
		{"tokenSecretRef: {name: login, key: token}", TokenLogin},
		{"appRole: {roleId: r, secretRef: {name: login, key: credential}}", AppRoleLogin},
		{"kubernetes: {role: r}", KubernetesLogin},
		{"ldap: " + password, LDAPLogin},
		{"userPass: " + password, UserPassLogin},
		{"jwt: {secretRef: {name: login, key: token}}", JWTLogin},
		{"cert: {clientCert: {name: login, key: user}, secretRef: {name: login, key: token}}", CertLogin},
		{"iam: {vaultRole: r}", AWSLogin},
		{"gcp: {role: r}", GCPLogin},
	}
	all := ""
	for i := len(inOrder) - 1; i >= 0; i-- {
		all += inOrder[i].auth + ", "
		c, problems := connected(t, clusterStore("{"+all+"}")+logins+clusterES("shop"))
		if len(problems) > 0 || c.Login.Method != inOrder[i].want {
			t.Errorf("%s: got %q, %v", all, c.Login.Method, problems)
		}
	}
}

func TestReferencesOfAClusterSecretStoreMeanTheExternalSecretsNamespace(t *testing.T) {
	for _, tc := range []struct{ name, auth, want string }{
		{"without a namespace", "{kubernetes: {role: r, serviceAccountRef: {name: sa}}}", "shop"},
		{"with one", "{kubernetes: {role: r, serviceAccountRef: {name: sa, namespace: vault}}}", "vault"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, problems := connected(t, clusterStore(tc.auth)+clusterES("shop"))
			if got := c.Login.ServiceAccount; len(problems) > 0 || got.Name != "sa" || got.Namespace != tc.want {
				t.Errorf("got %+v, %v", got, problems)
			}
		})
	}
}
