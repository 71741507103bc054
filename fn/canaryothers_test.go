package fn

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/canary"
)

// others are objects that are no use to each other, with marks in all that is a secret
// there: kinds, namespaces and names that do not fit, and what hosts and operators give.
func (c *canaryRun) others() {
	m := c.marks
	source := &fake{secrets: map[string]string{"s": `{"f":"` + m.Text("for others") + `","":"` + m.Text("without a name") + `"}`, "kv/d/a": `{"f":"` + m.Text("found for others") + `"}`, "d/a": `{"f":"` + m.Text("found for others, too") + `"}`},
		metadata: map[string]string{"d/a": `{"owner":"` + m.Text("an owner") + `"}`}}
	store := c.store("")
	plain := es("app", `data: [{secretKey: k, remoteRef: {key: s, property: f}}]`)
	change := func(text string, oldNew ...string) string { return strings.NewReplacer(oldNew...).Replace(text) }
	cluster := change(store, "kind: SecretStore", "kind: ClusterSecretStore")
	many := "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: many}\nspec:\n  externalSecretName: app\n  namespaceSelectors: [{matchLabels: {a: b}}]\n  externalSecretSpec:\n    secretStoreRef: {name: vault, kind: ClusterSecretStore}\n    data: [{secretKey: k, remoteRef: {key: s}}]\n"
	namespace := "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {a: b}, annotations: {note: " + m.Text("an annotation") + "}}\n"
	for name, documents := range map[string]string{
		"no store": plain, "two stores": store + store + plain, "another kind": cluster + plain, "another namespace": change(store, "{name: vault}", "{name: vault, namespace: other}") + plain,
		"another namespace's Secret": change(store, "{name: login}", "{name: login, namespace: other}") + plain, "a foreign controller": change(store, "spec: {", "spec: {controller: theirs, ") + plain, "another provider": change(store, "{vault:", "{aws: {region: "+m.Text("beside")+"}, vault:") + plain,
		"KV v1": change(store, "path: kv,", "path: kv, version: v1,") + es("app", `dataFrom: [{extract: {key: s, version: "1", metadataPolicy: Fetch}}, {find: {tags: {a: b}}}]`), "no mount": change(store, "path: kv, ", "") + es("app", "data: [{secretKey: k, remoteRef: {key: s}}, {secretKey: k, remoteRef: {key: s}}, {secretKey: '!', remoteRef: {key: ../s}}]"),
		"conditions": change(cluster, "spec: {", "spec: {conditions: [{namespaces: [none]}, {namespaceSelector: {matchLabels: {a: b}}}], ") + change(plain, "{name: vault}", "{name: vault, kind: ClusterSecretStore}"), "a ClusterExternalSecret": cluster + many + namespace, "one that chooses none": cluster + many, "one in the way": cluster + many + namespace + "---\n" + change(plain, "{name: app}", "{name: app, namespace: shop}"),
		"metadata": store + es("app", `dataFrom: [{find: {path: d, tags: {owner: someone}}}]`), "like its mount": store + es("app", `dataFrom: [{find: {path: kv/d}}]`), "found and kept": store + es("app", "dataFrom: [{find: {path: d}}]\ntarget: {deletionPolicy: Delete}"),
		"a generator's": store + es("app", "dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]"), "nothing": store + es("app", "data: []"), "a manifest": store + es("app", "data: [{secretKey: k, remoteRef: {key: s}}]\ntarget: {manifest: {apiVersion: v1, kind: ConfigMap}}"), "a token's Secret": store + es("app", "data: [{secretKey: k, remoteRef: {key: s}}]\ntarget: {template: {type: kubernetes.io/service-account-token}}"),
		"chance": store + es("app", "dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: '{{ randAlpha 5 }}{{ .f | bcrypt }}{{ htpasswd .f .f }}'}}}"), "slow": store + es("app", "dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: '{{ range until 30 }}{{ $.f | bcrypt }}{{ end }}'}}}"), "large": store + es("app", "dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: '{{ repeat 1000000 .f }}', l: '{{ range until 999 }}{{ repeat 20000 $.f | len }}{{ end }}'}}}"),
		"deep": store + es("app", fmt.Sprintf("dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: '%s%s%s'}}}", strings.Repeat("{{ if .f }}", 120), m.Text("in a literal"), strings.Repeat("{{ end }}", 120))), "bad parentheses": store + es("app", "dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: '{{ (.f }}', l: '{{ .f) }}', m: '{{ .f-a }}', o: '{{ break }}', p: '{{ | }}'}}}"),
		"long keys": store + es("app", "dataFrom: [{extract: {key: s}, rewrite: [{regexp: {source: f, target: "+strings.Repeat("x", 4097)+"}}]}, {extract: {key: s}, rewrite: [{transform: {template: '{{ repeat 9999 .value }}'}}]}]"), "bad paths": store + es("app", "data: [{secretKey: k, remoteRef: {key: s, property: '{{{{{{f'}}]"),
		"merged": store + es("app", "dataFrom: [{extract: {key: s}, rewrite: [{merge: {priority: [f, f]}}]}, {extract: {key: s}, rewrite: [{merge: {priority: [none]}}]}]"), "labels": "apiVersion: v1\nkind: Secret\nmetadata: {name: app, labels: {a: b}}\nstringData: {k: " + m.Text("in the way") + "}\n---\n" + store + plain, "no version": store + change(plain, "io/v1", "io/v9"), "v1alpha1": store + change(plain, "io/v1", "io/v1alpha1"),
	} {
		c.in(name, documents, source)
	}
	for name, config := range map[string]string{
		"of another kind": "kind: ConfigMap\nmetadata: {name: c}\nstringData: {a: " + m.Text("a functionConfig") + "}", "no map": "[" + m.Text("a list for a functionConfig") + "]", "a Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: c}\nstringData: {a: " + m.Text("a Secret for a functionConfig") + "}",
		"ours":    "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: c}\nspec: {outputPath: ../x, consumed: maybe, suffixHash: 1, password: " + m.Text("beside settings") + ", resources: [{kind: Secret, stringData: {a: " + m.Text("in resources") + "}}, " + m.Text("no resource") + "]}",
		"of data": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {consumed: maybe, password: " + m.Text("in data of settings") + "}",
	} {
		c.with("a functionConfig "+name, Input{Items: items(c.T, store+plain), FunctionConfig: yaml.MustParse(config)}, source)
	}
	// Where kpt writes, and what it wrote before.
	kpt := func(text, file string) string {
		return change(text, "metadata: {", "metadata: {annotations: {config.kubernetes.io/path: "+file+", internal.config.kubernetes.io/path: "+file+"}, ")
	}
	old := "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, annotations: {" + madeBy + ": %s, config.kubernetes.io/path: old.yaml, internal.config.kubernetes.io/path: old.yaml}}\ndata: {k: " + canary.Base64(m.Text("made before")) + "}\n---\n"
	c.in("kpt", fmt.Sprintf(old, "app", "app")+fmt.Sprintf(old, "app", "app")+fmt.Sprintf(old, "gone", "gone")+kpt(store, "store.yaml")+kpt(plain, "app.yaml"), source)
	c.in("kpt, and one is added to", kpt("apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData: {k: "+m.Text("to be added to")+"}\n---\n", "secret.yaml")+kpt(store, "store.yaml")+kpt(plain+"  target: {creationPolicy: Merge}\n", "app.yaml"), source)
}
