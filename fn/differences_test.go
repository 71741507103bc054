package fn

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/esfn/esfn/fn/secret"
)

// differing is a KV v2 mount kv for TestDifferencesFromESO: secrets by their
// paths. Nobody may read metadata.
type differing struct {
	secrets map[string]string

	mu   sync.Mutex
	read []Ref
}

func (d *differing) Admit([]Connection) []Refusal { return nil }

func (d *differing) Read(_ context.Context, ref Ref) (Answer, error) {
	d.mu.Lock()
	d.read = append(d.read, ref)
	d.mu.Unlock()
	key := strings.TrimPrefix(ref.Key, ref.Mount+"/")
	switch ref.Part {
	case MetadataPart:
		return Answer{}, &Fault{Cause: "permission denied for kv/metadata/" + key}
	case FolderPart:
		var names []string
		for name := range d.secrets {
			if below, ok := strings.CutPrefix(name, ref.Key); ok {
				first, _, isFolder := strings.Cut(below, "/")
				if isFolder {
					first += "/"
				}
				names = append(names, first)
			}
		}
		slices.Sort(names)
		return Answer{Names: slices.Compact(names)}, nil
	}
	object, ok := d.secrets[key]
	if !ok {
		return Answer{}, &Fault{Missing: true, Cause: "no secret at kv/data/" + key}
	}
	return Answer{Fields: secret.New(object), Path: "kv/data/" + key}, nil
}

// TestDifferencesFromESO has what esfn does otherwise than ESO on purpose, as
// docs/compatibility.md lists it, and what no other test shows.
func TestDifferencesFromESO(t *testing.T) {
	encoded := func(key, value string) string {
		return "  " + key + ": " + base64.StdEncoding.EncodeToString([]byte(value)) + "\n"
	}
	ces := func(choice string) string {
		return "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: db}\n" +
			"spec: {" + choice + ", externalSecretSpec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}, data: [{secretKey: k, remoteRef: {key: app, property: a}}]}}\n"
	}
	clusterVault := func(more string) string {
		return "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: vault}\n" +
			"spec: {provider: {vault: {server: s, path: kv}}" + more + "}\n---\n"
	}
	inCluster := func(document string) string {
		return strings.Replace(document, "{name: vault}", "{name: vault, kind: ClusterSecretStore}", 1)
	}
	const foreign = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nimmutable: true\ndata: {k: b2xk}\n---\n"
	const one = "data: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	const merged = "target: {name: db, creationPolicy: Merge}\n"

	for _, tc := range []struct {
		name, documents  string
		problem, warning string // a piece of it; without one there is to be none
		want             []string
		not              string
		reads            int
	}{
		{name: "whole numbers keep their digits in a merge",
			documents: vaultStore + es("db", "dataFrom: [{extract: {key: docs}, rewrite: [{merge: {}}]}]"),
			want:      []string{encoded("id", "12345678901234567890")}, reads: 1},
		{name: "and in the JSON of one",
			documents: vaultStore + es("db", "dataFrom: [{extract: {key: docs}, rewrite: [{merge: {strategy: JSON, into: all}}]}]"),
			want:      []string{encoded("all", `{"id":12345678901234567890}`)}, reads: 1},
		{name: "keys that collide after a regexp",
			documents: vaultStore + es("db", "dataFrom: [{extract: {key: two}, rewrite: [{regexp: {source: '[0-9]', target: ''}}]}]"),
			problem:   `spec.dataFrom[0].rewrite[0]: kv/data/two: "a1" and "a2" both become the key "a"`, reads: 1},
		{name: "keys that collide after a transform",
			documents: vaultStore + es("db", "dataFrom: [{extract: {key: two}, rewrite: [{transform: {template: x}}]}]"),
			problem:   `spec.dataFrom[0].rewrite[0]: kv/data/two: "a1" and "a2" both become the key "x"`, reads: 1},
		{name: "a rewrite that does not parse, where there is nothing to rewrite",
			documents: vaultStore + es("db", "target: {deletionPolicy: Merge}\ndataFrom: [{extract: {key: gone}, rewrite: [{transform: {template: '{{ .value'}}]}]"),
			problem:   "spec.dataFrom[0].rewrite[0].transform.template: line 1: an action is not closed with }}", reads: 0},
		{name: "a template that does not parse, where ESO would not come to it",
			documents: vaultStore + es("db", "target: {template: {data: {k: '{{ nope }}'}}}\ndataFrom: [{extract: {key: none}}]"),
			problem:   "spec.target.template.data[k]: line 1: there is no such function: nope", reads: 0},
		{name: "a key that a template makes and Kubernetes refuses",
			documents: vaultStore + es("db", "target: {template: {templateFrom: [{literal: 'a/b: x'}]}}\n"+one),
			problem:   "spec.target.template.templateFrom[0].literal: it makes a key that Kubernetes does not take", reads: 1},
		{name: "a ConfigMap that may be in the cluster",
			documents: vaultStore + es("db", "target: {template: {templateFrom: [{configMap: {name: c, items: [{key: k}]}}]}}\n"+one),
			problem:   "spec.target.template.templateFrom[0].configMap.name: no ConfigMap default/c among the manifests given", reads: 0},
		{name: "a template that gives something else in every render",
			documents: vaultStore + es("db", "target: {template: {data: {k: '{{ now }}'}}}\n"+one),
			warning:   "spec.target.template.data[k]: what now gives is another in every render", reads: 1},
		{name: "ESO's marks, also from a template",
			documents: vaultStore + es("db", "target: {template: {metadata: {labels: {a: b, reconcile.external-secrets.io/managed: 'true'}}}}\n"+one),
			want:      []string{"    a: b\n"}, not: "reconcile", reads: 1},

		{name: "nothing in the Secret that was asked for, and a template that needs nothing",
			documents: vaultStore + es("db", "target: {template: {data: {k: static}}}\ndataFrom: [{extract: {key: none}}]"),
			warning:   "ExternalSecret db: makes no Secret: there is nothing to put into it", not: "name: db\n", reads: 1},
		{name: "a Secret that is there already",
			documents: vaultStore + foreign + es("db", one),
			problem:   `spec.target.name: a Secret "db" is among the manifests already, and was not made from this ExternalSecret`, reads: 1},
		{name: "a Secret to merge into that may be in the cluster",
			documents: vaultStore + es("db", merged+one),
			warning:   `makes no Secret: creationPolicy is Merge, and there is no Secret "db" among the manifests given`, not: "name: db\n", reads: 1},
		{name: "an immutable Secret to merge into",
			documents: vaultStore + foreign + es("db", "target: {creationPolicy: Merge, immutable: true}\n"+one),
			want:      []string{"immutable: true\ndata: {k: bWFkZS11cA==}\n"}, reads: 1},
		{name: "a key of a Secret to merge into that nothing makes any more",
			documents: vaultStore + strings.Replace(foreign, "{k: b2xk}", "{k: b2xk, old: b2xk}", 1) + es("db", "target: {creationPolicy: Merge}\n"+one),
			want:      []string{"data: {k: bWFkZS11cA==, old: b2xk}\n"}, reads: 1},
		{name: "several ExternalSecrets that add to one Secret",
			documents: vaultStore + foreign + es("db", "target: {creationPolicy: Merge}\n"+strings.Replace(one, "k,", "l,", 1)) + "---\n" + es("more", merged+strings.Replace(one, "k,", "m,", 1)),
			want:      []string{"k: b2xk", "l: bWFkZS11cA==", "m: bWFkZS11cA=="}, reads: 1},
		{name: "several that write one key of it",
			documents: vaultStore + foreign + es("db", "target: {creationPolicy: Merge}\n"+one) + "---\n" + es("more", merged+one),
			problem:   `ExternalSecret more: spec.target: ExternalSecret db puts the key "k" into the Secret "db", too`, reads: 1},
		{name: "one that owns a Secret and one that adds to it",
			documents: vaultStore + es("more", merged+strings.Replace(one, "k,", "m,", 1)) + "---\n" + es("db", one),
			want:      []string{encoded("k", "made-up") + encoded("m", "made-up")}, reads: 1},
		{name: "one that is wrong beside one that is right",
			documents: vaultStore + es("db", one) + "---\n" + es("gone", strings.Replace(one, "app", "gone", 1)),
			problem:   "ExternalSecret gone: spec.data[0].remoteRef.key: no secret at kv/data/gone", reads: 2},

		{name: "find without tags reads no metadata",
			documents: vaultStore + es("db", "dataFrom: [{find: {path: dev, tags: {}}}]"),
			want:      []string{encoded("dev_a", `{"x":"1"}`)}, reads: 2},
		{name: "what is found in a folder that is named like its mount",
			documents: vaultStore + es("db", "dataFrom: [{find: {path: kv}}]"),
			warning:   `spec.dataFrom[0].find: "kv/app" begins like its mount, and is read as "app", as in ESO`,
			want:      []string{encoded("kv_app", `{"a":"made-up"}`)}, reads: 2},
		{name: "v1beta1 is read as v1, with what only v1 has",
			documents: strings.ReplaceAll(vaultStore+es("db", "target: {creationPolicy: CreateOrMerge}\n"+strings.Replace(one, "property", "nullBytePolicy: Fail, property", 1)), "/v1\n", "/v1beta1\n"),
			want:      []string{encoded("k", "made-up")}, reads: 1},
		{name: "an entry that names a store and nothing to read there",
			documents: vaultStore + es("db", "dataFrom: [{sourceRef: {storeRef: {name: vault}}}]\n"+one),
			warning:   "spec.dataFrom[0]: brings nothing, as in ESO", want: []string{encoded("k", "made-up")}, reads: 1},

		{name: "a namespace that is named, and may be in the cluster or not",
			documents: clusterVault("") + ces("namespaces: [shop]"), want: []string{"  namespace: shop\n"}, reads: 1},
		{name: "namespaces that are chosen by label, of those given",
			documents: "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n" + clusterVault("") + ces("namespaceSelectors: [{matchLabels: {team: a}}]"),
			want:      []string{"  namespace: shop\n"}, reads: 1},
		{name: "namespaces that are chosen by label, and none is given",
			documents: clusterVault("") + ces("namespaceSelectors: [{matchLabels: {team: a}}]"),
			warning:   "ClusterExternalSecret db: spec: makes no Secret: it chooses none of the namespaces given", not: "kind: Secret\n", reads: 0},
		{name: "conditions by name, of a namespace that is not given",
			documents: clusterVault(", conditions: [{namespaceRegexes: [^def]}]") + inCluster(es("db", one)), want: []string{encoded("k", "made-up")}, reads: 1},
		{name: "conditions by label, of a namespace that is not given",
			documents: clusterVault(", conditions: [{namespaceSelector: {matchLabels: {team: a}}}]") + inCluster(es("db", one)),
			problem:   `spec.secretStoreRef: ClusterSecretStore vault is not for namespace "default"`, reads: 0},
		{name: "a store of another controller",
			documents: clusterVault(", controller: blue") + inCluster(es("db", one)),
			warning:   `ExternalSecret db: passes through: ClusterSecretStore vault is for the controller "blue"`,
			want:      []string{"kind: ClusterSecretStore\n", "kind: ExternalSecret\n"}, not: "kind: Secret\n", reads: 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := &differing{secrets: map[string]string{
				"app": `{"a":"made-up"}`, "none": `{}`, "two": `{"a1":"1","a2":"2"}`, "dev/a": `{"x":"1"}`, "kv/app": `{"a":"another"}`,
				"docs": `{"one":{"id":12345678901234567890}}`,
			}}
			out, problems := Run(context.Background(), Input{Items: items(t, tc.documents)}, source)
			if got := problems.Error(); !strings.Contains(got, tc.problem) || tc.problem == "" && got != "" {
				t.Errorf("problems: %s", got)
			}
			if got := out.Warnings.Warnings(); !strings.Contains(got, tc.warning) || tc.warning == "" && got != "" {
				t.Errorf("warnings: %s", got)
			}
			if got := len(source.read); got != tc.reads {
				t.Errorf("%d reads", got)
			}
			if tc.problem != "" {
				if out.Items != nil {
					t.Error("something came out")
				}
				return
			}
			got := written(t, out.Items)
			for _, want := range tc.want {
				if !strings.Contains(got, want) {
					t.Errorf("got:\n%s\nwithout %q", got, want)
				}
			}
			if tc.not != "" && strings.Contains(got, tc.not) {
				t.Errorf("got:\n%s\nwith %q", got, tc.not)
			}
		})
	}
}
