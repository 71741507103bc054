package fn

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// templated is an ExternalSecret that reads all of one secret and makes of it
// what the target says.
func templated(target string) string {
	return "target: " + target + "\ndataFrom: [{extract: {key: app}}]"
}

const templateObjects = vaultStore + `apiVersion: v1
kind: ConfigMap
metadata: {name: texts}
data:
  one: "one {{ .port }}"
  same: from the ConfigMap
  many: "a: {{ .port }}\nb: [\"{{ .multi }}\"]"
  flat: "a: {{ .port }}\nsame: flat"
  broken: "{{ .multi"
---
apiVersion: v1
kind: Secret
metadata: {name: private}
data: {same: ZnJvbSB0aGUgU2VjcmV0, raw: AP97eyAucG9ydCB9fQ==, broken: e3sgLm1hZGUtdXAtWnE3, bad: "!"}
stringData: {plain: "{{ .port }}{{ .nope }}", wrong: "{{ made_up_Zq7 }}", yaml: "made-up-Zq7: {a: made-up-Zq7}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: texts, namespace: elsewhere}
data: {one: elsewhere}
---
`

func templateSource() *fake {
	return &fake{secrets: map[string]string{"app": `{"port":5432,"multi":"made-up-Zq7\nsecond","bin":"AAEC"}`, "text": `{"v":"` + value + `"}`}}
}

func TestTemplatesMakeTheData(t *testing.T) {
	read := map[string]string{"port": "5432", "multi": "made-up-Zq7\nsecond", "bin": "AAEC"}
	and := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{read, more} {
			for key, v := range m {
				all[key] = v
			}
		}
		return all
	}
	from := func(what string) string { return templated("{template: {templateFrom: [" + what + "]}}") }
	const at = "error: spec.target.template"
	const quote = "\n  hint: quote what is put in, as in: key: {{ .value | quote }}"
	testSpecs(t, templateSource(), templateObjects, []specCase{
		{"none", templated("{}"), read, ""},
		{"an empty one", templated("{template: {}}"), read, ""},
		{"a type alone", templated("{template: {type: x}}"), read, ""},
		{"metadata alone", templated("{template: {metadata: {labels: {a: '{{ .port }}'}}}}"), read, ""},
		{"data takes the place of all", templated("{template: {data: {k: 'p={{ .port }}\n'}}}"), map[string]string{"k": "p=5432 "}, ""},
		{"or is merged over it", templated("{template: {mergePolicy: Merge, data: {port: 'p={{ .port }}', k: ''}}}"), and(map[string]string{"port": "p=5432", "k": ""}), ""},
		{"an empty data is none", templated("{template: {data: {}, templateFrom: []}}"), read, ""},
		{"none sees what another makes", templated("{template: {mergePolicy: Merge, data: {a: x, b: '{{ index . \"a\" }}'}}}"), and(map[string]string{"a": "x", "b": ""}), ""},
		{"no such key", templated("{template: {data: {k: '{{ .nope }}'}}}"), nil, at + `.data[k]: line 1, column 4: there is no such key: nope` + "\n  hint: where a key may be missing, write {{ index . \"key\" }}"},
		{"no such key, by default", templated("{template: {data: {k: '{{ .nope | default \"x\" }}'}}}"), nil, at + `.data[k]: line 1, column 4: there is no such key: nope` + "\n  hint: where a key may be missing, write {{ index . \"key\" }}"},
		{"no such key, by index", templated("{template: {data: {k: '{{ index . \"nope\" | default \"x\" }}'}}}"), map[string]string{"k": "x"}, ""},
		{"there is no level above the keys", templated("{template: {data: {k: '{{ index .data \"port\" }}'}}}"), nil, at + `.data[k]: line 1, column 10: there is no such key: data` + "\n  hint: where a key may be missing, write {{ index . \"key\" }}"},
		{"a key left out has no value", "target: {deletionPolicy: Merge, template: {data: {k: '{{ index . \"b\" }}'}}}\ndata: [{secretKey: b, remoteRef: {key: none}}]", map[string]string{"k": ""},
			"warning: spec.data[0].remoteRef.key: no secret at kv/data/none, so this is left out: deletionPolicy is Merge"},
		{"and cannot be used by name", "target: {deletionPolicy: Merge, template: {data: {k: '{{ .b }}'}}}\ndata: [{secretKey: b, remoteRef: {key: none}}]", nil,
			at + `.data[k]: line 1, column 4: there is no such key: b` + "\n  hint: where a key may be missing, write {{ index . \"key\" }}"},
		{"a literal is YAML", from(`{literal: "port: {{ .port }}\nf: 1.10\nyes: yes\nn:\n"}`), map[string]string{"port": "5432", "f": "1.1", "true": "true", "false": ""}, ""},
		{"an empty literal is a template", from(`{literal: ""}`), map[string]string{}, ""},
		{"a value that breaks it", from(`{literal: "k: {{ .multi }}"}`), nil, at + ".templateFrom[0].literal: what the template gives is not YAML: quote or toJson keeps a value in one piece, nindent one of several lines" + quote},
		{"and does not, in quotes", from(`{literal: "k: {{ .multi | quote }}"}`), map[string]string{"k": "made-up-Zq7\nsecond"}, ""},
		{"a list", from(`{literal: "{{ .multi | quote }}: [1]"}`), nil, at + ".templateFrom[0].literal: what the template gives has a list or a map as a value, and only texts fit into a Secret: toJson makes one of it" + quote},
		{"no keys", from(`{literal: "{{ .multi | quote }}"}`), nil, at + ".templateFrom[0].literal: what the template gives is YAML, but not a map of keys and values" + quote},
		{"a key that Kubernetes refuses", from(`{literal: "{{ .multi | quote }}: x"}`), nil, at + ".templateFrom[0].literal: it makes a key that Kubernetes does not take\n  hint: a key has at most 253 letters, digits, '-', '_' and '.'"},
		{"labels alone are a template, too", from(`{literal: "a: b", target: labels}`), map[string]string{}, ""},
		{"values of a ConfigMap", from("{configMap: {name: texts, items: [{key: one}, {key: same}]}}"), map[string]string{"one": "one 5432", "same": "from the ConfigMap"}, ""},
		{"keys and values of it", from("{configMap: {name: texts, items: [{key: flat, templateAs: KeysAndValues}]}}"), map[string]string{"a": "5432", "same": "flat"}, ""},
		{"which are no texts", from("{configMap: {name: texts, items: [{key: many, templateAs: KeysAndValues}]}}"), nil, at + ".templateFrom[0].configMap.items[0]: what the template gives has a list or a map as a value, and only texts fit into a Secret: toJson makes one of it" + quote},
		{"no such key of it", from("{configMap: {name: texts, items: [{key: nope}, {key: broken}]}}"), nil,
			at + `.templateFrom[0].configMap.items[0].key: ConfigMap texts has no key "nope"` + "\n" +
				at + `.templateFrom[0].configMap.items[1]: line 1: an action is not closed with }}: unclosed action`},
		{"no such ConfigMap", from("{configMap: {name: text, items: [{key: one}]}, secret: {name: texts, items: [{key: one}]}}"), nil,
			at + ".templateFrom[0].configMap.name: no ConfigMap default/text among the manifests given\n  hint: give esfn that ConfigMap together with the ExternalSecret\n" +
				at + ".templateFrom[0].secret.name: no Secret default/texts among the manifests given\n  hint: give esfn that Secret together with the ExternalSecret"},
		{"bytes of a Secret", from("{secret: {name: private, items: [{key: raw}]}}"), map[string]string{"raw": "\x00\xff5432"}, ""},
		{"a Secret's template is not shown", from("{secret: {name: private, items: [{key: plain}, {key: yaml, templateAs: KeysAndValues}]}}"), nil,
			at + ".templateFrom[0].secret.items[0]: line 1, column 15: there is no such key\n" +
				at + ".templateFrom[0].secret.items[1]: what the template gives has a list or a map as a value, and only texts fit into a Secret: toJson makes one of it" + quote},
		{"nor where it cannot be read", from("{secret: {name: private, items: [{key: broken}, {key: wrong}, {key: bad}, {key: nope}]}}"), nil,
			at + ".templateFrom[0].secret.items[0]: line 1: no name holds a -; such a key is taken with (index . \"a-b\")\n" +
				at + ".templateFrom[0].secret.items[1]: line 1: there is no such function\n" +
				at + ".templateFrom[0].secret.items[2].key: Secret private: data[bad] is not base64\n" +
				at + `.templateFrom[0].secret.items[3].key: Secret private has no key "nope"`},
		{"the ConfigMap, then the Secret, then the literal", from(`{literal: "x: y", configMap: {name: texts, items: [{key: same}]}, secret: {name: private, items: [{key: same}]}}`), map[string]string{"same": "from the Secret", "x": "true"}, ""},
		{"the literal last", from(`{literal: "same: literal", configMap: {name: texts, items: [{key: same}]}, secret: {name: private, items: [{key: same}]}}`), map[string]string{"same": "literal"}, ""},
		{"the next one over it", from(`{literal: "same: literal"}, {configMap: {name: texts, items: [{key: same}]}}`), map[string]string{"same": "from the ConfigMap"}, ""},
		{"data over all of them", templated(`{template: {data: {same: data}, templateFrom: [{literal: "same: literal\nx: y"}]}}`), map[string]string{"same": "data", "x": "true"}, ""},
		{"values to decode", from(`{literal: "bin: {{ .bin }}\nx: aGk=", valuesDecodingStrategy: Base64}`), map[string]string{"bin": "\x00\x01\x02", "x": "hi"}, ""},
		{"values that cannot be", from(`{literal: "x: {{ .multi | quote }}", valuesDecodingStrategy: Base64}`), nil,
			at + ".templateFrom[0].literal: the value that it makes for one of its keys is not Base64\n  hint: valuesDecodingStrategy says what encoding that is"},
		{"one that cannot be", from(`{configMap: {name: texts, items: [{key: one}]}, valuesDecodingStrategy: Base64URL}`), nil,
			at + ".templateFrom[0].configMap.items[0]: the value that it makes for \"one\" is not Base64URL\n  hint: valuesDecodingStrategy says what encoding that is"},
		{"metadata that is no text", templated(`{template: {templateFrom: [{target: Labels, literal: "a: {{ .bin }}", valuesDecodingStrategy: Base64}, {target: Annotations, literal: "a: /w==", valuesDecodingStrategy: Base64}], metadata: {labels: {b: '{{ b64dec "/w==" }}'}}}}`), nil,
			at + ".metadata.labels[b]: the value that it makes for \"b\" is no text, and metadata is\n  hint: only data holds other bytes\n" +
				at + ".templateFrom[1].literal: the value that it makes for one of its keys is no text, and metadata is\n  hint: only data holds other bytes"},
		{"another target", from(`{literal: "", target: ANNOTATIONS}, {literal: "", target: spec.x}, {literal: "", target: Lables}`), nil,
			at + ".templateFrom[1].target: \"spec.x\" is none of Data, Labels, Annotations: a Secret has nothing else to template\n" +
				at + ".templateFrom[2].target: \"Lables\" is none of Data, Labels, Annotations: a Secret has nothing else to template\n  hint: did you mean Labels?"},
		{"types that make credentials", templated("{template: {type: bootstrap.kubernetes.io/token}}"), nil,
			at + `.type: a Secret of type "bootstrap.kubernetes.io/token" gives access to the cluster, and is refused as ESO refuses it`},
		{"with a service account", templated("{template: {type: kubernetes.io/service-account-token, metadata: {annotations: {kubernetes.io/service-account.name: sa}}}}"), nil,
			at + `.type: a Secret of type "kubernetes.io/service-account-token" gives access to the cluster, and is refused as ESO refuses it`},
		{"with one that a template may make", templated(`{template: {type: kubernetes.io/service-account-token, templateFrom: [{target: annotations, literal: ""}]}}`), nil,
			at + `.type: a Secret of type "kubernetes.io/service-account-token" gives access to the cluster, and is refused as ESO refuses it`},
		{"and without", templated("{template: {type: kubernetes.io/service-account-token}}"), read, ""},
		{"functions by chance, by name", templated("{template: {data: {a: '{{ randInt 1 2 }}{{ randInt 1 2 }}', b: '{{ (now | date \"x\") }}'}, metadata: {labels: {c: '{{ if false }}{{ uuidv4 }}{{ end }}'}}}}"), map[string]string{"a": "11", "b": "x"},
			unstable("data[a]", "randInt") + unstable("data[b]", "now") + strings.TrimSuffix(unstable("metadata.labels[c]", "uuidv4"), "\n")},
		{"a hash without a salt is none of them", templated(`{template: {data: {a: '{{ htpasswd "u" "p" "sha" }}'}}}`), map[string]string{"a": "u:{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k="}, ""},
		{"nothing read is nothing made", "target: {template: {data: {k: static}}}\ndataFrom: [{find: {path: '', name: {regexp: nope}}}]", nil, nothing},
		{"but for Merge", "target: {deletionPolicy: Merge, template: {data: {k: static}}}\ndataFrom: [{find: {name: {regexp: nope}}}]", map[string]string{"k": "static"}, ""},
	})
}

func unstable(field, function string) string {
	return "warning: spec.target.template." + field + ": what " + function + " gives is another in every render\n" +
		"  hint: keep in Vault what is to stay the same; Argo CD sees a difference after every render\n"
}

func TestTemplatesMakeMetadata(t *testing.T) {
	const metadata = `{name: db, labels: {mine: x}, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}, finalizers: [f]}`
	for _, tc := range []struct{ name, target, want string }{
		{"none: all of the ExternalSecret's", "{}", `  labels:
    mine: x
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: "{}"
type: Opaque
`},
		{"an empty one", "{template: {}}", "type: Opaque\n"},
		{"a label without a name is none of keys and values", `{template: {metadata: {labels: {"": '{{ .port }}'}}}}`, `  labels:
    "": "5432"
type: Opaque
`},
		{"values are rendered, keys are not", `{template: {metadata: {labels: {port: '{{ .port }}', "{{ .port }}": x}, annotations: {reconcile.external-secrets.io/data-hash: x, a: 'y'}, finalizers: [a/b]}}}`, `  labels:
    port: "5432"
    '{{ .port }}': x
  annotations:
    a: "y"
  finalizers:
  - a/b
type: Opaque
`},
		{"templateFrom makes keys, metadata comes over it", `{immutable: true, template: {type: t, templateFrom: [{target: LABELS, literal: "l{{ .port }}: a\nb: c"}, {target: annotations, literal: "b: aGk=", valuesDecodingStrategy: Auto}], metadata: {labels: {b: d}}}}`, `  labels:
    b: d
    l5432: a
  annotations:
    b: hi
type: t
immutable: true
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+withMetadata(metadata, templated(tc.target)))}, templateSource())
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			_, got, _ := strings.Cut(written(t, out.Items), "metadata:\n  name: db\n")
			got, _, _ = strings.Cut(got, "data:\n")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNothingIsReadForAnExternalSecretWithATemplateThatIsNone(t *testing.T) {
	source := templateSource()
	broken := templated("{template: {data: {a: '{{', b: '{{ env \"HOME\" }}'}, metadata: {labels: {c: '{{ if }}'}, annotations: {d: '{{ lookup }}'}}}}")
	out, problems := Run(context.Background(), Input{Items: items(t, templateObjects+es("db", broken)+"---\n"+es("other", "data: [{secretKey: k, remoteRef: {key: text}}]"))}, source)
	const want = `error: spec.target.template.data[a]: line 1: an action is not closed with }}: unclosed action
error: spec.target.template.data[b]: line 1: there is no function env, in ESO neither: a template sees nothing of the machine: env
error: spec.target.template.metadata.annotations[d]: line 1: there is no function lookup, in ESO neither: it is Helm's: lookup
error: spec.target.template.metadata.labels[c]: line 1: a command is missing: missing value for if`
	if diff := cmp.Diff(want, said(t, out, problems)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"text"}, source.refs()); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestATemplateThatIsNotRenderedIsNotJudged(t *testing.T) {
	testSpecs(t, templateSource(), vaultStore, []specCase{
		{"creationPolicy None", templated("{creationPolicy: None, template: {data: {a: '{{'}}}"), nil, "warning: makes no Secret: creationPolicy is None"},
	})
}

func TestATemplateDoesNotSayWhereASecretIsWritten(t *testing.T) {
	got, _, problems := rendered(t, Input{Items: items(t, vaultStore+es("db", `target: {template: {metadata: {annotations: {internal.config.kubernetes.io/path: a, config.kubernetes.io/path: b, esfn.krm/external-secret: c, note: mine}},
  templateFrom: [{target: Annotations, literal: 'internal.config.kubernetes.io/index: "1"'}]}}
data: [{secretKey: k, remoteRef: {key: app, property: a}}]`))})
	if len(problems) > 0 || !strings.Contains(got, "  annotations:\n    note: mine\ntype:") {
		t.Errorf("%v\n%s", problems, got)
	}
}
