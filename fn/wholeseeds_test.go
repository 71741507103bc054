package fn_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// seedRuns adds the manifests of the repository, as plain documents and as a
// ResourceList, and odd ones, each with answers of some kind.
func seedRuns(f *testing.F) {
	answers := []string{"", "\x01\x02\x03\x04\x05\x06\x07\x08", "made-up answers: \x00\x05\x04\x10\x20", "\xfe\xb0\x00\x03\xff", "\xc8\x01\x80\x02\x11", "\xf3\xf8\x00",
		// To every read a panic, no end, a library's error, one that is joined, a fault.
		"\xff", "\xf8", "\xf2", "\xef", "\xc0"}
	n := 0
	add := func(manifests string) {
		for _, text := range []string{manifests, asResourceList(manifests)} {
			f.Add([]byte(text), []byte(answers[n%len(answers)]))
			n++
		}
	}
	for _, folder := range []string{"conformance", "worked-out"} {
		for _, file := range matching(f, "../tests/testdata/"+folder+"/*.txtar") {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, part := range archive.Files {
				if part.Name == "input.yaml" {
					add(strings.ReplaceAll(string(part.Data), "${VAULT_ADDR}", "https://vault.example"))
				}
			}
		}
	}
	for _, folder := range []string{"../examples", "../docs"} {
		for _, file := range below(f, folder) {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			add(string(text))
		}
	}
	for _, text := range matching(f, "api/testdata/odd.yaml") {
		odd, err := os.ReadFile(text)
		if err != nil {
			f.Fatal(err)
		}
		add(string(odd))
	}
	for _, text := range oddManifests {
		for _, answer := range answers {
			f.Add([]byte(text), []byte(answer))
		}
	}
}

func matching(f *testing.F, pattern string) []string {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatal(pattern, err)
	}
	return files
}

// below are the YAML files below a folder.
func below(f *testing.F, folder string) (files []string) {
	f.Helper()
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".yaml" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		f.Fatal(folder, err)
	}
	return files
}

// asResourceList has documents as the items of a list.
func asResourceList(documents string) string {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for document := range strings.SplitSeq("\n"+documents, "\n---\n") {
		list += "- " + strings.ReplaceAll(strings.Trim(document, "\n"), "\n", "\n  ") + "\n"
	}
	return list
}

const vaultAndSecret = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example", path: kv, auth: {tokenSecretRef: {name: login, key: token}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {token: made-up-token}
---
`

// oddManifests are what nobody writes on purpose.
var oddManifests = []string{
	"", "{}", "[]", "---\n---\n", "\ufeff", "a: b\n", "%YAML 1.1\n---\napiVersion: v1\nkind: A\n", "apiVersion: v1\nkind: A\r\n---\r\napiVersion: v1\nkind: B\r\n",
	`{"apiVersion":"v1","kind":"A"}{"apiVersion":"v1","kind":"B","\ud83d":"\ud83d"}`,
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {}\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nresults: [{message: earlier}]\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- &a {kind: A, metadata: {annotations: [x]}}\n- *a\n- {kind: B, x: *a}\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {apiVersion: esfn.krm/v1alpha1, kind: RenderExternalSecrets, metadata: {name: e}, spec: {consumed: Keep, suffixHash: true}}\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c, annotations: {config.kubernetes.io/path: c.yaml}}\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {kind: A, x: , y, ? }\n- kind: B\n  t: &t >+\n    x\n\n\n- kind: C\n  t: *t\n",
	"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, l: &l {a: b}}\n- {apiVersion: v1, kind: B, l: *l}\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: external-secrets.io/v1\n  kind: ExternalSecret\n  metadata: {name: db, labels: &l {a: b}}\n  spec: {secretStoreRef: {name: vault}, data: [{secretKey: k, remoteRef: {key: value}}]}\n- {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: vault}, spec: {provider: {vault: {server: \"https://vault.example\", path: kv}}}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c, labels: *l}}\n",
	"apiVersion: v1\nkind: List\nitems: &l\n- {apiVersion: v1, kind: List, items: *l}\n",
	"apiVersion: v1\nkind: A\nx: &x [*x]\n",
	"apiVersion: v1\nkind: A\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
	"apiVersion: v1\nkind: A\n" + strings.Repeat("? ", 500) + "x\n", "apiVersion: v1\nkind: A\nx: " + strings.Repeat("[", 5000),
	vaultAndSecret + "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\nspec: {secretStoreRef: {name: vault}, target: {template: {data: {a: \"{{ .a | b64dec | fail }}\"}}}, dataFrom: [{extract: {key: value}}]}\n",
	vaultAndSecret + "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\nspec:\n  secretStoreRef: {name: vault}\n  dataFrom:\n  - find: {path: kv, name: {regexp: .*}}\n    rewrite: [{regexp: {source: '[^a-z]', target: _}}, {merge: {strategy: JSON, into: all}}]\n  - find: {tags: {value: x}}\n  data: [{secretKey: k, remoteRef: {key: value, property: value.value, decodingStrategy: Auto, metadataPolicy: Fetch}}]\n",
}
