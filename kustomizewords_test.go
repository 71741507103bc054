package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnlyKustomizesOwnWordsArePassedOn has what kustomize 5.8 says, with made-up values.
// TestNoValueIsInWhatKustomizeSays has it say some of it.
func TestOnlyKustomizesOwnWordsArePassedOn(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		says string
		want string // the same where it is empty
	}{
		{says: "accumulating resources: accumulation err='accumulating resources from 'a.yaml': open " + folder + "/a.yaml: no such file or directory': must build at directory: '" + folder + "/a.yaml': file is not directory"},
		{says: "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '" + folder + "/base'"},
		{says: "accumulating resources: accumulation err='accumulating resources from 'base': read " + folder + "/base: is a directory': may not add resource with an already registered id: ConfigMap.v1.[noGrp]/app.[noNs]"},
		{says: `no resource matches strategic merge patch "Secret.[noVer].[noGrp]/b.[noNs]": no matches for Id Secret.[noVer].[noGrp]/b.[noNs]; failed to find unique target`},
		{says: "no matches for Id Deployment.v1.apps/app.team; failed to find unique target"},
		{says: `invalid Kustomization: json: unknown field "literal"`},
		{says: "invalid Kustomization: json: cannot unmarshal string into Go struct field Kustomization.resources of type []string"},
		{says: "accumulating resources from 'a.yaml': MalformedYAMLError: yaml: line 6: found unexpected end of stream in File: a.yaml"},
		{says: "yaml: line 3: mapping values are not allowed in this context"},
		{says: "yaml: line 3: found character that cannot start any token"},
		{says: "yaml: line 3: did not find expected key"},
		{says: "yaml: line 3: could not find expected ':'"},
		{says: "must specify --enable-helm"},
		{"external plugins disabled; unable to load external plugin 'made-up'", "external plugins disabled; unable to load external plugin '…'"},
		{says: "security; file '" + folder + "/a.yaml' is not in or below '" + folder + "/base'"},

		{"MalformedYAMLError: yaml: unknown anchor 'made'up' referenced in File: a.yaml", "MalformedYAMLError: yaml: unknown anchor '…' referenced in File: a.yaml"},
		{"loading KV pairs: literal sources [a=b made-up]x, y]: invalid literal source made-up]x, y, expected key=value", "loading KV pairs: literal sources [a=…: invalid literal source …, expected key=value"},
		{"loading KV pairs: env source files: [a.env]: " + folder + "/a.env has invalid utf8 bytes : PASSWORD=made-up-\xff-and-more", "loading KV pairs: env source files: … has invalid utf8 bytes : …"},
		{"map[string]interface {}(nil): yaml: unmarshal errors:\n  line 4: mapping key \"made\\\"up\" already defined at line 4", "yaml: unmarshal errors:\n  line 4: mapping key \"…\" already defined at line 4"},
		{"map[string]interface {}(nil): yaml: invalid map key: []interface {}{\"made-up\"}", "yaml: invalid map key: []interface {}{\"…\"}"},
		{"map[string]interface {}(nil): yaml: cannot decode !!str `made-up` as a !!int", "yaml: cannot decode !!str `…` as a !!int"},
		{"trouble configuring builtin PatchTransformer with config: `\npatch: made ` up\n`: unable to parse SM or JSON patch from [patch: \"made-up\"]", "trouble configuring builtin PatchTransformer with config: `\npatch: …\n`: unable to parse SM or JSON patch from [patch: \"…\"]"},
		{`Get "https://ada:***@127.0.0.1:1/x": evalsymlink failure on '/x/https:/ada:made@up@127.0.0.1:1/x' : https://ada:made@up@127.0.0.1/x`, `Get "https:…": evalsymlink failure on '…' : https:…`},
		{"literals [S3cr3t.json a/.. S3cr3t/.. base/../S3cr3t.yaml /etc/passwd]", "literals …"},
		{"options.index 3 is out of bounds for value made-up", "options.index … is out of bounds for value …"},
		{"wrong node kind: expected MappingNode but got ScalarNode: node contents:\nhunter2: made-up", "wrong node kind: expected MappingNode but got ScalarNode: node contents:\n…"},
		{"must specify a target for JSON patch [{hunter2: add, value: made]up}, x", "must specify a target for JSON patch [{…: add, value: …"},
		{"received error no kind for the following resource:\napiVersion: v1\ndata:\n  password: bWFkZS11cA==\n", "received error no kind for the following resource:\napiVersion: …\ndata:\n  …"},
		{"**** Too many possible referral targets to referrer: Pod.v1.[noGrp]/p.[noNs]\npossible referral 0: Secret.v1.[noGrp]/s.[noNs]\ndata:\n  password: bWFkZS11cA==\n", "**** Too many possible referral targets to referrer: Pod.v1.[noGrp]/p.[noNs]\npossible referral …: Secret.v1.[noGrp]/s.[noNs]\ndata:\n  …"},
		{"accumulating resources from 'apiVersion: builtin\nliterals:\n- password=made-up\n': evalsymlink failure on '" + folder + "/apiVersion: builtin", "accumulating resources from 'apiVersion: builtin\nliterals:\n- …\n': evalsymlink failure on '…: builtin"},
	} {
		want := tc.want
		if want == "" {
			want = tc.says
		}
		if got, less := withoutValues(folder, tc.says); strings.TrimSpace(got) != want || less != (tc.want != "") {
			t.Errorf("%s\n got: %s (%v)\nwant: %s", tc.says, got, less, want)
		}
	}
}
