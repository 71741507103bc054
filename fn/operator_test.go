package fn

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// operators is an Operator of documents, in a file of their own.
func operators(t *testing.T, documents string) Operator {
	t.Helper()
	var o Operator
	if documents != "" {
		o.Items = items(t, documents)
	}
	for i := range o.Items {
		o.Places = append(o.Places, Place{"mine.yaml", 10*i + 1})
	}
	return o
}

// storeAt is a store that logs in by a Secret, of a kind and with a name and more
// metadata.
func storeAt(server, kind, metadata string) string {
	return "apiVersion: external-secrets.io/v1\nkind: " + kind + "\nmetadata: {" + metadata + "}\n" +
		"spec: {provider: {vault: {server: " + server + ", path: kv, auth: {tokenSecretRef: {name: login, key: token}}}}}\n---\n"
}

// old is the annotation that kustomize leaves when it renames; } ends it.
const old = "annotations: {internal.config.kubernetes.io/previousNames: "

func TestTheOperatorsStoreWins(t *testing.T) {
	es := es("db", readApp)
	shop := strings.Replace(es, "{name: db}", "{name: db, namespace: shop}", 1)
	const theirs, mine = "theirs.example", "mine.example"
	for _, tc := range []struct {
		name, operator, stores, es string
		server                     string // that is asked
		stays                      bool   // the package's store is in the output
		says                       string
	}{
		{"by name", storeAt(mine, "SecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: vault"), es, mine, false, ""},
		{"where the package has none", storeAt(mine, "SecretStore", "name: vault"), "", es, mine, false, ""},
		{"of another name", storeAt(mine, "SecretStore", "name: vault2"), storeAt(theirs, "SecretStore", "name: vault"), es, theirs, false, ""},
		{"of another kind", storeAt(mine, "ClusterSecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: vault"), es, theirs, false, ""},
		{"cluster-wide", storeAt(mine, "ClusterSecretStore", "name: vault"), storeAt(theirs, "ClusterSecretStore", "name: vault"), clusterES("shop"), mine, false, ""},
		{"in the namespace", storeAt(mine, "SecretStore", "name: vault, namespace: shop"), storeAt(theirs, "SecretStore", "name: vault, namespace: shop"), shop, mine, false, ""},
		{"in another namespace", storeAt(mine, "SecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: vault, namespace: shop"), shop, theirs, false, ""},
		{"default is no namespace", storeAt(mine, "SecretStore", "name: vault, namespace: default"), storeAt(theirs, "SecretStore", "name: vault"), es, mine, false, ""},
		{"as v1beta1", strings.Replace(storeAt(mine, "SecretStore", "name: vault"), "io/v1", "io/v1beta1", 1), storeAt(theirs, "SecretStore", "name: vault"), es, mine, false, ""},
		{"over one that is broken", storeAt(mine, "SecretStore", "name: vault"), "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: broken\n---\n", es, mine, false, ""},
		{"and one that nobody uses is nobody's problem", storeAt(mine, "SecretStore", "name: vault") + "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: other}\nspec: broken\n---\n", "", es, mine, false, ""},
		{"and one of the package that nobody uses passes through", storeAt(mine, "SecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: other"), es, mine, true, ""},
		{"even with what is wrong with it", "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: {provider: {vault: {sever: x}}}\n", storeAt(theirs, "SecretStore", "name: vault"), es, "", false,
			"error: SecretStore vault: spec.provider.vault.server: required, and not given\n  file: mine.yaml\n" +
				"error: SecretStore vault: spec.provider.vault.sever: no such field\n  file: mine.yaml\n  hint: did you mean server?"},

		{"renamed by kustomize", storeAt(mine, "SecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: blue-vault, "+old+"vault}"), es, mine, false, ""},
		{"named as kustomize renames", storeAt(mine, "SecretStore", "name: blue-vault"), storeAt(theirs, "SecretStore", "name: blue-vault, "+old+"vault}"), es, mine, false, ""},
		{"named as it was between two layers", storeAt(mine, "SecretStore", "name: x-vault"), storeAt(theirs, "SecretStore", "name: blue-x-vault, "+old+"'vault,x-vault'}"), es, mine, false, ""},
		{"by the name that is referred to before any other", storeAt(mine, "SecretStore", "name: vault") + storeAt("not.example", "SecretStore", "name: blue-vault"), storeAt(theirs, "SecretStore", "name: blue-vault, "+old+"vault}"), es, mine, false, ""},
		{"by its last name before those it had", storeAt("not.example", "SecretStore", "name: a-vault") + storeAt(mine, "SecretStore", "name: b-a-vault"), storeAt(theirs, "SecretStore", "name: b-a-vault, "+old+"'vault,a-vault'}"), es, mine, false, ""},
		{"one of two that may be meant is no answer", storeAt(mine, "SecretStore", "name: a-vault"), storeAt(theirs, "SecretStore", "name: a-vault, "+old+"vault}") + storeAt(theirs, "SecretStore", "name: b-vault, "+old+"vault}"), es, "", false,
			`error: spec.secretStoreRef: 2 stores answer to SecretStore "vault": SecretStore a-vault, SecretStore b-vault` + "\n  hint: refer to the store by the name that it ends up with"},
		{"both of two are replaced", storeAt(mine, "SecretStore", "name: vault"), storeAt(theirs, "SecretStore", "name: a-vault, "+old+"vault}") + storeAt(theirs, "SecretStore", "name: b-vault, "+old+"vault}"), es, mine, false, ""},
		// What the package writes on its store opens no namespace of the operator's.
		{"never out of its namespace", storeAt(mine, "SecretStore", "name: vault, namespace: payments"),
			storeAt(theirs, "SecretStore", "name: vault, namespace: shop, annotations: {internal.config.kubernetes.io/previousNamespaces: payments}"), shop, theirs, false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}
			in := Input{Items: items(t, tc.stores+tc.es), Operator: operators(t, tc.operator)}
			before := written(t, in.Operator.Items)
			out, problems := Run(context.Background(), in, source)
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Fatalf("said (-want +got):\n%s", diff)
			}
			if tc.server == "" {
				return
			}
			if got := source.read[0].Connection; got.Server != tc.server || got.Operator != (tc.server == mine) {
				t.Errorf("asked %s, the operator's: %v", got.Server, got.Operator)
			}
			if got := written(t, out.Items); strings.Contains(got, "SecretStore") != tc.stays || strings.Contains(got, mine) {
				t.Errorf("got:\n%s", got)
			}
			if written(t, in.Operator.Items) != before {
				t.Error("the operator's items were changed")
			}
		})
	}
}

// TestNothingOfTheOperatorsComesOut renders once with everything that an operator
// can give, where consumed stores are kept.
func TestNothingOfTheOperatorsComesOut(t *testing.T) {
	mine := storeAt("mine.example", "SecretStore", "name: vault") + namespace("default", "of: mine") +
		"apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {token: made-up-token}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-mine}\n"
	got, out, problems := rendered(t, Input{Items: items(t, placed(vaultStore+es("db", readApp))), Operator: operators(t, mine)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if strings.Contains(got, "mine") || len(out.Items) != 4 { // the Secret beside what was given
		t.Errorf("got:\n%s", got)
	}
	if !strings.HasPrefix(got, "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {annotations: {config.kubernetes.io/path: p.yaml, config.kubernetes.io/local-config: 'true'}, name: vault}") {
		t.Errorf("the store that was replaced is not kept, and marked, under kpt:\n%s", got)
	}
}

func TestWhatHasNoPlaceAmongTheOperatorsThings(t *testing.T) {
	const takes = "\n  hint: it takes SecretStores, ClusterSecretStores, and the Secrets, ConfigMaps and Namespaces that these need"
	const twice = "\n  hint: keep one of the two"
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: NS}\n---\n"
	for _, tc := range []struct{ name, documents, says string }{
		{"an ExternalSecret", es("mine", readApp), "error: ExternalSecret mine: has no place in ESFN_STORES\n  file: mine.yaml" + takes},
		{"a workload, after a store", storeAt("mine.example", "SecretStore", "name: v") + "apiVersion: v1\nkind: Pod\nmetadata: {name: mine}\n",
			"error: Pod mine: has no place in ESFN_STORES\n  file: mine.yaml, line 11" + takes},
		{"another group's store", "apiVersion: example.com/v1\nkind: SecretStore\nmetadata: {name: mine}\n", "error: SecretStore mine: has no place in ESFN_STORES\n  file: mine.yaml" + takes},
		{"another group's Secret", "apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: mine}\n", "error: Secret mine: has no place in ESFN_STORES\n  file: mine.yaml" + takes},
		{"a functionConfig", "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: mine}\n", "error: RenderExternalSecrets mine: has no place in ESFN_STORES\n  file: mine.yaml" + takes},
		{"a store without a name", storeAt("mine.example", "SecretStore", ""), "error: SecretStore: metadata.name: required, and not given\n  file: mine.yaml"},
		{"a Namespace that no cluster has", namespace("Shop", ""), "error: Namespace Shop: metadata.name: \"Shop\" is no name of a namespace\n  file: mine.yaml"},
		{"a store twice", strings.Repeat(storeAt("mine.example", "SecretStore", "name: v"), 2), "error: SecretStore v: metadata.name: given twice in ESFN_STORES; the other one is in mine.yaml\n  file: mine.yaml, line 11" + twice},
		{"a Secret twice", strings.Repeat(secret, 2), "error: Secret NS/login: metadata.name: given twice in ESFN_STORES; the other one is in mine.yaml\n  file: mine.yaml, line 11" + twice},
		{"a ClusterSecretStore twice, whatever namespaces it names", storeAt("mine.example", "ClusterSecretStore", "name: v, namespace: a") + storeAt("mine.example", "ClusterSecretStore", "name: v"),
			"error: ClusterSecretStore v: metadata.name: given twice in ESFN_STORES; the other one is in mine.yaml\n  file: mine.yaml, line 11" + twice},
		{"a Namespace twice", namespace("shop", "a: b") + namespace("shop", "a: c"), "error: Namespace shop: metadata.name: given twice in ESFN_STORES; the other one is in mine.yaml\n  file: mine.yaml, line 11" + twice},
		{"a Namespace twice, whatever namespaces it names", namespace("shop", "a: b") + strings.Replace(namespace("shop", "a: c"), "{name: shop", "{namespace: other, name: shop", 1), "error: Namespace other/shop: metadata.name: given twice in ESFN_STORES; the other one is in mine.yaml\n  file: mine.yaml, line 11" + twice},
		{"one name in two namespaces and kinds", strings.Replace(secret, "NS", "a", 1) + strings.Replace(secret, "NS", "b", 1) + namespace("login", "") + storeAt("mine.example", "SecretStore", "name: login, namespace: a"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}
			out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", readApp)), Operator: operators(t, tc.documents)}, source)
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if tc.says != "" && len(source.read) > 0 {
				t.Error("something was read although the environment is wrong")
			}
		})
	}
}

func TestStoresOfThePackageCanBeDenied(t *testing.T) {
	document := es("db", readApp)
	const useMine = "\n  hint: use a store that whoever runs esfn provides in ESFN_STORES"
	const denied = `error: spec.secretStoreRef: SecretStore "vault" comes with the manifests, and ESFN_PACKAGE_STORES=deny` + useMine
	mine, theirs := storeAt("mine.example", "SecretStore", "name: vault"), storeAt("theirs.example", "SecretStore", "name: vault")
	for _, tc := range []struct{ name, operator, documents, says string }{
		{"the package's", "", theirs + document, denied},
		{"the package's, twice", "", theirs + theirs + document, denied},
		{"the operator's", mine, document, ""},
		{"the operator's in place of the package's", mine, theirs + document, ""},
		{"the operator's in place of one that was renamed", storeAt("mine.example", "SecretStore", "name: blue-vault"), storeAt("theirs.example", "SecretStore", "name: blue-vault, "+old+"vault}") + document, ""},
		{"one of the package's that nobody uses", mine, strings.Replace(theirs, "name: vault", "name: other", 1) + document, ""},
		{"an entry's own", mine, strings.Replace(theirs, "name: vault", "name: other", 1) + es("db", readApp[:len(readApp)-2]+", sourceRef: {storeRef: {name: other}}}]"),
			`error: spec.data[0].sourceRef.storeRef: SecretStore "other" comes with the manifests, and ESFN_PACKAGE_STORES=deny` + useMine},
		{"none", mine, strings.Replace(document, "{name: vault}", "{name: nowhere}", 1), `error: spec.secretStoreRef: no SecretStore "nowhere" in namespace "default" among the manifests given or in ESFN_STORES` + useMine},
		{"none, but for a near name", mine, strings.Replace(document, "{name: vault}", "{name: valut}", 1), `error: spec.secretStoreRef: no SecretStore "valut" in namespace "default" among the manifests given or in ESFN_STORES` + "\n  hint: did you mean vault?"},
		{"a near name of the package's is no help", "", theirs + strings.Replace(document, "{name: vault}", "{name: valut}", 1), `error: spec.secretStoreRef: no SecretStore "valut" in namespace "default" among the manifests given` + useMine},
		{"another controller's is not esfn's to deny", "", strings.Replace(theirs, "spec: {", "spec: {controller: other, ", 1) + document,
			`warning: passes through: SecretStore vault is for the controller "other"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			operator := operators(t, tc.operator)
			operator.DenyPackageStores = true
			_, out, problems := rendered(t, Input{Items: items(t, tc.documents), Operator: operator})
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAReplacedStoreStaysWithWhatPassesThrough has two ExternalSecrets that use
// one store of the package by two names, of which the operator has one each.
func TestAReplacedStoreStaysWithWhatPassesThrough(t *testing.T) {
	theirs := storeAt("theirs.example", "SecretStore", "name: blue-vault, "+old+"vault}")
	mine := storeAt("mine.example", "SecretStore", "name: vault") + strings.Replace(storeAt("mine.example", "SecretStore", "name: blue-vault"), "spec: {", "spec: {controller: other, ", 1)
	foreign := strings.Replace(es("theirs", readApp), "{name: vault}", "{name: blue-vault}", 1)
	got, _, problems := rendered(t, Input{Items: items(t, theirs+foreign+"---\n"+es("db", readApp)), Operator: operators(t, mine)})
	if len(problems) > 0 || !strings.HasPrefix(got, theirs+foreign) || !strings.Contains(got, "kind: Secret\n") {
		t.Errorf("got %v\n%s", problems, got)
	}
}

// TestWhereASecretIsLookedFor has the token of a store in three places, and takes
// it from the first that has the Secret.
func TestWhereASecretIsLookedFor(t *testing.T) {
	secret := func(body string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: shop}\nstringData: {" + body + "}\n---\n"
	}
	files := func(all ...string) fstest.MapFS {
		folder := fstest.MapFS{}
		for i := 0; i < len(all); i += 2 {
			folder[all[i]] = &fstest.MapFile{Data: []byte(all[i+1])}
		}
		return folder
	}
	const own, fromFile, theirs = "token: made-up-own", "made-up-file", "token: made-up-theirs"
	for _, tc := range []struct {
		name, operator string
		folder         fstest.MapFS
		items          string
		ref            string // name and key
		want           string
		operators      string // whose Secret it is said to be
		unresolved     string
	}{
		{"in ESFN_STORES before all", secret(own), files("shop/login/token", fromFile), secret(theirs), "", "made-up-own", "Secret shop/login", ""},
		{"in the folder before the manifests", "", files("shop/login/token", fromFile), secret(theirs), "", fromFile, "Secret shop/login", ""},
		{"in the manifests", "", files("shop/other/token", fromFile, "other/login/token", fromFile), secret(theirs), "", "made-up-theirs", "", ""},
		{"in the manifests, without a folder", "", nil, secret(theirs), "", "made-up-theirs", "", ""},
		{"nowhere", "", files("other/login/token", fromFile), "", "", "", "", "no Secret shop/login among the manifests given"},

		{"the first that has the Secret decides, without the key", secret("other: x"), files("shop/login/token", fromFile), secret(theirs), "", "", "", `Secret shop/login has no key "token"`},
		{"the first that has the Secret decides, with an empty key", secret("token: ''"), files("shop/login/token", fromFile), secret(theirs), "", "", "", `Secret shop/login: key "token" is empty`},
		{"the folder decides, without the key", "", files("shop/login/other", fromFile), secret(theirs), "", "", "", `ESFN_SECRETS_DIR: shop/login has no file "token"`},
		{"the folder decides, with an empty file", "", files("shop/login/token", ""), secret(theirs), "", "", "", "ESFN_SECRETS_DIR: shop/login/token is empty"},
		{"the folder decides, with a folder of that name", "", files("shop/login/token/x", fromFile), secret(theirs), "", "", "", "ESFN_SECRETS_DIR: shop/login/token cannot be read"},
		{"the folder decides, with a file in its place", "", files("shop/login", fromFile), secret(theirs), "", "", "", "ESFN_SECRETS_DIR: shop/login is no folder"},

		{"as it stands", "", files("shop/login/token", " \tmade-up\n"), "", "", " \tmade-up\n", "Secret shop/login", ""},
		{"a key with a dot", "", files("shop/login/.token", fromFile), "", "{name: login, key: .token}", fromFile, "Secret shop/login", ""},
		{"no way into what a mount keeps", "", files("shop/login/..data/token", fromFile), "", "{name: login, key: ..data}", "", "", `ESFN_SECRETS_DIR: "..data" is no key of a Secret`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			operator := operators(t, tc.operator)
			if tc.folder != nil {
				operator.Secrets = tc.folder
			}
			ref := "{name: login, key: token}"
			if tc.ref != "" {
				ref = tc.ref
			}
			source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
			out, problems := Run(context.Background(), Input{Items: items(t, tc.items+clusterStore("{tokenSecretRef: "+ref+"}")+clusterES("shop")), Operator: operator}, source)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got := source.read[0].Connection.Login.Credential
			if got.Value.Reveal() != tc.want || got.Operator != tc.operators || got.Unresolved != tc.unresolved {
				t.Errorf("%s: got it of %q, because %q", tc.name, got.Operator, got.Unresolved)
			}
			if strings.Contains(written(t, out.Items), "made-up-own") {
				t.Error("the operator's Secret is in the output")
			}
		})
	}
}

// TestNoNameLeadsToAnotherFile asks for what no manifest can name: names are
// judged before.
func TestNoNameLeadsToAnotherFile(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("made-up")}
	r := references{view: &packageView{operator: operatorView{folder: fstest.MapFS{"shop/login/token": file, "shop/login/a/token": file, "shop/a/b": file, "other/login/token": file}}}}
	if _, there, problem := r.inFolder("shop", "login", "token"); !there || problem != "" {
		t.Fatalf("not found: %s", problem)
	}
	for _, name := range [][3]string{
		{"shop", "../other/login", "token"}, {"shop", "a/../login", "token"}, {"shop", "login/a", "token"}, {"shop/login", "a", "token"}, {"..", "login", "token"},
		{"shop", "..", "token"}, {"shop", ".", "token"}, {"", "shop", "login"}, {"shop", "", "a"}, {"shop", "login", "../../other/login/token"}, {"shop", "login", "a/token"}, {"shop", "login", ""},
	} {
		if value, there, _ := r.inFolder(name[0], name[1], name[2]); there || !value.IsEmpty() {
			t.Errorf("%q leads somewhere", name)
		}
	}
}

func TestTheOperatorsSecretIsFoundByTheNameThatIsReferredTo(t *testing.T) {
	// kustomize renames the package's Secret and its store, and moves both.
	store := strings.Replace(storeAt("https://vault.example", "SecretStore", "name: blue-vault, namespace: shop, "+old+"vault, internal.config.kubernetes.io/previousNamespaces: default}"), "https://", "https://theirs.", 1)
	theirs := "apiVersion: v1\nkind: Secret\nmetadata: {name: blue-login, namespace: shop, " + old + "login, internal.config.kubernetes.io/previousNamespaces: default}}\nstringData: {token: made-up-theirs}\n---\n"
	mine := "apiVersion: v1\nkind: Secret\nmetadata: {name: NAME, namespace: shop}\nstringData: {token: made-up-own}\n"
	document := strings.Replace(es("db", readApp), "{name: db}", "{name: db, namespace: shop}", 1)
	for name, want := range map[string]string{"login": "made-up-own", "blue-login": "made-up-theirs", "other": "made-up-theirs"} {
		source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
		_, problems := Run(context.Background(), Input{Items: items(t, store+theirs+document), Operator: operators(t, strings.Replace(mine, "NAME", name, 1))}, source)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := source.read[0].Connection.Login.Credential.Value.Reveal(); got != want {
			t.Errorf("with a Secret called %s: not the one that is meant", name)
		}
	}
}

// TestAReferenceWithoutANamespaceMeansThatOfTheExternalSecret uses one
// ClusterSecretStore from two namespaces, which have a token each.
func TestAReferenceWithoutANamespaceMeansThatOfTheExternalSecret(t *testing.T) {
	secret := func(namespace, token string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: " + namespace + "}\nstringData: {token: " + token + "}\n---\n"
	}
	file := func(token string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(token)} }
	for _, tc := range []struct {
		name, operator, items string
		folder                fstest.MapFS
	}{
		{"in ESFN_STORES", secret("a", "made-up-a") + secret("b", "made-up-b"), "", nil},
		{"in the folder", "", "", fstest.MapFS{"a/login/token": file("made-up-a"), "b/login/token": file("made-up-b")}},
		{"in the manifests", "", secret("a", "made-up-a") + secret("b", "made-up-b"), nil},
		{"in two places", "", secret("a", "made-up-a") + secret("b", "made-up-not"), fstest.MapFS{"b/login/token": file("made-up-b")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			operator := operators(t, tc.operator)
			if tc.folder != nil {
				operator.Secrets = tc.folder
			}
			all := clusterES("a") + "---\n" + clusterES("b") + "---\n" + strings.Replace(clusterES("b"), "name: db,", "name: db2,", 1)
			source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
			if _, problems := Run(context.Background(), Input{Items: items(t, tc.items+storeAt("vault.example", "ClusterSecretStore", "name: vault")+all), Operator: operator}, source); len(problems) > 0 {
				t.Fatal(problems)
			}
			got := map[Connection]int{}
			tokens := map[string]int{}
			for _, ref := range source.read {
				got[ref.Connection]++
				tokens[ref.Connection.Login.Credential.Value.Reveal()]++
			}
			if len(got) != 2 || tokens["made-up-a"] != 1 || tokens["made-up-b"] != 1 {
				t.Errorf("%d connections for 3 ExternalSecrets in 2 namespaces, or not the token of each", len(got))
			}
		})
	}
}

func TestTheOperatorsNamespacesWin(t *testing.T) {
	store := strings.Replace(storeFor("ClusterSecretStore", "conditions: [{namespaceSelector: {matchLabels: {team: a}}}]"), ", NS", "", 1)
	const denied = "error: ExternalSecret shop/db: spec.secretStoreRef: ClusterSecretStore vault is not for namespace \"shop\"\n  hint: "
	for _, tc := range []struct{ name, operator, items, says string }{
		{"labels of the operator's alone", namespace("shop", "team: a"), "", ""},
		{"labels of the operator's in place of others", namespace("shop", "team: b"), namespace("shop", "team: a"), denied + "its spec.conditions say which namespaces may use it"},
		{"labels of the operator's, and none of the others", namespace("shop", ""), namespace("shop", "team: a"), denied + "its spec.conditions say which namespaces may use it"},
		{"labels of the manifests, of which the operator says nothing", namespace("other", "team: b"), namespace("shop", "team: a"), ""},
		{"no labels", namespace("other", "team: a"), "", denied + `it chooses by labels, and they are not known: give esfn the Namespace "shop" as well`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for whose, in := range map[string]Input{
				"the package's":  {Items: items(t, tc.items+store+clusterES("shop")), Operator: operators(t, tc.operator)},
				"the operator's": {Items: items(t, tc.items+clusterES("shop")), Operator: operators(t, store+tc.operator)},
			} {
				_, out, problems := rendered(t, in)
				if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
					t.Errorf("%s store said (-want +got):\n%s", whose, diff)
				}
			}
		})
	}
}

// TestAClusterExternalSecretChoosesAmongTheOperatorsNamespaces: they say what
// namespaces the cluster has.
func TestAClusterExternalSecretChoosesAmongTheOperatorsNamespaces(t *testing.T) {
	got, _, problems := rendered(t, Input{
		Items:    items(t, namespace("theirs", "team: a")+namespace("both", "team: a")+cluster("")+clustered("namespaceSelector: {matchLabels: {team: a}}")),
		Operator: operators(t, namespace("mine", "team: a")+namespace("both", "team: b")),
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for namespace, want := range map[string]int{"theirs": 1, "mine": 1, "both": 0} {
		if n := strings.Count(got, "\n  namespace: "+namespace+"\n"); n != want {
			t.Errorf("%d Secrets in %s:\n%s", n, namespace, got)
		}
	}
	if strings.Count(got, "kind: Namespace") != 2 {
		t.Errorf("not the Namespaces that were given:\n%s", got)
	}
}

// TestTemplatesDoNotReadWhatIsTheOperators, and neither is it there to be added
// to.
func TestTemplatesDoNotReadWhatIsTheOperators(t *testing.T) {
	mine := operators(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: mine}\nstringData: {t: "+value+"}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\ndata: {t: "+value+"}\n")
	mine.Secrets = fstest.MapFS{"default/mine/t": {Data: []byte(value)}}
	for spec, says := range map[string]string{
		"target: {template: {templateFrom: [{secret: {name: mine, items: [{key: t}]}}]}}\n" + readApp: "error: spec.target.template.templateFrom[0].secret.name: no Secret default/mine among the manifests given" +
			"\n  hint: give esfn that Secret together with the ExternalSecret",
		"target: {template: {templateFrom: [{configMap: {name: mine, items: [{key: t}]}}]}}\n" + readApp: "error: spec.target.template.templateFrom[0].configMap.name: no ConfigMap default/mine among the manifests given" +
			"\n  hint: give esfn that ConfigMap together with the ExternalSecret",
		"target: {name: mine, creationPolicy: Merge}\n" + readApp: `warning: makes no Secret: creationPolicy is Merge, and there is no Secret "mine" among the manifests given`,
	} {
		_, out, problems := rendered(t, Input{Items: items(t, vaultStore+es("db", spec)), Operator: mine})
		if diff := cmp.Diff(says, said(t, out, problems)); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
	}
}

// TestCABundleWinsOverCAProvider, whatever the other says, or where it leads nowhere
// (FetchCACertFromSource in ESO's runtime/esutils/utils.go).
func TestCABundleWinsOverCAProvider(t *testing.T) {
	certificate, err := os.ReadFile("template/testdata/root.crt")
	if err != nil {
		t.Fatal(err)
	}
	both := "server: s, caBundle: " + base64.StdEncoding.EncodeToString(certificate) + ", caProvider: {type: Secret, name: nowhere, namespace: vault, key: ca.crt},"
	c, problems := connected(t, strings.Replace(clusterStore("{kubernetes: {role: r}}"), "server: s,", both, 1)+clusterES("shop"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := c.Trust; got.Field != "spec.provider.vault.caBundle" || got.Unresolved != "" || got.Certificates.Reveal() != string(certificate) {
		t.Errorf("got %s, %q", got.Field, got.Unresolved)
	}
}

// TestWhoVouchesForAServer: whom a store trusts is said by whoever gives the store,
// or by the operator.
func TestWhoVouchesForAServer(t *testing.T) {
	certificate, err := os.ReadFile("template/testdata/root.crt")
	if err != nil {
		t.Fatal(err)
	}
	holder := map[string]string{
		"ConfigMap": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ca, namespace: vault}\ndata: {ca.crt: %q}\n---\n",
		"Secret":    "apiVersion: v1\nkind: Secret\nmetadata: {name: ca, namespace: vault}\nstringData: {ca.crt: %q}\n---\n",
	}
	for kind, object := range holder {
		object = fmt.Sprintf(object, certificate)
		store := strings.Replace(clusterStore("{kubernetes: {role: r}}"), "server: s,", "server: s, caProvider: {type: "+kind+", name: ca, namespace: vault, key: ca.crt},", 1)
		for _, tc := range []struct{ name, operator, items, want string }{
			{"both the package's", "", store + object, ""},
			{"a store of the package's, certificates of the operator's", object, store, ""},
			{"both the operator's", store + object, "", ""},
			{"a store of the operator's, certificates of the package's", store, object, kind + " vault/ca comes with the manifests, which cannot say whom a store in ESFN_STORES trusts"},
			{"a store of the operator's, certificates nowhere", store, "", "no " + kind + " vault/ca among the manifests given"},
		} {
			source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
			if _, problems := Run(context.Background(), Input{Items: items(t, tc.items+clusterES("shop")), Operator: operators(t, tc.operator)}, source); len(problems) > 0 {
				t.Fatal(problems)
			}
			got := source.read[0].Connection.Trust
			if got.Unresolved != tc.want || (got.Certificates.Reveal() == string(certificate)) != (tc.want == "") {
				t.Errorf("%s, in a %s: got %q", tc.name, kind, got.Unresolved)
			}
		}
	}
}
