package tests

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/testbed"
)

// otherResources are documents that are none of esfn's, each with something that
// does not survive being read and written again without care; %[1]d is a number.
var otherResources = []string{
	`# of the team of %[1]d
apiVersion: v1
kind: ConfigMap
metadata: {name: settings-%[1]d} # here, too
data:
  mode: "0123"
  'on': "yes"
  script: |2-

      indented
    and not
  folded: >+
    a long line that goes on for quite a while, and then some more, past any width at which it could be folded %[1]d
`, `kind: Deployment
apiVersion: apps/v1
metadata:
    name: web-%[1]d
    annotations: {example.com/e: "1e55", example.com/octal: '0o17', example.com/empty: ""}
spec:
    replicas: 0x10
    selector: {matchLabels: {app: web-%[1]d}}
    template:
        metadata: {labels: {app: web-%[1]d}}
        spec:
            containers:
            -   name: web
                image:   "registry.example.com/web:%[1]d"
                args: [--yes, "--no", 'it''s']
`, `apiVersion: example.com/v1
kind: Widget
metadata:
  name: widget-%[1]d
spec:
  version: 1.10
  mode: 0644
  day: 2024-01-01
  off: no
  none: ~
  "null": null
  wide: ünïcödé "quoted" \n
`, `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web-%[1]d"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "web-%[1]d"}}}
`, `apiVersion: v1
kind: Secret
metadata:
  name: theirs-%[1]d
type: example.com/theirs
stringData:
  note: "tab\tand é"
`,
}

// manyResources are documents as a package may have them: a store, ExternalSecrets,
// which are spread over the rest, and so many others. What comes out of a pipe is
// the same without the store, and with a Secret for each ExternalSecret.
type manyResources struct{ in, out, others []string }

const manyExternalSecrets = 20

func resources(others int) (r manyResources) {
	const store = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example.com", path: kv}}}
`
	r.in = append(r.in, store)
	each := others / manyExternalSecrets
	for i := range others {
		text := fmt.Sprintf(otherResources[i%len(otherResources)], i)
		r.in, r.out, r.others = append(r.in, text), append(r.out, text), append(r.others, text)
		if i%each == 0 {
			n := i / each
			r.in = append(r.in, fmt.Sprintf(`apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made-%[1]d}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: value, remoteRef: {key: app/%[1]d, property: value}}]}
`, n))
			r.out = append(r.out, fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata:\n  name: made-%d\ntype: Opaque\ndata:\n  value: %s\n",
				n, base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("made-up-%d", n)))))
		}
	}
	return r
}

// vaultOfMany is a story whose Vault has what the ExternalSecrets ask for, and the
// environment to ask with.
func vaultOfMany(t *testing.T) (*story, []string) {
	t.Helper()
	s := storyFor(t)
	for n := range manyExternalSecrets {
		if err := s.vault.Put("kv", fmt.Sprintf("app/%d", n), "2", fmt.Sprintf(`{"value":"made-up-%d"}`, n)); err != nil {
			t.Fatal(err)
		}
	}
	return s, []string{"HOME=" + t.TempDir(), "PATH=" + programs.folder + ":" + os.Getenv("PATH"), "VAULT_ADDR=" + s.recorder.Address, "VAULT_TOKEN=" + testbed.RootToken}
}

// run is a command that has to succeed, without a word on stderr.
func run(t *testing.T, environment []string, stdin string, command ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = environment
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, errs.String())
	}
	return out.String()
}

// same compares lists of documents, and tells of the first that differs.
func same(t *testing.T, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("document %d:\n%s\nwant:\n%s", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d documents, want %d", len(got), len(want))
	}
}

func (s *story) readOnce(t *testing.T) {
	t.Helper()
	if got, err := s.recorder.Requests(testbed.Selection{}); err != nil || len(got) != manyExternalSecrets {
		t.Errorf("%d requests for %d secrets, %v", len(got), manyExternalSecrets, err)
	}
}

// TestManyResourcesInAPipe: every other document keeps its bytes and its place.
func TestManyResourcesInAPipe(t *testing.T) {
	s, environment := vaultOfMany(t)
	r := resources(3000)
	out := run(t, environment, strings.Join(r.in, "---\n"), filepath.Join(programs.folder, "esfn"))
	same(t, strings.SplitAfter(out, "---\n"), strings.SplitAfter(strings.Join(r.out, "---\n"), "---\n"))
	s.readOnce(t)
}

// TestManyResourcesInAResourceList: every other item is what a YAML library makes of
// the one that was given, and in its place.
func TestManyResourcesInAResourceList(t *testing.T) {
	s, environment := vaultOfMany(t)
	r := resources(3000)
	var in strings.Builder
	in.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, text := range r.in {
		in.WriteString("- " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n")
	}
	before := itemsOf(t, in.String())
	after := itemsOf(t, run(t, environment, in.String(), filepath.Join(programs.folder, "esfn")))
	same(t, without(after, "\n  name: made-"), without(before, "apiVersion: external-secrets.io/"))
	if secrets := len(after) - len(without(after, "\n  name: made-")); secrets != manyExternalSecrets {
		t.Errorf("%d Secrets", secrets)
	}
	s.readOnce(t)
}

// TestManyResourcesThroughKustomize: every other resource is what the same build has
// without esfn. They are fewer: kustomize's time grows with the square.
func TestManyResourcesThroughKustomize(t *testing.T) {
	s, environment := vaultOfMany(t)
	r := resources(300)
	folder := folderOf(t, map[string]string{
		"with/all.yaml":              strings.Join(r.in, "---\n"),
		"with/kustomization.yaml":    "resources: [all.yaml]\ntransformers: [esfn.yaml]\n",
		"with/esfn.yaml":             "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\nmetadata: {name: esfn, annotations: {config.kubernetes.io/function: 'exec: {path: esfn}'}}\n",
		"without/all.yaml":           strings.Join(r.others, "---\n"),
		"without/kustomization.yaml": "resources: [all.yaml]\n",
	})
	build := []string{programs.kustomize, "build", "--enable-alpha-plugins", "--enable-exec"}
	plain := strings.Split(run(t, environment, "", append(build, folder+"/without")...), "---\n")
	rendered := strings.Split(run(t, environment, "", append(build, folder+"/with")...), "---\n")
	others := without(rendered, "\n  name: made-")
	same(t, others, plain)
	if secrets := len(rendered) - len(others); secrets != manyExternalSecrets {
		t.Errorf("%d Secrets", secrets)
	}
	s.readOnce(t)
}

// itemsOf are the items of a ResourceList, each as text.
func itemsOf(t *testing.T, list string) (items []string) {
	t.Helper()
	node, err := yaml.Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	all, err := node.Field("items").Value.Elements()
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range all {
		items = append(items, item.MustString())
	}
	return items
}

func without(documents []string, mark string) []string {
	return slices.DeleteFunc(slices.Clone(documents), func(text string) bool { return strings.Contains(text, mark) })
}
