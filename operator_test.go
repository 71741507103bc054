package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folder writes files below a new folder, with symlinks where a text begins with
// "-> ".
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, isLink := strings.CutPrefix(text, "-> "); isLink {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func environment(variables ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(variables); i += 2 {
			if variables[i] == name {
				return variables[i+1]
			}
		}
		return ""
	}
}

func object(kind, name string) string {
	return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\n"
}

func TestTheOperatorsFilesAndFoldersAreRead(t *testing.T) {
	root := folder(t, map[string]string{
		"one.yaml":                        "# comment\n---\n" + object("Secret", "a") + "---\n" + object("Secret", "b"),
		"more/b.yml":                      object("Secret", "d"),
		"more/a.json":                     `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}}]}`,
		"more/below/c.yaml":               object("Secret", "e"),
		"more/notes.txt":                  "not: [a manifest",
		"more/.hidden.yaml":               "not: [a manifest",
		"more/.hidden/x.yaml":             "not: [a manifest",
		"config/c.yaml":                   object("Secret", "f") + "---\n" + "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: g}\n",
		"mounted/..2026_01_01/store.yaml": object("Secret", "h"), // as kubelet mounts a Secret
		"mounted/..data":                  "-> ..2026_01_01",
		"mounted/store.yaml":              "-> ..data/store.yaml",
		"linked":                          "-> mounted",
	})
	for _, tc := range []struct{ name, stores, want string }{
		{"nothing", "", ""},
		{"a file", root + "/one.yaml", "a one.yaml:3, b one.yaml:7"},
		{"a folder", root + "/more", "c more/a.json:1, d more/b.yml:1, e more/below/c.yaml:1"},
		{"a folder with a slash", root + "/more/", "c more/a.json:1, d more/b.yml:1, e more/below/c.yaml:1"},
		{"files and folders, in their order, with gaps", ":" + root + "/more/below::" + root + "/one.yaml:", "e below/c.yaml:1, a one.yaml:3, b one.yaml:7"},
		{"below HOME, where no shell has expanded it", "~/more/below:~/one.yaml", "e below/c.yaml:1, a one.yaml:3, b one.yaml:7"},
		{"a functionConfig, for fn to refuse", root + "/config", "f config/c.yaml:1, g config/c.yaml:5"},
		{"a mounted Secret", root + "/mounted", "h mounted/store.yaml:1"},
		{"a link to it", root + "/linked", "h linked/store.yaml:1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, problems := readOperator(environment("ESFN_STORES", tc.stores, "HOME", root), newRoom(defaultMaxInput))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got []string
			for i, node := range o.Items {
				got = append(got, node.Header().Name+" "+o.Places[i].File+":"+string(rune('0'+o.Places[i].Line)))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if o.Secrets != nil || o.DenyPackageStores {
				t.Error("more than was said")
			}
		})
	}
}

// TestNothingIsReadWhereEsfnRuns: under kustomize that is a folder of the package,
// which must not pass for the operator's.
func TestNothingIsReadWhereEsfnRuns(t *testing.T) {
	t.Chdir(folder(t, map[string]string{"stores/one.yaml": object("Secret", "a"), "secrets/shop/login/token": "made-up"}))
	for variable, paths := range map[string][]string{
		"ESFN_STORES":      {".", "stores", "./stores", "stores/one.yaml", "~/stores", "~"},
		"ESFN_SECRETS_DIR": {".", "secrets", "./secrets", "~/secrets", "~"},
	} {
		for _, path := range paths { // HOME is not set
			o, problems := readOperator(environment(variable, path), newRoom(defaultMaxInput))
			want := "error: " + variable + ": " + path + " is no path from the root\n  hint: write it in full: kustomize runs esfn in a folder of the package"
			if problems.Error() != want || len(o.Items) > 0 || o.Secrets != nil {
				t.Errorf("%s=%s: got %v", variable, path, problems)
			}
		}
	}
}

func TestWhatIsWrongWithTheOperatorsVariables(t *testing.T) {
	root := folder(t, map[string]string{
		"broken/deep/one.yaml":     object("Secret", "a") + "---\nstringData: {token: made-up\n",
		"list/one.yaml":            "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
		"built/base/Kustomization": "",
		"empty/notes.txt":          "",
		"none.yaml":                "# nothing\n",
		"dangling/store.yaml":      "-> nowhere",
		"twice.yaml":               "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\n---\napiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\n",
		"secrets/shop/token/token": "made-up",
	})
	for _, tc := range []struct{ name, variable, value, want string }{
		{"a file that is missing", "ESFN_STORES", root + "/nowhere.yaml", "ESFN_STORES: ROOT/nowhere.yaml: no such file or directory"},
		{"one of two", "ESFN_STORES", root + "/secrets/shop/token/token:" + root + "/nowhere", "ESFN_STORES: ROOT/secrets/shop/token/token: line 1: not a Kubernetes object: it is no map with apiVersion and kind\n" +
			"error: ESFN_STORES: ROOT/nowhere: no such file or directory"},
		{"below HOME", "ESFN_STORES", "~/nowhere.yaml", "ESFN_STORES: ~/nowhere.yaml: no such file or directory"},
		{"not YAML", "ESFN_STORES", root + "/broken", "ESFN_STORES: broken/deep/one.yaml: line 5: not YAML: did not find expected ',' or '}'"},
		{"a ResourceList", "ESFN_STORES", root + "/list", "ESFN_STORES: list/one.yaml: line 1: a ResourceList has to come alone, on stdin"},
		{"a kustomization", "ESFN_STORES", root + "/built", "ESFN_STORES: built/base/Kustomization: is a kustomization\n  hint: name files that kustomize build has written"},
		{"a folder without manifests", "ESFN_STORES", root + "/empty", "ESFN_STORES: ROOT/empty: no manifests in it"},
		{"a file without manifests", "ESFN_STORES", root + "/none.yaml", "ESFN_STORES: ROOT/none.yaml: no manifests in it"},
		{"a link to nothing", "ESFN_STORES", root + "/dangling", "ESFN_STORES: dangling/store.yaml: no such file or directory"},
		{"two functionConfigs", "ESFN_STORES", root + "/twice.yaml", "ESFN_STORES: ROOT/twice.yaml: line 4: a second RenderExternalSecrets"},
		{"a mode that is none", "ESFN_PACKAGE_STORES", "denied", "ESFN_PACKAGE_STORES: \"denied\" is neither allow nor deny\n  hint: write allow or deny"},
		{"a mode in capitals", "ESFN_PACKAGE_STORES", "Deny", "ESFN_PACKAGE_STORES: \"Deny\" is neither allow nor deny\n  hint: write allow or deny"},
		{"a folder that is missing", "ESFN_SECRETS_DIR", root + "/nowhere", "ESFN_SECRETS_DIR: ROOT/nowhere: no such file or directory"},
		{"a folder that is a file", "ESFN_SECRETS_DIR", root + "/none.yaml", "ESFN_SECRETS_DIR: ROOT/none.yaml is no folder\n  hint: it holds files NAMESPACE/NAME/KEY"},
		{"a list of folders", "ESFN_SECRETS_DIR", root + "/secrets:" + root + "/empty", "ESFN_SECRETS_DIR: ROOT/secrets:ROOT/empty: no such file or directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := readOperator(environment(tc.variable, tc.value, "HOME", root), newRoom(defaultMaxInput))
			got := strings.ReplaceAll(problems.Error(), root, "ROOT")
			if diff := cmp.Diff("error: "+tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheOperatorsModesAndSecrets(t *testing.T) {
	for value, want := range map[string]bool{"": false, "allow": false, "deny": true} {
		if o, problems := readOperator(environment("ESFN_PACKAGE_STORES", value), newRoom(defaultMaxInput)); len(problems) > 0 || o.DenyPackageStores != want {
			t.Errorf("%q: %v, %v", value, o.DenyPackageStores, problems)
		}
	}
	root := folder(t, map[string]string{
		// As kubelet mounts a Secret, at NAMESPACE/NAME.
		"shop/login/..2026_01_01/token": "made-up\n",
		"shop/login/..data":             "-> ..2026_01_01",
		"shop/login/token":              "-> ..data/token",
		"elsewhere/token":               "made-up-2",
		"pay/login":                     "-> ../elsewhere",
	})
	for _, value := range []string{root, root + "/", "~/"} {
		o, problems := readOperator(environment("ESFN_SECRETS_DIR", value, "HOME", root), newRoom(defaultMaxInput))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for name, want := range map[string]string{"shop/login/token": "made-up\n", "pay/login/token": "made-up-2"} {
			if got, err := fs.ReadFile(o.Secrets, name); err != nil || string(got) != want {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
}
