package tests

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// canaryCase is an ExternalSecret's spec, and a part of what is said where it goes
// wrong, in a step where the values are at hand; "" where it works.
type canaryCase struct{ spec, says string }

// canaryCases go wrong in each step that a value goes through. Package fn has a test
// with some thousands more.
var canaryCases = map[string]canaryCase{
	"every field":          {`dataFrom: [{extract: {key: app}}]`, ""},
	"one document":         {`data: [{secretKey: k, remoteRef: {key: app}}]`, ""},
	"metadata":             {`data: [{secretKey: k, remoteRef: {key: app, metadataPolicy: Fetch}}]`, ""},
	"into a template":      {"dataFrom: [{extract: {key: app}}]\ntarget: {template: {data: {k: '{{ .text }}:{{ .odd | b64enc }}'}}}", ""},
	"no field":             {`data: [{secretKey: k, remoteRef: {key: app, property: none}}]`, "it has 9 fields"},
	"no secret":            {`data: [{secretKey: k, remoteRef: {key: app}}, {secretKey: l, remoteRef: {key: none}}]`, "permission denied"},
	"no policy":            {`data: [{secretKey: k, remoteRef: {key: app}}, {secretKey: l, remoteRef: {key: denied}}]`, "permission denied"},
	"no object":            {`dataFrom: [{extract: {key: app, property: text}}]`, "not a JSON object"},
	"broken JSON":          {`dataFrom: [{extract: {key: app, property: broken}}]`, "not a JSON object"},
	"not base64":           {`data: [{secretKey: k, remoteRef: {key: app, property: odd, decodingStrategy: Base64URL}}]`, "is not Base64URL"},
	"not all is base64":    {`dataFrom: [{extract: {key: app, decodingStrategy: Base64}}]`, "is not Base64"},
	"a null byte":          {`data: [{secretKey: k, remoteRef: {key: app, property: "null", nullBytePolicy: Fail}}]`, "a null byte"},
	"one key for all":      {`dataFrom: [{extract: {key: app}, rewrite: [{regexp: {source: ".*", target: k}}]}]`, "both become the key"},
	"no key":               {`dataFrom: [{extract: {key: app}, rewrite: [{regexp: {source: "$", target: " "}}]}]`, "which Kubernetes refuses"},
	"no merge":             {`dataFrom: [{extract: {key: app}, rewrite: [{merge: {}}]}]`, "not a JSON object"},
	"a template fails":     {"dataFrom: [{extract: {key: app}}]\ntarget: {template: {data: {a: '{{ .text | mustFromJson }}', b: '{{ .text | fail }}', c: '{{ range .odd }}{{ end }}', d: '{{ index . .text | upper | fail }}', e: '{{ pkcs12keyPass .text .odd }}'}}}", "the function mustFromJson failed"},
	"no YAML":              {"dataFrom: [{extract: {key: app}}]\ntarget: {template: {templateFrom: [{literal: '{{ .text }}: {{ .broken }}'}]}}", "is not YAML"},
	"a value for a key":    {"dataFrom: [{extract: {key: app}}]\ntarget: {template: {templateFrom: [{literal: '{{ .odd | toJson }}: x'}]}}", "a key that Kubernetes does not take"},
	"a value for a label":  {"dataFrom: [{extract: {key: app}}]\ntarget: {template: {templateFrom: [{target: Labels, valuesDecodingStrategy: Base64, literal: 'a: {{ .text }}!'}]}}", "is not Base64"},
	"a field that is none": {"data: [{secretKey: k, remoteRef: {key: app, property: text}}]\npassword: made-up", "no such field"},
}

// TestNoValueIsAnywhereButInASecret runs the program, and every host of it that is at
// hand, over what works and what fails, with a real Vault whose every field is marked.
func TestNoValueIsAnywhereButInASecret(t *testing.T) {
	t.Parallel()
	b := newCanaryBed(t)
	token, err := b.vault.Token("service", "1h", "reader")
	if err != nil {
		t.Fatal(err)
	}
	b.marks.Keep("a token", token)
	secrets, failures := 0, 0
	for name, c := range canaryCases {
		documents := b.store() + canaryES(c.spec)
		given := b.environment("VAULT_TOKEN="+token, "VAULT_ADDR="+b.recorder.Address)
		folder := folderOf(t, map[string]string{"all.yaml": documents, "list.yaml": asList(documents)})
		for how, args := range map[string][]string{"pipe": {"esfn"}, "JSON": {"esfn", "-o", "json"}, "folder": {"esfn", "all.yaml"}, "list": {"esfn"}} {
			stdin := documents
			if how == "list" {
				stdin = asList(documents)
			}
			environment := b.environment()
			if how == "folder" {
				environment = given
			}
			where := name + ", " + how
			stdout, stderr, failed := b.run(where, folder, stdin, environment, args...)
			if failed != (c.says != "") || !strings.Contains(stderr, c.says) {
				t.Errorf("%s: failed: %v, and not with %q", where, failed, c.says)
			}
			if failed && how != "list" && stdout != "" {
				t.Errorf("%s: it fails, and stdout has %d bytes", where, len(stdout))
			}
			secrets += b.outsideSecrets(where, stdout)
			failures += count(failed)
		}
	}
	b.nothingLeft()
	t.Logf("%d failures, %d Secrets, %d texts looked at for %d marks", failures, secrets, b.looked, b.marks.Len())
	if failures < 60 || secrets < 20 {
		t.Errorf("only %d failures and %d Secrets", failures, secrets)
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// asList is a ResourceList of documents.
func asList(documents string) string {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for item := range strings.SplitSeq(documents, "---\n") {
		list += "- " + strings.ReplaceAll(strings.TrimSpace(item), "\n", "\n  ") + "\n"
	}
	return list
}

// TestNoValueIsInWhatCannotBeRead has manifests with a marked Secret in them that are
// no YAML, or no manifests, in many ways: what a parser says quotes what it could not
// read.
func TestNoValueIsInWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := newCanaryBed(t)
	password := b.marks.Text("password")
	for i, broken := range []string{
		"stringData: {password: *" + password, "stringData: {password: *" + password + "}", "stringData: {password: &" + password + " }", "stringData:\n  password: " + password + "\n bad: x", "stringData: {password: \"" + password, "stringData: {password: '" + password + "' x}",
		"stringData: {password: !<" + password + "> x}", "stringData: {password: !" + password + "!x y}", "stringData: {password: \"\\" + password + "\"}", "stringData: {password: @" + password + "}", "stringData: {password: %" + password + "}", "stringData: {password: `" + password + "`}",
		"stringData:\n\tpassword: " + password, "stringData: {? [" + password + "]: x}", "stringData: {" + password + ": x, " + password + ": y}", "stringData: {password: |" + password + "}", "stringData: {<<: " + password + "}", "stringData: {<<: *" + password + "}", "stringData: {password: [" + password + "}", password, "- " + password,
		"%YAML " + password + "\n---\na: b", "stringData: &a {password: *a, b: " + password + "}", "stringData: {password: " + password + "\x00}", "stringData: {password: " + password + "\xff}", "stringData: {password: !!int " + password + "}", "stringData: {password: !!binary " + password + "!}", "kind: {" + password + ": x}", "data: {password: " + password + "!}", "stringData: {password: {a: " + password + "}}",
	} {
		manifest := "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n" + broken + "\n"
		documents := b.store() + canaryES(`data: [{secretKey: k, remoteRef: {key: app, property: none}}]`) + "---\n" + manifest
		folder := folderOf(t, map[string]string{"a/all.yaml": documents, "a/one.json": `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"stringData":{"password":"` + password + `",}}`, "b/all.yaml": documents, "b/kustomization.yaml": "resources: [all.yaml]\n",
			"c/kustomization.yaml": fmt.Sprintf("secretGenerator: [{name: x, literals: [a=%s, '%[1]s, %[1]s']}]\n", password)})
		for how, args := range map[string][]string{"pipe": {"esfn"}, "folder": {"esfn", "a"}, "doctor": {"esfn", "doctor", "-"}, "build": {"esfn", "build", "b"}, "literals": {"esfn", "build", "c"}, "the operator's": {"esfn", "b/all.yaml"}} {
			if how == "literals" && i > 0 || how == "build" && strings.Contains(broken, "&a {password: *a") {
				continue // said once; and kustomize takes a minute to find that its stack overflows
			}
			environment := b.environment()
			if how == "the operator's" {
				environment = b.environment("ESFN_STORES=" + filepath.Join(folder, "a"))
			}
			stdout, _, failed := b.run(fmt.Sprintf("%s: %.24q", how, strings.ReplaceAll(broken, password, "…")), folder, documents, environment, args...)
			if how != "doctor" && (!failed || stdout != "") {
				t.Errorf("%s: %.24q works", how, strings.ReplaceAll(broken, password, "…"))
			}
			b.none(how+": stdout", stdout)
		}
	}
	b.nothingLeft()
}
