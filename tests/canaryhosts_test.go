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

// TestHostsWriteNoValue has kustomize, kpt, Argo CD and esfn build say and
// write what they do of a run that works and of one that fails.
func TestHostsWriteNoValue(t *testing.T) {
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
