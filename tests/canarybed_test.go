package tests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/canary"
	"github.com/esfn/esfn/tests/testbed"
)

// canaryBed is a Vault whose every field is marked, and what stands in for a machine:
// folders for a user's home and for temporary files, where nothing is to be left.
type canaryBed struct {
	*testing.T
	*story
	marks     *canary.Marks
	home, tmp string
	looked    int
}

// canaryStore logs in with a password from a Secret, which stands beside it.
const canaryStore = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: %q, path: kv, auth: {userPass: {username: ada, secretRef: {name: login, key: password}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: %s}
`

func newCanaryBed(t *testing.T) *canaryBed {
	t.Helper()
	b := &canaryBed{T: t, story: storyFor(t), marks: canary.New(t.Name()), home: t.TempDir(), tmp: t.TempDir()}
	m := b.marks
	fields := fmt.Sprintf(`{"text":%q,"odd":%q,"number":%s,"list":[%q],"map":{"a":%q},"broken":%q,"base64":%q,"null":%q,"same":{"text":%q}}`,
		m.Text("text"), m.Odd("odd"), m.Number("number"), m.Text("in a list"), m.Text("in a map"), `{"a":"`+m.Text("broken JSON")+`",`, canary.Base64(m.Odd("in base64")), m.Text("null")+"\x00", m.Text("same"))
	fields = strings.NewReplacer(`\x00`, `\u0000`).Replace(fields)
	for _, err := range []error{
		b.vault.Put("kv", "app", "2", fields), b.vault.Put("kv", "denied", "2", `{"a":"`+m.Text("what the policy denies")+`"}`), b.vault.Put("old", "app", "1", `{"a":"`+m.Text("in KV v1")+`"}`),
		b.write("sys/policies/acl/reader", map[string]any{"policy": `path "kv/data/app" { capabilities = ["read"] }` + "\n" + `path "kv/metadata/*" { capabilities = ["read", "list"] }`}),
		b.write("sys/auth/userpass", map[string]any{"type": "userpass"}), b.write("auth/userpass/users/ada", map[string]any{"password": m.Text("password"), "token_policies": "reader"}),
		b.write("kv/metadata/app", map[string]any{"custom_metadata": map[string]string{"owner": m.Text("custom metadata")}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *canaryBed) write(path string, body any) error {
	_, err := b.vault.Write(path, body)
	return err
}

func (b *canaryBed) store() string {
	return fmt.Sprintf(canaryStore, b.recorder.Address, b.marks.Text("password")) + "---\n"
}

// canaryES is an ExternalSecret of that spec.
func canaryES(spec string) string {
	return "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app}\nspec:\n  secretStoreRef: {name: vault}\n  " + strings.ReplaceAll(spec, "\n", "\n  ") + "\n"
}

// environment is a program's: none but what is said here.
func (b *canaryBed) environment(more ...string) []string {
	return append([]string{"PATH=" + programs.folder + ":" + filepath.Dir(programs.kustomize) + ":" + os.Getenv("PATH"), "HOME=" + b.home, "TMPDIR=" + b.tmp}, more...)
}

// run runs a program and looks for marks in what it says on stderr; stdout is the
// caller's to look at.
func (b *canaryBed) run(name, folder, stdin string, environment []string, args ...string) (stdout, stderr string, failed bool) {
	b.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	if strings.HasPrefix(args[0], "esfn") {
		cmd.Path = filepath.Join(programs.folder, args[0])
		cmd.Err = nil
	}
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = folder, environment, strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	b.none(name+": stderr", errs.String())
	if err != nil && out.Len()+errs.Len() == 0 {
		b.Errorf("%s: %v, and nothing is said", name, err)
	}
	return out.String(), errs.String(), err != nil
}

// none looks for marks, tokens and credentials in a text that is to have none.
func (b *canaryBed) none(where, text string) {
	b.Helper()
	b.looked++
	found := b.marks.In(text)
	if found = append(found, b.leaks.In(text)...); len(found) > 0 {
		b.Errorf("%s: %v", where, found)
	}
}

// outsideSecrets is for documents that a Secret may be among, or a ResourceList with
// them, in YAML or JSON: what is outside the data of Secrets.
func (b *canaryBed) outsideSecrets(where, documents string) (secrets int) {
	b.Helper()
	// JSON is written one object after the other.
	documents = strings.ReplaceAll(documents, "}\n{", "}\n---\n{")
	for decoder := yaml.NewDecoder(strings.NewReader(documents)); ; {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return secrets
		}
		if err != nil {
			b.Errorf("%s is no YAML", where)
			b.none(where, documents)
			return secrets
		}
		secrets += b.withoutData(yaml.NewRNode(&node))
		b.none(where, yaml.NewRNode(&node).MustString())
	}
}

// withoutData takes the data out of a Secret, or out of those in a list of objects, and
// returns how many there were.
func (b *canaryBed) withoutData(object *yaml.RNode) (secrets int) {
	if object.GetKind() == "Secret" {
		for _, field := range []string{"data", "stringData"} {
			if err := object.PipeE(yaml.Clear(field)); err != nil {
				b.Fatal(err)
			}
		}
		return 1
	}
	if items := object.Field("items"); items != nil {
		_ = items.Value.VisitElements(func(item *yaml.RNode) error {
			secrets += b.withoutData(item)
			return nil
		})
	}
	return secrets
}

// inFolder looks through all files below a folder, and at their names.
func (b *canaryBed) inFolder(where, folder string) {
	b.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		b.none(where+": the name of a file", path)
		if entry.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		if filepath.Ext(path) == ".yaml" {
			b.outsideSecrets(where+": "+entry.Name(), string(text))
		} else {
			b.none(where+": "+entry.Name(), string(text))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// nothingLeft looks for files where a program could have left some.
func (b *canaryBed) nothingLeft() {
	b.Helper()
	for _, folder := range []string{b.home, b.tmp} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			b.Fatal(err)
		}
		if len(entries) > 0 {
			b.Errorf("left behind: %v", entries)
		}
	}
}

// answersNothing has reads of a secret wait for ever.
func (b *canaryBed) answersNothing(path string) {
	b.recorder.Fail(testbed.Fault{Pattern: path, Times: -1, Status: -1})
}

// has waits for a request to reach Vault.
func (b *canaryBed) has(path string) bool {
	requests, err := b.recorder.Requests(testbed.Selection{})
	return err == nil && slices.ContainsFunc(requests, func(r testbed.Request) bool { return r.Path == "/v1/"+path })
}
