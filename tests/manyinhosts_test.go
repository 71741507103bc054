package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/tests/testbed"
)

// folderOf writes files below a folder of its own.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestHostManyResourcesInKpt: the file with all others is what kpt makes of it with
// a function that changes nothing.
func TestHostManyResourcesInKpt(t *testing.T) {
	kpt, err := kptBinary()
	if err != nil {
		t.Fatal(err)
	}
	s, environment := vaultOfMany(t)
	r := resources(3000)
	var mine []string
	for _, text := range r.in {
		if strings.HasPrefix(text, "apiVersion: external-secrets.io/") {
			mine = append(mine, text)
		}
	}
	files := map[string]string{
		"Kptfile":     "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: many\n",
		"others.yaml": strings.Join(r.others, "---\n"),
		"ours.yaml":   strings.Join(mine, "---\n"),
	}
	var got [2]string
	for i, function := range []string{"cat", "esfn"} {
		folder := folderOf(t, files)
		cmd := exec.Command(kpt, "fn", "eval", folder, "--exec", function)
		cmd.Env = environment
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", function, err, out)
		}
		text, err := os.ReadFile(filepath.Join(folder, "others.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		got[i] = string(text)
		if function == "esfn" {
			secrets, err := filepath.Glob(folder + "/.rendered-secrets/*.yaml")
			if err != nil || len(secrets) != manyExternalSecrets {
				t.Errorf("%d Secrets, %v", len(secrets), err)
			}
		}
	}
	if got[0] != got[1] {
		t.Error(cmp.Diff(strings.Split(got[0], "---\n"), strings.Split(got[1], "---\n")))
	}
	s.readOnce(t)
}

// TestHostManyResourcesInArgoCD: every other manifest is the one that Argo CD has of
// the files themselves.
func TestHostManyResourcesInArgoCD(t *testing.T) {
	binary, err := argocdBinary()
	if err != nil {
		t.Fatal(err)
	}
	s, environment := vaultOfMany(t)
	r := resources(3000)
	root := folderOf(t, map[string]string{
		"with/all.yaml":    strings.Join(r.in, "---\n"),
		"without/all.yaml": strings.Join(r.others, "---\n"),
	})
	manifests := func(command, folder string) []string {
		plugin := "{apiVersion: argoproj.io/v1alpha1, kind: ConfigManagementPlugin, metadata: {name: p}, spec: {generate: {command: [" + command + "]}}}"
		server, err := testbed.StartCMPServer(binary, plugin, environment, filepath.Join(t.TempDir(), "log"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Stop()
		return strings.SplitAfter(run(t, append(environment, "ARGOCD_PLUGINSOCKFILEPATH="+server.Sockets), "", binary, "generate", "-plugin", "p", "-root", root, filepath.Join(root, folder)), "\n")
	}
	plain, rendered := manifests("cat, all.yaml", "without"), manifests("esfn, build, .", "with")
	others := without(rendered, `"name":"made-`)
	same(t, others, plain)
	if secrets := len(rendered) - len(others); secrets != manyExternalSecrets {
		t.Errorf("%d Secrets", secrets)
	}
	s.readOnce(t)
}
