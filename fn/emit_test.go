package fn

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
)

// rendered runs the documents, with a source that has one secret, and returns
// what came out.
func rendered(t *testing.T, in Input) (string, Output, Problems) {
	t.Helper()
	out, problems := Run(context.Background(), in, &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}})
	return written(t, out.Items), out, problems
}

func withMetadata(metadata, spec string) string {
	return strings.Replace(es("db", spec), "{name: db}", metadata, 1)
}

func TestMetadataOfTheSecret(t *testing.T) {
	const read = "data: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	for _, tc := range []struct {
		name, document, want string
	}{
		{"labels and annotations come along, those of hosts do not",
			withMetadata(`{name: db, namespace: shop, labels: {"on": "yes", z: "1", reconcile.external-secrets.io/created-by: x}, annotations: {note: mine, tab: "\tx\ny", reconcile.external-secrets.io/data-hash: x, config.kubernetes.io/index: "0", kustomize.config.k8s.io/id: x, config.k8s.io/id: "1", alpha.config.kubernetes.io/transformations: x, internal.kpt.dev/upstream-identifier: x, kustomize.config.k8s.io/needs-hash: "true"}}`, read),
			`apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  labels:
    "on": "yes"
    z: "1"
  annotations:
    internal.config.kubernetes.io/needsHashSuffix: enabled
    note: mine
    tab: "\tx\ny"
type: Opaque
data:
  k: bWFkZS11cA==
`},
		{"a template, even an empty one, keeps them off", withMetadata(`{name: db, labels: {a: b}}`, "target: {template: {}}\n"+read),
			"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  k: bWFkZS11cA==\n"},
		{"a template's own, and its type", withMetadata(`{name: db, labels: {a: b}}`, "target: {name: out, template: {type: kubernetes.io/basic-auth, metadata: {labels: {c: d}, annotations: {e: f}}}}\n"+read),
			"apiVersion: v1\nkind: Secret\nmetadata:\n  name: out\n  labels:\n    c: d\n  annotations:\n    e: f\ntype: kubernetes.io/basic-auth\ndata:\n  k: bWFkZS11cA==\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := strings.NewReplacer("{name: vault}", "{name: vault, namespace: NS}", "{name: login}", "{name: login, namespace: NS}").Replace(vaultStore)
			namespace := "default"
			if strings.Contains(tc.document, "namespace: shop") {
				namespace = "shop"
			}
			got, _, problems := rendered(t, Input{Items: items(t, strings.ReplaceAll(store, "NS", namespace)+tc.document)})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			_, got, _ = strings.Cut(got, "\n---\n")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Secret (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKptKeepsWhatIsConsumedAndASecondRunChangesNothing(t *testing.T) {
	placed := strings.NewReplacer(
		"{name: vault}", "{name: vault, annotations: {config.kubernetes.io/path: store.yaml}}",
		"{name: login}", "{name: login, annotations: {config.kubernetes.io/path: login.yaml}}",
	).Replace(vaultStore) + withMetadata("{name: db, annotations: {config.kubernetes.io/path: es.yaml}}", readApp)
	first, out, problems := rendered(t, Input{Items: items(t, placed)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if n := strings.Count(first, localConfig); n != 2 {
		t.Errorf("%d objects are kept out of the cluster, want the store and the ExternalSecret:\n%s", n, first)
	}
	if !strings.Contains(first, "path: '.rendered-secrets/secret_db.yaml'") && !strings.Contains(first, "path: .rendered-secrets/secret_db.yaml") {
		t.Errorf("the Secret has no path of its own:\n%s", first)
	}
	if len(out.Warnings) != 1 {
		t.Errorf("warnings: %v", out.Warnings)
	}
	second, _, problems := rendered(t, Input{Items: items(t, first)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second run differs:\n%s", diff)
	}
}

func TestWhatIsKeptIsTheFunctionConfigsToSay(t *testing.T) {
	config := func(consumed string) *yaml.RNode {
		return yaml.MustParse("apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: c}\nspec: {consumed: " + consumed + "}")
	}
	placed := strings.Replace(vaultStore, "{name: vault}", "{name: vault, annotations: {config.kubernetes.io/path: store.yaml}}", 1) + es("db", readApp)
	got, out, problems := rendered(t, Input{FunctionConfig: config("Drop"), Items: items(t, placed)})
	if len(problems) > 0 || strings.Contains(got, "external-secrets.io/v1") || strings.Contains(got, madeBy) {
		t.Errorf("kept under kpt, though it is to be dropped: %v\n%s", problems, got)
	}
	if len(out.Warnings) != 1 {
		t.Errorf("warnings: %v", out.Warnings)
	}
	got, _, problems = rendered(t, Input{FunctionConfig: config("Keep"), Items: items(t, vaultStore+es("db", readApp))})
	if len(problems) > 0 || !strings.Contains(got, madeBy) || strings.Contains(got, outputFolder) {
		t.Errorf("without kpt there is no path to give: %v\n%s", problems, got)
	}
	nothing := strings.Replace(placed, readApp, "dataFrom: [{sourceRef: {storeRef: {name: vault}}}]", 1)
	_, out, problems = rendered(t, Input{Items: items(t, nothing)})
	if len(problems) > 0 || strings.Contains(out.Warnings.Warnings(), outputFolder) {
		t.Errorf("kpt writes no Secret, and the warning says so: %v %v", problems, out.Warnings)
	}
}

func TestAnnotationsThatCannotBeAddedToAreNotLost(t *testing.T) {
	aliased := withMetadata("{name: db, labels: &l {config.kubernetes.io/path: es.yaml, mine: x}, annotations: *l}", readApp)
	_, _, problems := rendered(t, Input{Items: items(t, vaultStore+aliased)})
	if len(problems) != 1 || !strings.Contains(problems.Error(), "metadata.annotations: cannot be added to") {
		t.Errorf("problems: %v", problems)
	}
}

func TestAnEarlierSecretIsDroppedWhenThereIsNothingLeftToPutInIt(t *testing.T) {
	config := Input{FunctionConfig: yaml.MustParse("apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: c}\nspec: {consumed: Keep}")}
	config.Items = items(t, vaultStore+es("db", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: gone}}]")+
		"---\napiVersion: v1\nkind: Secret\nmetadata: {name: db, annotations: {esfn.krm/external-secret: db}}\ndata: {k: b2xk}\n")
	got, _, problems := rendered(t, config)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if strings.Contains(got, "b2xk") {
		t.Errorf("the old Secret is still there:\n%s", got)
	}
}

// renderedOr renders what has no problem; or, where one is given, sees that it is
// said, and is not ok.
func renderedOr(t *testing.T, in Input, problem string) (got string, ok bool) {
	t.Helper()
	got, _, problems := rendered(t, in)
	switch {
	case problem != "" && !strings.Contains(problems.Error(), problem), problem == "" && len(problems) > 0:
		t.Fatalf("problems: %v", problems)
	}
	return got, problem == ""
}

func TestTheFunctionConfigDecides(t *testing.T) {
	const krm = "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: c}\n"
	const read = "data: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	for _, tc := range []struct {
		name, config string
		kept         bool
		problem      string
	}{
		{"nothing said", krm, false, ""},
		{"kept", krm + "spec: {consumed: Keep}", true, ""},
		{"dropped", krm + "spec: {consumed: Drop}", false, ""},
		{"a ConfigMap, as kpt makes it", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: function-input}\ndata: {consumed: Keep}", true, ""},
		{"a typo", krm + "spec: {consumes: Keep}", false, "spec.consumes: no such field"},
		{"of no effect but under kustomize and kpt", krm + "spec: {suffixHash: true, outputPath: secrets/}", false, ""},
		{"a folder that is none", krm + "spec: {outputPath: ../secrets}", false, "spec.outputPath: must be a folder below the package's own"},
		{"a folder that is none, in a ConfigMap", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {outputPath: /secrets}", false, "data.outputPath: must be a folder below the package's own"},
		{"resources in a ConfigMap", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {resources: x}", false, "data.resources: cannot stand in a ConfigMap"},
		{"a hash that is none", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {suffixHash: 'yes'}", false, `data.suffixHash: "yes" is none of true, false`},
		{"resources that are none", krm + "spec: {resources: [{kind: Pod}]}", false, "spec.resources[0]: must be an object with apiVersion and kind"},
		{"resources that esfn has nothing to do with", krm + "spec: {resources: [{apiVersion: v1, kind: Pod, metadata: {name: p}}]}", false, "spec.resources[0]: Pod p has no place there"},
		{"an ExternalSecret", "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: c}", false, "an ExternalSecret can be a functionConfig of generators only"},
		{"another kind", "apiVersion: v1\nkind: Pod\nmetadata: {name: c}", false, `a functionConfig of kind "Pod" ("v1") is none that esfn reads`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := renderedOr(t, Input{FunctionConfig: yaml.MustParse(tc.config), Items: items(t, vaultStore+es("db", read))}, tc.problem)
			if !ok {
				return
			}
			if kept := strings.Contains(got, "kind: ExternalSecret"); kept != tc.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// TestWhatTheFunctionConfigBrings is used, and is not in the output: a generator's
// output is what it makes.
func TestWhatTheFunctionConfigBrings(t *testing.T) {
	const local = ", annotations: {config.kubernetes.io/local-config: 'true'"
	config := func(more, spec string) string {
		return "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: c" + more + "}\nspec:\n" + spec
	}
	resources := func(documents string) string {
		all := "  resources:\n"
		for _, d := range strings.Split(strings.TrimSuffix(documents, "\n---\n"), "\n---\n") {
			all += "  - " + strings.ReplaceAll(strings.TrimSpace(d), "\n", "\n    ") + "\n"
		}
		return all
	}
	es := es("db", "data: [{secretKey: k, remoteRef: {key: app, property: a}}]")
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
	const secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  k: bWFkZS11cA==\n"
	const marked = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    %s\ntype: Opaque\ndata:\n  k: bWFkZS11cA==\n"
	self := strings.Replace(es, "metadata: {name: db}", "metadata: {name: db"+local+", kustomize.config.k8s.io/behavior: merge}}", 1)
	for _, tc := range []struct {
		name, config string
		generator    bool
		operator     string
		want         string
		problem      string
	}{
		{"a generator", config(local+"}", resources(vaultStore+es)), true, "", secret, ""},
		{"a generator, with a hash", config(local+"}", "  suffixHash: true\n"+resources(vaultStore+es)), true, "",
			fmt.Sprintf(marked, "internal.config.kubernetes.io/needsHashSuffix: enabled"), ""},
		{"an ExternalSecret as a generator", self, true, vaultStore, fmt.Sprintf(marked, "kustomize.config.k8s.io/behavior: merge"), ""},
		{"a generator without anything", config(local+"}", "  {}"), true, "", "", "spec.resources: is empty, and kustomize shows a generator no other resources"},
		{"a transformer", config("", resources(vaultStore+es)), false, "", pod + "---\n" + secret, ""},
		{"a transformer that keeps what it was given", config("", "  consumed: Keep\n"+resources(vaultStore+es)), false, "",
			pod + "---\n" + fmt.Sprintf(marked, "esfn.krm/external-secret: db"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := Input{FunctionConfig: yaml.MustParse(tc.config), Items: items(t, pod)}
			if tc.generator {
				in.Items = []*manifest.Object{manifest.New(in.FunctionConfig.Copy())}
			}
			if tc.operator != "" {
				in.Operator.Items = items(t, tc.operator)
			}
			got, ok := renderedOr(t, in, tc.problem)
			if !ok {
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSecretsOfEarlierRuns(t *testing.T) {
	made := func(name, by, value string) string {
		return "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: " + name + "\n  annotations: {esfn.krm/external-secret: " + by + "}\ndata: {k: " + value + "}\n"
	}
	foreign := "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata: {k: b2xk}\n"
	for _, tc := range []struct {
		name, documents  string
		problem, warning string
		left             int // how many Secrets of earlier runs are left
	}{
		{"replaced", es("db", readApp) + made("db", "db", "b2xk"), "", "", 0},
		{"replaced after kustomize renamed its maker", withMetadata("{name: pre-db, annotations: {"+previousNames+": db}}", readApp) + made("pre-db", "db", "b2xk"), "", "", 0},
		{"somebody else's", es("db", readApp) + foreign, `a Secret "db" is among the manifests already`, "", 0},
		{"somebody else's beside an earlier one", es("db", readApp) + made("db", "db", "b2xk") + foreign, `a Secret "db" is among the manifests already`, "", 0},
		{"two earlier ones", es("db", readApp) + made("db", "db", "b2xk") + made("db", "db", "b2xk"), `two Secrets "db" that were made from this ExternalSecret`, "", 0},
		{"another ExternalSecret's", es("db", readApp) + made("db", "other", "b2xk"), `a Secret "db" is among the manifests already`, "", 0},
		{"nobody's any more", es("db", readApp) + made("old", "gone", "b2xk"), "", `Secret old: was made from the ExternalSecret "gone", and nothing makes it now`, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, out, problems := rendered(t, Input{Items: items(t, vaultStore+tc.documents)})
			if tc.problem != "" {
				if !strings.Contains(problems.Error(), tc.problem) {
					t.Errorf("problems: %v", problems)
				}
				return
			}
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if n := strings.Count(got, "b2xk"); n != tc.left {
				t.Errorf("%d old Secrets are left:\n%s", n, got)
			}
			if warnings := out.Warnings.Warnings(); !strings.Contains(warnings, tc.warning) || tc.warning == "" && warnings != "" {
				t.Errorf("warnings: %s", warnings)
			}
		})
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	const two = "data: [{secretKey: k, remoteRef: {key: app}}, {secretKey: l, remoteRef: {key: gone}}]"
	const one = "data: [{secretKey: l, remoteRef: {key: gone}}]"
	const leftOut = "ExternalSecret db: spec.data[0].remoteRef.key: no secret at kv/data/gone, so this is left out: deletionPolicy is "
	for _, tc := range []struct {
		name, spec string
		warnings   []string
		problem    string
		secret     bool
	}{
		{"one of two", "target: {deletionPolicy: Delete}\n" + two, []string{strings.Replace(leftOut, "data[0]", "data[1]", 1) + "Delete"}, "", true},
		{"all", "target: {deletionPolicy: Delete}\n" + one, []string{"ExternalSecret db: makes no Secret: there is nothing to put into it", leftOut + "Delete"}, "", false},
		{"all, and an empty Secret is asked for", "target: {deletionPolicy: Merge}\n" + one, []string{leftOut + "Merge"}, "", true},
		{"all, of a Secret that ESO would not own", "target: {deletionPolicy: Delete, creationPolicy: Orphan}\n" + one, nil,
			"spec.target.deletionPolicy: there is nothing to put into the Secret, and Delete needs creationPolicy: Owner then, as in ESO", false},
		{"none may be", one, nil, "spec.data[0].remoteRef.key: no secret at kv/data/gone", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, out, problems := rendered(t, Input{Items: items(t, vaultStore+es("db", tc.spec))})
			if tc.problem != "" {
				if !strings.Contains(problems.Error(), tc.problem) {
					t.Errorf("problems: %v", problems)
				}
				return
			}
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var warnings []string
			for _, w := range out.Warnings {
				warnings = append(warnings, strings.TrimPrefix(strings.Split(Problems{w}.Warnings(), "\n")[0], "warning: "))
			}
			if diff := cmp.Diff(tc.warnings, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "name: db\ntype:") != tc.secret {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}
