package template_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/esfn/esfn/fn/template"
)

// conformanceCase is what is needed of a case that ESO itself was run with.
type conformanceCase struct {
	values   map[string]string // what Vault has
	spec     spec
	expected struct {
		Fails  bool
		Secret struct{ Data map[string][]byte }
	}
}

type spec struct {
	Data []struct {
		SecretKey string
		RemoteRef struct{ Property, DecodingStrategy string }
	}
	DataFrom []struct {
		Rewrite []struct{ Transform struct{ Template string } }
	}
	Target struct {
		Template struct {
			MergePolicy   string
			EngineVersion string
			Data          map[string]string
			TemplateFrom  []struct{ Literal, Target, ValuesDecodingStrategy string }
		}
	}
}

func readCase(t *testing.T, path string) conformanceCase {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c conformanceCase
	for _, file := range archive.Files {
		switch file.Name {
		case "vault":
			_, body, _ := strings.Cut(string(file.Data), `{"data": `)
			if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimSpace(body), "}")), &c.values); err != nil {
				t.Fatal(err)
			}
		case "input.yaml":
			var object struct{ Spec spec }
			if err := yaml.Unmarshal(file.Data, &object); err != nil { // the first document
				t.Fatal(err)
			}
			c.spec = object.Spec
		case "expected.json":
			expected := []any{&c.expected}
			if err := json.Unmarshal(file.Data, &expected); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c
}

// isAllTemplate tells a case that this package alone decides: with templates for
// values, or with one literal.
func (c conformanceCase) isAllTemplate() bool {
	templates := c.spec.Target.Template
	switch from := templates.TemplateFrom; {
	case templates.EngineVersion != "":
		return false
	case len(from) == 0:
		return len(templates.Data) > 0
	default:
		return len(from) == 1 && len(templates.Data) == 0 && from[0].Literal != "" &&
			(from[0].Target == "" || from[0].Target == "Data") && from[0].ValuesDecodingStrategy == ""
	}
}

// given are the values that ESO has before it executes templates.
func (c conformanceCase) given(t *testing.T) map[string]string {
	t.Helper()
	given := map[string]string{}
	for _, entry := range c.spec.Data {
		given[entry.SecretKey] = c.values[entry.RemoteRef.Property]
		if entry.RemoteRef.DecodingStrategy == "Base64" {
			decoded, err := base64.StdEncoding.DecodeString(given[entry.SecretKey])
			if err != nil {
				t.Fatal(err)
			}
			given[entry.SecretKey] = string(decoded)
		}
	}
	return given
}

// TestConformance executes the templates of the cases that ESO was run with, and
// wants the bytes that ESO gave.
func TestConformance(t *testing.T) {
	paths, err := filepath.Glob("../../tests/testdata/conformance/template*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatal(err, len(paths))
	}
	executed := 0
	for _, path := range paths {
		c := readCase(t, path)
		if !c.isAllTemplate() {
			continue
		}
		executed++
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			templates := c.spec.Target.Template
			given := c.given(t)
			got, failed := map[string]string{}, false
			if templates.MergePolicy == "Merge" {
				got = c.given(t)
			}
			for key, text := range templates.Data {
				if got[key], err = made(text, given); err != nil {
					failed = true
				}
			}
			for _, from := range templates.TemplateFrom {
				text, err := made(from.Literal, given)
				if err == nil {
					got, err = template.KeysAndValues(text)
				}
				failed = err != nil
			}
			if failed != c.expected.Fails {
				t.Fatalf("fails: %v, and in ESO: %v", failed, c.expected.Fails)
			}
			if failed {
				return
			}
			want := map[string]string{}
			for key, value := range c.expected.Secret.Data {
				want[key] = string(value)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if executed < 15 {
		t.Errorf("only %d cases were executed", executed)
	}
}

func made(text string, given map[string]string) (string, error) {
	parsed, err := template.Parse(text)
	if err != nil {
		return "", err
	}
	return parsed.Execute(given)
}

func TestConformanceOfRename(t *testing.T) {
	c := readCase(t, "../../tests/testdata/conformance/rewrite-transform.txtar")
	parsed, err := template.Parse(c.spec.DataFrom[0].Rewrite[0].Transform.Template)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{}
	for key, value := range c.values {
		renamed, err := parsed.Rename(key)
		if err != nil {
			t.Fatal(err)
		}
		got[renamed] = []byte(value)
	}
	if diff := cmp.Diff(c.expected.Secret.Data, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// file reads from testdata.
func file(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
