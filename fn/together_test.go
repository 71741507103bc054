package fn

import (
	"testing"
)

// TestWhatIsWrongInOnePlaceHidesNothingElsewhere has ExternalSecrets with several
// things wrong, which are all said.
func TestWhatIsWrongInOnePlaceHidesNothingElsewhere(t *testing.T) {
	const unclosed = "line 1: an action is not closed with }}: unclosed action"
	source := &fake{secrets: map[string]string{
		"app": `{"a":"x"}`, "two": `{"a":{"u":"1"},"b":{"u":"2"}}`, "all": `{"a":{"x":"1"},"all":{"y":"2"}}`,
	}}
	entry := func(more string) string { return "data: [{secretKey: k, remoteRef: {key: app, property: a}}]" + more }
	testSpecs(t, source, vaultStore, []specCase{
		{"a store that is missing, and a rewrite", "dataFrom: [{extract: {key: app}, sourceRef: {storeRef: {name: none}}, rewrite: [{transform: {template: '{{'}}]}]", nil,
			"error: spec.dataFrom[0].rewrite[0].transform.template: " + unclosed + "\nerror: spec.dataFrom[0].sourceRef.storeRef: no SecretStore \"none\" in namespace \"default\" among the manifests given\n  hint: give esfn the store together with the ExternalSecret"},
		{"a key out of the mount, and a rewrite", "dataFrom: [{extract: {key: ../x}, rewrite: [{transform: {template: '{{'}}]}]", nil,
			"error: spec.dataFrom[0].extract.key: leads out of its mount with ..\n  hint: write the path without it\nerror: spec.dataFrom[0].rewrite[0].transform.template: " + unclosed},
		{"a label that is a number, and a template", entry("\ntarget: {template: {metadata: {labels: {l: 1}}, data: {t: '{{'}}}"), nil,
			"error: spec.target.template.data[t]: " + unclosed + "\nerror: spec.target.template.metadata.labels[l]: must be a string, is a number\n  hint: write it in quotes"},
		{"a type that is refused, and a template", entry("\ntarget: {template: {type: bootstrap.kubernetes.io/token, data: {t: '{{'}}}"), nil,
			"error: spec.target.template.data[t]: " + unclosed + "\nerror: spec.target.template.type: a Secret of type \"bootstrap.kubernetes.io/token\" gives access to the cluster, and is refused as ESO refuses it"},
		// And nothing that only follows from something else.
		{"a property that is missing, and a template that needs it", "target: {template: {data: {t: '{{ .k }}'}}}\ndata: [{secretKey: k, remoteRef: {key: app, property: nope}}, {secretKey: o, remoteRef: {key: app, property: a}}]", nil,
			"error: spec.data[0].remoteRef.property: no field \"nope\" at kv/data/app (version 3); it has 1 field\n  hint: field names are case-sensitive, and a dot in a name is written as \\."},
		{"a secret that is missing, and a template that needs it", "target: {template: {data: {t: '{{ .k }}'}}}\ndata: [{secretKey: k, remoteRef: {key: gone}}, {secretKey: o, remoteRef: {key: app, property: a}}]", nil,
			"error: spec.data[0].remoteRef.key: no secret at kv/data/gone"},

		{"merge goes by the keys as they are by then", "dataFrom: [{extract: {key: two}, rewrite: [{regexp: {source: ^a$, target: z}}, {merge: {conflictPolicy: Ignore}}]}]", map[string]string{"u": "1"}, ""},
		{"merge takes the place of a key of its own name", "dataFrom: [{extract: {key: all}, rewrite: [{merge: {strategy: JSON, into: all}}, {regexp: {source: ^all$, target: every}}]}]",
			map[string]string{"a": `{"x":"1"}`, "every": `{"x":"1","y":"2"}`}, ""},
		{"no tags beside a name are no choice", "dataFrom: [{find: {name: {regexp: app}, tags: {}}}]", map[string]string{"app": `{"a":"x"}`}, ""},
		{"a template that is null is none", "target: {template: {data: {t: null}}}\n" + entry(""), map[string]string{"k": "x"}, ""},
		{"multipaths that multiply", "data: [{secretKey: k, remoteRef: {key: app, property: '[@this]|[@this]|[@this]|[@this]|[@this]'}}]", nil,
			"error: spec.data[0].remoteRef.property: is a path that could make far more of a secret than it holds\n  hint: it takes 4 of [ and {, 100 commas and 4096 characters; take what is needed in several entries"},
	})
}
