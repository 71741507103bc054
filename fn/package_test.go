package fn

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
)

// connected runs the documents and returns the one connection that was used.
func connected(t *testing.T, documents string) (Connection, Problems) {
	t.Helper()
	source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
	_, problems := Run(context.Background(), Input{Items: items(t, documents)}, source)
	if len(problems) > 0 {
		return Connection{}, problems
	}
	if len(source.read) != 1 {
		t.Fatalf("%d reads", len(source.read))
	}
	return source.read[0].Connection, nil
}

const readApp = "data: [{secretKey: k, remoteRef: {key: app}}]"

func clusterStore(auth string) string {
	return "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: vault}\n" +
		"spec: {provider: {vault: {server: s, auth: " + auth + "}}}\n---\n"
}

func clusterES(namespace string) string {
	return strings.NewReplacer("{name: vault}", "{name: vault, kind: ClusterSecretStore}", "{name: db}", "{name: db, namespace: "+namespace+"}").Replace(es("db", readApp))
}

func TestATokenIsTakenFromTheSecretThatIsMeant(t *testing.T) {
	secret := func(namespace, body string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: " + namespace + "}\n" + body + "\n---\n"
	}
	const ref = "{tokenSecretRef: {name: login, key: token, namespace: vault}}"
	for _, tc := range []struct {
		name, secrets string
		token, fault  string
	}{
		{"stringData", secret("vault", "stringData: {token: made-up-1}"), "made-up-1", ""},
		{"data", secret("vault", "data: {token: bWFkZS11cC0y}"), "made-up-2", ""},
		{"stringData wins, as in the API server", secret("vault", "data: {token: bWFkZS11cC0y}\nstringData: {token: made-up-1}"), "made-up-1", ""},
		{"an alias", secret("vault", "x: &t made-up-3\nstringData: {token: *t}"), "made-up-3", ""},
		{"another namespace's is not it", secret("shop", "stringData: {token: made-up-1}"), "", "no Secret vault/login among the manifests given"},
		{"no such key", secret("vault", "stringData: {tokn: made-up-1}"), "", `Secret vault/login has no key "token"`},
		{"empty", secret("vault", "stringData: {token: ''}"), "", `Secret vault/login: key "token" is empty`},
		{"not base64", secret("vault", "data: {token: made up}"), "", "Secret vault/login: data[token] is not base64"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, problems := connected(t, clusterStore(ref)+tc.secrets+clusterES("shop"))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got := c.Login.Credential
			if got.Value.Reveal() != tc.token || got.Unresolved != tc.fault {
				t.Errorf("got %q for %s", got.Unresolved, tc.name)
			}
		})
	}
}

// renamed is what an object looks like to a transformer after kustomize gave it
// a prefix: the references to it still say the old name (hosts do so for kinds
// that they do not know).
func renamed(prefix, name string) string {
	return fmt.Sprintf(`apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: %[1]s%[2]s
  annotations:
    internal.config.kubernetes.io/previousNames: %[2]s
    internal.config.kubernetes.io/previousNamespaces: default
    internal.config.kubernetes.io/prefixes: %[1]s
spec: {provider: {vault: {server: %[1]s, auth: {kubernetes: {role: r}}}}}
---
`, prefix, name)
}

func TestAStoreIsFoundByTheNameItHadBeforeKustomizeRenamedIt(t *testing.T) {
	prefixed := func(prefix string) string {
		return strings.Replace(es("db", readApp), "{name: db}", "{name: db, annotations: {internal.config.kubernetes.io/prefixes: "+prefix+"}}", 1)
	}
	for _, tc := range []struct {
		name, documents string
		server, problem string
	}{
		{"renamed", renamed("pre-", "vault") + es("db", readApp), "pre-", ""},
		{"the present name wins", renamed("pre-", "vault") + strings.Replace(renamed("x", "other"), "name: xother", "name: vault", 1) + es("db", readApp), "x", ""},
		{"of two, that of the same layer", renamed("a-", "vault") + renamed("b-", "vault") + prefixed("b-"), "b-", ""},
		{"of two, none of them nearer", renamed("a-", "vault") + renamed("b-", "vault") + es("db", readApp), "",
			`2 stores answer to SecretStore "vault": SecretStore a-vault, SecretStore b-vault`},
		{"moved to another namespace with its referrer", strings.NewReplacer("  name: pre-vault", "  name: pre-vault\n  namespace: shop").Replace(renamed("pre-", "vault")) +
			strings.Replace(es("db", readApp), "{name: db}", "{name: db, namespace: shop}", 1), "pre-", ""},
		{"in another namespace", strings.NewReplacer("  name: pre-vault", "  name: pre-vault\n  namespace: other", "previousNamespaces: default", "x: y").Replace(renamed("pre-", "vault")) +
			strings.Replace(es("db", readApp), "{name: db}", "{name: db, namespace: shop}", 1), "", `no SecretStore "vault" in namespace "shop" among the manifests given`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, problems := connected(t, tc.documents)
			if tc.problem != "" {
				if !strings.Contains(problems.Error(), tc.problem) {
					t.Fatalf("got %v", problems)
				}
				return
			}
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if c.Server != tc.server {
				t.Errorf("got the store of %q", c.Server)
			}
		})
	}
}

func TestStoresOfOneServerAndAuthAreOneConnection(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
	two := clusterStore("{kubernetes: {role: r, serviceAccountRef: {name: sa, namespace: vault}}}")
	_, problems := Run(context.Background(), Input{Items: items(t, two+strings.Replace(two, "name: vault}", "name: vault2}", 1)+
		clusterES("a")+"---\n"+strings.Replace(clusterES("b"), "{name: vault,", "{name: vault2,", 1))}, source)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(source.read) != 1 {
		t.Errorf("%d reads: two connections", len(source.read))
	}
}

func TestTheHostIsKnownByItsMarks(t *testing.T) {
	item := func(annotations string) []*manifest.Object {
		return []*manifest.Object{manifest.New(yaml.MustParse("kind: A\nmetadata: {name: a, annotations: {" + annotations + "}}"))}
	}
	for _, tc := range []struct {
		annotations string
		want        host
	}{
		{"", pipe},
		{"mine: x", pipe},
		{"kustomize.config.k8s.io/id: x", kustomize},
		{"config.kubernetes.io/path: a.yaml, internal.config.kubernetes.io/path: a.yaml", kpt},
		{"config.kubernetes.io/path: a.yaml", kpt},
		{"config.kubernetes.io/path: a.yaml, kustomize.config.k8s.io/id: x", kustomize},
		{"config.kubernetes.io/path: a.yaml, internal.config.kubernetes.io/previousNames: x", kustomize},
	} {
		if got := hostOf(Input{Items: item(tc.annotations)}); got != tc.want {
			t.Errorf("%q: got %d, want %d", tc.annotations, got, tc.want)
		}
		if got := hostOf(Input{Items: item(tc.annotations), Plain: true}); got != pipe {
			t.Errorf("%q on a plain document: got %d", tc.annotations, got)
		}
	}
}

func TestNamesAreReadThroughAliasesAndMerges(t *testing.T) {
	const document = `apiVersion: &v external-secrets.io/v1
kind: ExternalSecret
x: &m {name: db, namespace: &n default}
metadata: {<<: *m, labels: {of: *n}}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: k, remoteRef: {key: app}}]}
`
	got, _, problems := rendered(t, Input{Items: items(t, vaultStore+strings.Replace(document, "x: &m", "status: &m", 1))})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !strings.Contains(got, "kind: Secret\nmetadata:\n  name: db\n  namespace: default\n  labels:\n    of: default\n") {
		t.Errorf("got:\n%s", got)
	}
}

func TestObjectsThatAreOddAreLeftAlone(t *testing.T) {
	const odd = "kind: A\nmetadata: foo\n---\nkind: B\nmetadata: {annotations: [a]}\n---\nkind: C\nmetadata: {name: [x], annotations: {a: {b: c}}}\n---\nitems: x\n---\n"
	got, _, problems := rendered(t, Input{Items: items(t, odd+vaultStore+es("db", readApp))})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !strings.HasPrefix(got, odd) {
		t.Errorf("got:\n%s", got)
	}
}

func TestKindsOfTheGroup(t *testing.T) {
	object := func(apiVersion, kind string) string {
		return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: x}\n---\n"
	}
	for _, tc := range []struct{ name, document, problem, warning string }{
		{"a push is the operator's", object("external-secrets.io/v1alpha1", "PushSecret"), "", ""},
		{"a kind that is to come", object("external-secrets.io/v2", "SomethingElse"), "", ""},
		{"a mistyped kind", object("external-secrets.io/v1", "Externalsecret"), `Externalsecret x: kind: "Externalsecret" is no kind of external-secrets.io`, ""},
		{"a list", object("external-secrets.io/v1", "ExternalSecretList"), `kind: "ExternalSecretList" is a list`, ""},
		{"a ClusterExternalSecret that is none", object("external-secrets.io/v1", "ClusterExternalSecret"), "ClusterExternalSecret x: spec: required, and not given", ""},
		{"a version that is gone", object("external-secrets.io/v1alpha1", "ExternalSecret"), `apiVersion: "external-secrets.io/v1alpha1" is no version that esfn reads`, ""},
		{"another operator's", object("kubernetes-client.io/v1", "ExternalSecret"), "", `ExternalSecret x: apiVersion: "kubernetes-client.io/v1" is not read, and passes through`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, out, problems := rendered(t, Input{Items: items(t, tc.document+vaultStore+es("db", readApp))})
			if got := problems.Error(); !strings.Contains(got, tc.problem) || tc.problem == "" && got != "" {
				t.Errorf("problems: %v", problems)
			}
			if got := out.Warnings.Warnings(); !strings.Contains(got, tc.warning) || tc.warning == "" && got != "" {
				t.Errorf("warnings: %s", got)
			}
		})
	}
}

func TestAnythingGivenTwiceIsSaidWithItsPlaces(t *testing.T) {
	in := Input{Plain: true, Items: items(t, vaultStore+vaultStore+es("db", readApp)+"---\n"+es("db", readApp))}
	for i := range in.Items {
		in.Places = append(in.Places, Place{"in.yaml", 10*i + 1})
	}
	_, _, problems := rendered(t, in)
	const want = `error: ExternalSecret db: metadata.name: given twice; the other one is in in.yaml, line 41
  file: in.yaml, line 51
  hint: keep one of the two
error: ExternalSecret db: spec.secretStoreRef: 2 stores answer to SecretStore "vault": SecretStore vault (in.yaml), SecretStore vault (in.yaml, line 21)
  file: in.yaml, line 41
  hint: keep one of them
error: ExternalSecret db: spec.secretStoreRef: 2 stores answer to SecretStore "vault": SecretStore vault (in.yaml), SecretStore vault (in.yaml, line 21)
  file: in.yaml, line 51
  hint: keep one of them`
	if got := problems.Error(); got != want {
		t.Errorf("got:\n%s", got)
	}
}

func TestOfTwoSecretsByOneNameNoneIsTaken(t *testing.T) {
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: vault}\nstringData: {token: made-up}\n---\n"
	c, problems := connected(t, clusterStore("{tokenSecretRef: {name: login, key: token, namespace: vault}}")+secret+secret+clusterES("shop"))
	if len(problems) > 0 || c.Login.Credential.Unresolved != "2 Secrets answer to Secret vault/login: Secret vault/login, Secret vault/login" {
		t.Errorf("got %q, %v", c.Login.Credential.Unresolved, problems)
	}
}

func TestAStoreThatIsMissingSaysWhatThereIs(t *testing.T) {
	host := "metadata: {name: db, annotations: {kustomize.config.k8s.io/id: x}}"
	for _, tc := range []struct{ name, documents, want string }{
		{"a near name", vaultStore + strings.Replace(es("db", readApp), "{name: vault}", "{name: valut}", 1), "did you mean vault?"},
		{"another kind", vaultStore + strings.Replace(es("db", readApp), "{name: vault}", "{name: vault, kind: ClusterSecretStore}", 1), "there is a SecretStore of that name; set kind: SecretStore"},
		{"nothing", es("db", readApp), "give esfn the store together with the ExternalSecret"},
		{"nothing, under kustomize", strings.Replace(es("db", readApp), "metadata: {name: db}", host, 1), "consumed: Keep"},
		{"no name", vaultStore + strings.Replace(es("db", readApp), "{name: vault}", "{}", 1), "set spec.secretStoreRef"},
	} {
		_, problems := connected(t, tc.documents)
		if len(problems) != 1 || !strings.Contains(problems[0].Hint, tc.want) {
			t.Errorf("%s: got %v", tc.name, problems)
		}
	}
}

// TestAListWithoutItems is what kpt gives where selectors choose nothing, or where the
// command before a pipe failed: it is no success to be silent about.
func TestAListWithoutItems(t *testing.T) {
	_, out, problems := rendered(t, Input{})
	if got := out.Warnings.Warnings(); len(problems) > 0 || !strings.HasPrefix(got, "warning: was given no resources, and renders none\n") {
		t.Errorf("got %q, %v", got, problems)
	}
}
