package fn

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// clustered is a ClusterExternalSecret, c, that reads one field.
func clustered(choice string) string {
	return "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: c, labels: {mine: x}}\nspec:\n  " +
		strings.ReplaceAll(choice, "\n", "\n  ") + "\n  externalSecretSpec:\n    secretStoreRef: {name: vault, kind: ClusterSecretStore}\n    data: [{secretKey: k, remoteRef: {key: app, property: a}}]\n"
}

func cluster(more string) string {
	return strings.Replace(storeFor("ClusterSecretStore", more), ", NS", "", 1)
}

func TestTheNamespacesOfAClusterExternalSecret(t *testing.T) {
	all := namespace("b", "team: x") + namespace("a", "team: w, env: dev") + namespace("c", "")
	for _, tc := range []struct{ name, choice, want, says string }{
		{"those that it names, given or not", "namespaces: [b, z]", "b z", ""},
		{"those with a label", "namespaceSelector: {matchLabels: {team: x}}", "b", ""},
		{"all that are given", "namespaceSelector: {}", "a b c", ""},
		{"those that any of it chooses, once each", "namespaces: [c]\nnamespaceSelector: {matchLabels: {env: dev}}\nnamespaceSelectors: [{matchExpressions: [{key: team, operator: Exists}]}, {matchLabels: {kubernetes.io/metadata.name: c}}]", "a b c", ""},
		{"all labels of one", "namespaceSelectors: [{matchLabels: {team: w, env: prod}}, {matchLabels: {team: w, env: dev}}]", "a", ""},
		{"none", "namespaceSelectors: [{matchLabels: {team: z}}]", "", "warning: ClusterExternalSecret c: spec: makes no Secret: it chooses none of the namespaces given" +
			"\n  hint: give esfn the Namespace objects with their labels, or name them in spec.namespaces"},
		{"nothing said", "refreshTime: 1h", "", "warning: ClusterExternalSecret c: spec: makes no Secret: it chooses none of the namespaces given" +
			"\n  hint: give esfn the Namespace objects with their labels, or name them in spec.namespaces"},
		{"a selector that is none", "namespaceSelectors: [{matchLabels: {'a b': c}}]\nnamespaceSelector: {matchExpressions: [{key: a, operator: In}]}", "",
			"error: ClusterExternalSecret c: spec.namespaceSelector.matchExpressions[0]: is no condition that Kubernetes takes\n  hint: In and NotIn need values, Exists and DoesNotExist none, and each value is to be one of a label\n" +
				"error: ClusterExternalSecret c: spec.namespaceSelectors[0].matchLabels[a b]: is no label that Kubernetes takes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, out, problems := rendered(t, Input{Items: items(t, cluster("")+all+clustered(tc.choice)+"---\nkind: Z\nmetadata: {name: z}\n")})
			var got []string
			for _, object := range out.Items {
				switch object.Header().Kind {
				case "Secret":
					got = append(got, object.Header().Namespace)
				case "ClusterExternalSecret":
					t.Error("it is still there")
				}
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("namespaces (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheMetadataOfWhatAClusterExternalSecretMakes(t *testing.T) {
	document := strings.Replace(clustered("namespaces: [b, a]\nexternalSecretName: es\nexternalSecretMetadata: {labels: {l: m}, annotations: {o: p, config.kubernetes.io/path: x}}"),
		"labels: {mine: x}", "labels: {mine: x}, annotations: {other: x, external-secrets.io/force-sync: '1'}", 1)
	got, out, problems := rendered(t, Input{Items: items(t, "kind: A\n---\n"+cluster("")+document+"---\nkind: Z\n")})
	if diff := cmp.Diff("", said(t, out, problems)); diff != "" {
		t.Fatal(diff)
	}
	secret := func(namespace string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: es\n  namespace: " + namespace + "\n  labels:\n    l: m\n  annotations:\n    external-secrets.io/force-sync: \"1\"\n    o: p\n" +
			"type: Opaque\ndata:\n  k: bWFkZS11cA==\n"
	}
	if diff := cmp.Diff("kind: A\n---\n"+secret("a")+"---\n"+secret("b")+"---\nkind: Z\n", got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestWhatIsWrongWithAClusterExternalSecretIsSaidOfWhatItsAuthorWrote(t *testing.T) {
	const c = "error: ClusterExternalSecret c: spec.externalSecretSpec."
	replaced := func(oldnew ...string) string {
		return strings.NewReplacer(oldnew...).Replace(clustered("namespaces: [a, b]"))
	}
	for _, tc := range []struct{ name, documents, says string }{
		{"by itself", cluster("") + replaced("property: a", "propperty: a", "secretKey: k", "secretKey: k/l"), c + "data[0].remoteRef.propperty: no such field\n  hint: did you mean property?\n" +
			c + `data[0].secretKey: "k/l" is not a key: it takes at most 253 characters, letters, digits, '-', '_' and '.'`},
		{"its template", cluster("") + replaced("    data:", "    target: {template: {data: {a: '{{'}}}\n    data:"), c + "target.template.data[a]: line 1: an action is not closed with }}: unclosed action"},
		{"its field", cluster("") + replaced("property: a", "property: z"), c + `data[0].remoteRef.property: no field "z" at kv/data/app (version 3); it has 1 field` + "\n  hint: field names are case-sensitive, and a dot in a name is written as \\."},
		{"its store in each namespace", replaced(", kind: ClusterSecretStore", ""), c + `secretStoreRef: no SecretStore "vault" in namespace "a" among the manifests given` + "\n  hint: give esfn the store together with the ExternalSecret\n" +
			c + `secretStoreRef: no SecretStore "vault" in namespace "b" among the manifests given` + "\n  hint: give esfn the store together with the ExternalSecret"},
		{"a namespace that may not", cluster("conditions: [{namespaces: [a]}]") + replaced(), c + `secretStoreRef: ClusterSecretStore vault is not for namespace "b"` + "\n  hint: its spec.conditions say which namespaces may use it"},
		{"a name that is taken", cluster("") + strings.NewReplacer("{name: db}", "{name: c, namespace: b}", "{name: vault}", "{name: vault, kind: ClusterSecretStore}").Replace(es("db", readApp)) + "---\n" + replaced(),
			`error: ClusterExternalSecret c: spec.externalSecretName: the ExternalSecret that it makes in namespace "b" is there already: ExternalSecret b/c` + "\n  hint: give one of the two another name"},
		{"by another one", cluster("") + replaced("{name: c,", "{name: d,") + "---\n" + replaced("namespaces: [a, b]", "externalSecretName: d\n  namespaces: [b]"),
			`error: ClusterExternalSecret c: spec.externalSecretName: the ExternalSecret that it makes in namespace "b" is there already: ClusterExternalSecret d, in the same namespace` + "\n  hint: give one of the two another name"},
		{"a Secret that is there", cluster("") + "apiVersion: v1\nkind: Secret\nmetadata: {name: c, namespace: b}\n---\n" + replaced(),
			c + `target.name: a Secret "c" in namespace "b" is among the manifests already, and was not made from this ExternalSecret` + "\n  hint: remove that Secret, set another spec.target.name, or add to it with creationPolicy: Merge"},
		{"a Secret that is not there", cluster("") + replaced("    data:", "    target: {name: s, creationPolicy: Merge}\n    data:"),
			`warning: ClusterExternalSecret c: makes no Secret: creationPolicy is Merge, and there is no Secret "s" in namespace "a" among the manifests given` + "\n" +
				`warning: ClusterExternalSecret c: makes no Secret: creationPolicy is Merge, and there is no Secret "s" in namespace "b" among the manifests given`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, problems := Run(context.Background(), Input{Items: items(t, tc.documents)}, &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}})
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAClusterExternalSecretOfAnotherControllerPassesThrough(t *testing.T) {
	given := cluster("controller: other") + clustered("namespaces: [a, b]")
	got, out, problems := rendered(t, Input{Items: items(t, given)})
	if diff := cmp.Diff(`warning: ClusterExternalSecret c: passes through: ClusterSecretStore vault is for the controller "other"`, said(t, out, problems)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(given, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestAClusterExternalSecretIsNotTwoControllers(t *testing.T) {
	store := func(namespace, more string) string {
		return strings.Replace(storeFor("SecretStore", more), "NS", "namespace: "+namespace, 1)
	}
	_, out, problems := rendered(t, Input{Items: items(t, store("a", "controller: other")+store("b", "")+
		strings.Replace(clustered("namespaces: [a, b]"), ", kind: ClusterSecretStore", "", 1))})
	if diff := cmp.Diff("error: ClusterExternalSecret c: spec.externalSecretSpec: uses a store of another controller in some namespaces, and not in others"+
		"\n  hint: write one ClusterExternalSecret for each", said(t, out, problems)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestASecondRunOfKptFindsTheSecretsOfAClusterExternalSecret(t *testing.T) {
	first, _, problems := rendered(t, Input{Items: items(t, placed(cluster("")+clustered("namespaces: [a, b]")))})
	if len(problems) > 0 || strings.Count(first, "kind: Secret\n") != 2 || strings.Count(first, localConfig) != 2 || !strings.Contains(first, ".rendered-secrets/b_secret_c.yaml") {
		t.Fatalf("got %v\n%s", problems, first)
	}
	second, _, problems := rendered(t, Input{Items: items(t, first)})
	if diff := cmp.Diff(first, second); diff != "" || len(problems) > 0 {
		t.Errorf("the second run differs: %v\n%s", problems, diff)
	}
}

func TestANamespaceThatNoClusterHasIsNotChosen(t *testing.T) {
	_, out, problems := rendered(t, Input{Items: items(t, cluster("")+namespace(`"../../evil/"`, "")+"apiVersion: v1\nkind: Namespace\nmetadata: {}\n---\n"+clustered("namespaceSelectors: [{}]"))})
	if diff := cmp.Diff("warning: ClusterExternalSecret c: spec: makes no Secret: it chooses none of the namespaces given\n  hint: give esfn the Namespace objects with their labels, or name them in spec.namespaces", said(t, out, problems)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}
