package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
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
	for _, broken := range []string{
		"stringData: {password: *" + password, "stringData: {password: *" + password + "}", "stringData: {password: &" + password + " }", "stringData:\n  password: " + password + "\n bad: x", "stringData: {password: \"" + password, "stringData: {password: '" + password + "' x}",
		"stringData: {password: !<" + password + "> x}", "stringData: {password: !" + password + "!x y}", "stringData: {password: \"\\" + password + "\"}", "stringData: {password: @" + password + "}", "stringData: {password: %" + password + "}", "stringData: {password: `" + password + "`}",
		"stringData:\n\tpassword: " + password, "stringData: {? [" + password + "]: x}", "stringData: {" + password + ": x, " + password + ": y}", "stringData: {password: |" + password + "}", "stringData: {<<: " + password + "}", "stringData: {<<: *" + password + "}", "stringData: {password: [" + password + "}", password, "- " + password,
		"%YAML " + password + "\n---\na: b", "stringData: &a {password: *a, b: " + password + "}", "stringData: {password: " + password + "\x00}", "stringData: {password: " + password + "\xff}", "stringData: {password: !!int " + password + "}", "stringData: {password: !!binary " + password + "!}", "kind: {" + password + ": x}", "data: {password: " + password + "!}", "stringData: {password: {a: " + password + "}}",
	} {
		manifest := "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n" + broken + "\n"
		documents := b.store() + canaryES(`data: [{secretKey: k, remoteRef: {key: app, property: none}}]`) + "---\n" + manifest
		folder := folderOf(t, map[string]string{"a/all.yaml": documents, "a/one.json": `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"stringData":{"password":"` + password + `",}}`, "b/all.yaml": documents, "b/kustomization.yaml": "resources: [all.yaml]\n"})
		for how, args := range map[string][]string{"pipe": {"esfn"}, "folder": {"esfn", "a"}, "doctor": {"esfn", "doctor", "-"}, "the operator's": {"esfn", "b/all.yaml"}} {
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

// TestNoValueIsInWhatHostsWrite has kustomize, kpt, Argo CD and esfn build say and
// write what they do of a run that works and of one that fails.
func TestNoValueIsInWhatHostsWrite(t *testing.T) {
	t.Parallel()
	b := newCanaryBed(t)
	kpt, err := kptBinary()
	if err != nil {
		t.Fatal(err)
	}
	argocd, err := argocdBinary()
	if err != nil {
		t.Fatal(err)
	}
	// A kustomize that tells what it was given, and is then itself.
	seen := filepath.Join(t.TempDir(), "seen")
	wrapper := folderOf(t, nil)
	script := fmt.Sprintf("#!/bin/sh\n{ echo \"$0 $*\"; env; } >> %s\nexec %s \"$@\"\n", seen, programs.kustomize)
	if err := os.WriteFile(filepath.Join(wrapper, "kustomize"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	secrets := 0
	for _, name := range []string{"every field", "no field", "a template fails", "not all is base64", "no YAML"} {
		c := canaryCases[name]
		judge := func(host, stdout, stderr string, failed bool) {
			t.Helper()
			if failed != (c.says != "") || !strings.Contains(stderr, c.says) {
				t.Errorf("%s, %s: failed: %v, and not with %q", name, host, failed, c.says)
			}
			secrets += b.outsideSecrets(name+", "+host, stdout)
		}
		documents := b.store() + canaryES(c.spec)
		folder := folderOf(t, map[string]string{
			"kustomize/all.yaml": documents, "kustomize/kustomization.yaml": "resources: [all.yaml]\ntransformers: [esfn.yaml]\n",
			"kustomize/esfn.yaml": "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata:\n  name: esfn\n  annotations:\n    config.kubernetes.io/function: \"exec: {path: esfn}\"\n",
			"build/all.yaml":      documents, "build/kustomization.yaml": "resources: [all.yaml]\n",
			"kpt/all.yaml": documents, "kpt/Kptfile": "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: app}\npipeline: {mutators: [{exec: esfn}]}\n",
			"argocd/all.yaml": documents,
		})
		stdout, stderr, failed := b.run(name+", kustomize", folder, "", b.environment(), programs.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "kustomize")
		judge("kustomize", stdout, stderr, failed)

		environment := b.environment("VAULT_ADDR="+b.recorder.Address, "VAULT_TOKEN="+testbed.RootToken, "AWS_SECRET_ACCESS_KEY="+b.marks.Text("an AWS key"), "ESFN_ALLOWED_SERVERS="+b.recorder.Address)
		environment[0] = "PATH=" + wrapper + ":" + strings.TrimPrefix(environment[0], "PATH=")
		stdout, stderr, failed = b.run(name+", esfn build", folder, "", environment, "esfn", "build", "build")
		judge("esfn build", stdout, stderr, failed)

		stdout, stderr, failed = b.run(name+", kpt", folder, "", b.environment(), kpt, "fn", "render", "kpt", "--allow-exec", "--results-dir", "results")
		judge("kpt", stdout, stderr, failed)
		b.inFolder(name+", kpt's package", filepath.Join(folder, "kpt"))
		b.inFolder(name+", kpt's results", filepath.Join(folder, "results"))

		secrets += b.inArgoCD(name, argocd, filepath.Join(folder, "argocd"), c.says)

		stdout, _, failed = b.run(name+", doctor", folder, documents, b.environment(), "esfn", "doctor", "-")
		b.none(name+", doctor", stdout)
		if failed {
			t.Errorf("%s: the doctor finds something: %s", name, stdout)
		}
	}
	given := read(t, seen)
	b.none("what kustomize is given", given)
	for line := range strings.SplitSeq(given, "\n") {
		if slices.ContainsFunc([]string{"VAULT_", "ESFN_", "AWS_"}, func(prefix string) bool { return strings.HasPrefix(line, prefix) }) {
			t.Errorf("kustomize is given %s", strings.SplitN(line, "=", 2)[0])
		}
	}
	if !strings.Contains(given, "kustomize build build") || !strings.Contains(given, "\nHOME=") {
		t.Error("kustomize was not looked at")
	}
	if secrets < 4 {
		t.Errorf("only %d Secrets", secrets)
	}
}

// inArgoCD has the manifests of a folder made as the repo-server does it, and looks at
// what argocd-cmp-server logs. It returns how many Secrets there were.
func (b *canaryBed) inArgoCD(name, binary, folder, says string) (secrets int) {
	b.Helper()
	log := filepath.Join(b.TempDir(), "cmp-server.log")
	const plugin = "{apiVersion: argoproj.io/v1alpha1, kind: ConfigManagementPlugin, metadata: {name: p}, spec: {generate: {command: [esfn, build, .]}}}"
	server, err := testbed.StartCMPServer(binary, plugin, b.environment(), log, nil)
	if err != nil {
		b.Fatal(err)
	}
	stdout, stderr, failed := b.run(name+", Argo CD", folder, "", b.environment("ARGOCD_PLUGINSOCKFILEPATH="+server.Sockets), binary, "generate", "-plugin", "p", folder)
	server.Stop()
	logged := read(b.T, log)
	b.none(name+", Argo CD's log", logged)
	if failed != (says != "") || !strings.Contains(stderr, says) || !strings.Contains(logged, says) || logged == "" {
		b.Errorf("%s, Argo CD: failed: %v, and not with %q in %d bytes that are logged", name, failed, says, len(logged))
	}
	for line := range strings.Lines(stdout) {
		var object struct{ Kind string }
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			b.Fatal(err)
		}
		if object.Kind == "Secret" {
			secrets++
			continue
		}
		b.none(name+", Argo CD", line)
	}
	return secrets
}
