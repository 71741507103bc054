package main

import "testing"

// TestWhatKustomizeQuotesIsLeftOut has what kustomize 5.8 says; with made-up values.
// tests/canary_test.go has it say some of it.
func TestWhatKustomizeQuotesIsLeftOut(t *testing.T) {
	for _, tc := range []struct{ says, want string }{
		{"accumulating resources: accumulation err='accumulating resources from 'a.yaml': open /x/a.yaml: no such file or directory': must build at directory: '/x/a.yaml': file is not directory", ""},
		{`no resource matches strategic merge patch "Secret.[noVer].[noGrp]/b.[noNs]": no matches for Id Secret.[noVer].[noGrp]/b.[noNs]; failed to find unique target`,
			`no resource matches strategic merge patch …: no matches for Id Secret.[noVer].[noGrp]/b.[noNs]; failed to find unique target`},
		{`invalid Kustomization: json: unknown field "literal"`, ""},
		{"accumulating resources from 'a.yaml': MalformedYAMLError: yaml: line 6: found unexpected end of stream in File: a.yaml", ""},
		{"accumulating resources from 'a.yaml': MalformedYAMLError: yaml: unknown anchor 'made'up' referenced in File: a.yaml", "accumulating resources from 'a.yaml': MalformedYAMLError: yaml: an alias (*) refers to no anchor in File: a.yaml"},
		{"loading KV pairs: literal sources [a=b made-up]x, y]: invalid literal source made-up]x, y, expected key=value", "loading KV pairs: one of the literals is not key=value"},
		{"map[string]interface {}(nil): yaml: unmarshal errors:\n  line 4: mapping key \"made\\\"up\" already defined at line 4", "yaml: unmarshal errors:\n  line 4: mapping key … already defined at line 4"},
		{"map[string]interface {}(nil): yaml: invalid map key: []interface {}{\"made-up\"}", "yaml: invalid map key: …interface {}{…}"},
		{"map[string]interface {}(nil): yaml: cannot decode !!str `made-up` as a !!int", "yaml: cannot decode !!str … as a !!int"},
		{"trouble configuring builtin PatchTransformer with config: `\npatch: made ` up\n`: unable to parse SM or JSON patch from [patch: \"made-up\"]", "trouble configuring builtin PatchTransformer with config: …: unable to parse SM or JSON patch from …"},
		{`Get "https://ada:***@127.0.0.1:1/x": evalsymlink failure on '/x/https:/ada:made@up@127.0.0.1:1/x' : https://ada:made@up@127.0.0.1/x`, `Get …: evalsymlink failure on '/x/https:/…@127.0.0.1:1/x' : https://…@127.0.0.1/x`},
		{"options.index 3 is out of bounds for value made up", "options.index 3 is out of bounds for value …"},
		{"wrong node kind: expected MappingNode but got ScalarNode: node contents:\nmade: up\n", "wrong node kind: expected MappingNode but got ScalarNode: node contents:\n…"},
		{"must specify a target for JSON patch [{op: add, value: made]up}, x", "must specify a target for JSON patch …"},
		{"must specify a target for patch - op: made-up", "must specify a target for patch …"},
		{"patch and path can't be set at the same time\npatch: made-up\n", "patch and path can't be set at the same time\n…"},
		{"must specify one of patch and path in\npatch: made-up\n", "must specify one of patch and path in\n…"},
		{"Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: [patch: made-up", "Multiple Strategic-Merge Patches in one …"},
		{"received error made-up for the following resource:\na: made-up\n", "received error made-up for the following resource:\n…"},
		{"missing metadata.name in object map[a:made-up]", "missing metadata.name in object …"},
		{"unable to parse SM or JSON patch from [patch: made]up and more]", "unable to parse SM or JSON patch from …"},
		{"a list with a bracket [made]up] in it", "a list with a bracket … in it"},
		{`a text that is cut "made-up`, "a text that is cut …"}, {"a list that is cut [made-up", "a list that is cut …"},
	} {
		want := tc.want
		if want == "" {
			want = tc.says
		}
		if got, less := withoutQuoted(tc.says); got != want || less != (tc.want != "") {
			t.Errorf("%s\n got: %s (%v)\nwant: %s", tc.says, got, less, want)
		}
	}
}
