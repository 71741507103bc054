package tests

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/testbed"
)

// A conformance case is what External Secrets Operator was recorded to make of
// an ExternalSecret: requests that set a Vault up, manifests, and what is
// expected of each ExternalSecret.
type conformanceCase struct {
	vault, input string
	expected     []expectation
	// says is a piece of what a case that fails has to say; "" where it is not known.
	says string
}

type expectation struct {
	ExternalSecret string
	Secret         *rendered
	// Fails tells that the whole run has to fail; Reason is ESO's wording, for
	// the reader.
	Fails  bool
	Reason string
}

// rendered is a Secret as the cases describe it.
type rendered struct {
	Name        string            `json:"name" yaml:"-"`
	Type        string            `json:"type" yaml:"type"`
	Data        map[string]string `json:"data" yaml:"data"`
	Labels      map[string]string `json:"labels" yaml:"-"`
	Annotations map[string]string `json:"annotations" yaml:"-"`
	Finalizers  []string          `json:"finalizers" yaml:"-"`
	Immutable   bool              `json:"immutable" yaml:"immutable"`
}

// TestConformance plays what ESO was recorded to do.
func TestConformance(t *testing.T) { playAll(t, "testdata/conformance", 118) }

// TestWorkedOut plays what ESO does by its source: cases whose outcome was worked
// out from that and never recorded, each of a rule or a corner of one.
func TestWorkedOut(t *testing.T) { playAll(t, "testdata/worked-out", 500) }

// playAll plays all cases of a folder, which has at least so many, against one
// Vault.
func playAll(t *testing.T, folder string, least int) {
	s := storyFor(t)
	files, err := filepath.Glob(folder + "/*.txtar")
	if err != nil || len(files) < least {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	says := whatFailsSays(t, folder+"-fails.txt")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			c := readCase(t, file, s.vault.Address)
			c.says = says[name]
			leaks := &testbed.Leaks{} // another case's values may be this one's words
			leaks.Remember("the root token", testbed.RootToken)
			s.play(t, c.vault, leaks)
			stdout, stderr, failed := pipe(t, c.input)
			if failed {
				if found := leaks.In(stderr); len(found) > 0 {
					t.Errorf("stderr shows %s", strings.Join(found, "; "))
				}
				if stdout != "" {
					t.Errorf("a run that failed wrote %d bytes to stdout", len(stdout))
				}
			}
			c.judge(t, stdout, stderr, failed)
		})
	}
}

// whatFailsSays reads a piece of stderr for each case that has to fail, as
// "case: piece". There may be no such file.
func whatFailsSays(t *testing.T, file string) map[string]string {
	t.Helper()
	says := map[string]string{}
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if name, piece, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(line, "#") {
			says[name] = piece
		}
	}
	return says
}

func readCase(t *testing.T, file, address string) conformanceCase {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c conformanceCase
	for _, f := range archive.Files {
		switch f.Name {
		case "vault":
			c.vault = string(f.Data)
		case "input.yaml":
			c.input = strings.NewReplacer("${VAULT_ADDR}", address, "${VAULT_TOKEN}", testbed.RootToken).Replace(string(f.Data))
		case "expected.json":
			if err := json.Unmarshal(f.Data, &c.expected); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(c.expected) == 0 {
		t.Fatal("the case expects nothing")
	}
	return c
}

// play sends a case's requests, METHOD path [json] a line.
func (s *story) play(t *testing.T, requests string, leaks *testbed.Leaks) {
	t.Helper()
	for line := range strings.Lines(requests) {
		method, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		path, body, _ := strings.Cut(rest, " ")
		if !strings.HasPrefix(path, "sys/") {
			leaks.RememberFields("a value of the case", body)
		}
		if _, err := s.vault.Do(method, path, body); err != nil {
			t.Fatal(err)
		}
	}
}

// pipe runs esfn over plain documents, with nothing in its environment.
func pipe(t *testing.T, input string) (stdout, stderr string, failed bool) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(filepath.Join(programs.folder, "esfn"))
	cmd.Env = []string{"HOME=" + t.TempDir()}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	err := cmd.Run()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("esfn: %v", err)
	}
	return out.String(), errs.String(), err != nil
}

func (c *conformanceCase) judge(t *testing.T, stdout, stderr string, failed bool) {
	t.Helper()
	for _, e := range c.expected {
		if e.Fails {
			if !failed {
				t.Errorf("it worked; ESO says: %s", e.Reason)
			} else if strings.Contains(stderr, "not supported yet") || !strings.Contains(stderr, c.says) {
				t.Errorf("it fails, and not with %q:\n%s", c.says, stderr)
			}
			return
		}
	}
	if failed {
		t.Fatalf("it failed:\n%s", stderr)
	}
	got, want := secretsIn(t, stdout), secretsIn(t, c.input)
	for _, e := range c.expected {
		if e.Secret != nil {
			want[e.Secret.Name] = *e.Secret
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Secrets (-want +got):\n%s", diff)
	}
}

// secretsIn returns the Secrets among documents by name, with stringData folded
// into data.
func secretsIn(t *testing.T, documents string) map[string]rendered {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: strings.NewReader(documents), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]rendered{}
	for _, node := range nodes {
		if node.GetKind() != "Secret" {
			continue
		}
		var object struct {
			rendered `yaml:",inline"`
			Metadata struct {
				Name                string
				Labels, Annotations map[string]string
				Finalizers          []string
			}
			StringData map[string]string `yaml:"stringData"`
		}
		if err := yaml.Unmarshal([]byte(node.MustString()), &object); err != nil {
			t.Fatal(err)
		}
		r := object.rendered
		r.Name, r.Labels, r.Annotations, r.Finalizers = object.Metadata.Name, object.Metadata.Labels, object.Metadata.Annotations, object.Metadata.Finalizers
		for key, value := range object.StringData {
			if r.Data == nil {
				r.Data = map[string]string{}
			}
			r.Data[key] = base64.StdEncoding.EncodeToString([]byte(value))
		}
		if _, twice := found[r.Name]; twice {
			t.Errorf("two Secrets are called %s", r.Name)
		}
		found[r.Name] = r
	}
	return found
}
