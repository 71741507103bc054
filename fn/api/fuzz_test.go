package api

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzCheck decodes any YAML as each of the shapes: the same problems twice,
// each with a cause, and what decodes without one is sound by what is known of it.
func FuzzCheck(f *testing.F) {
	cases, err := filepath.Glob("../../tests/testdata/conformance/*.txtar")
	if err != nil || len(cases) == 0 {
		f.Fatal(err, len(cases))
	}
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name == "input.yaml" {
				f.Add(string(part.Data))
			}
		}
	}
	odd, err := os.ReadFile("testdata/odd.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(odd))
	f.Fuzz(func(t *testing.T, text string) {
		node, err := yaml.Parse(text)
		if err != nil {
			return
		}
		for _, shape := range []func() Shape{
			func() Shape { return &ExternalSecret{} }, func() Shape { return &ClusterExternalSecret{} }, func() Shape { return &Store{} },
		} {
			into := shape()
			first, second := Check(node, into), Check(node, shape())
			if !slices.Equal(first, second) {
				t.Errorf("%T: problems %v, and then %v", into, first, second)
			}
			for _, p := range first {
				if p.Cause == "" {
					t.Errorf("%T: a problem without a cause at %q", into, p.Field)
				}
			}
			if es, ok := into.(*ExternalSecret); ok && len(first) == 0 {
				for _, entry := range es.Spec.Data {
					if !IsSecretKey(entry.SecretKey) || hasDotDot(entry.RemoteRef.Key) {
						t.Errorf("an entry that is not sound: %+v", entry)
					}
				}
			}
		}
	})
}
