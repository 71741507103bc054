package api

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestEveryFieldOfAStoreHasAnExample compares the shape of a store with the examples
// of docs/stores.md, which the scripts run: a field without one is one that nobody
// has seen work as the page has it.
func TestEveryFieldOfAStoreHasAnExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/stores.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, block := range regexp.MustCompile("(?ms)^```yaml file=(\\S+)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		var document map[string]any
		if err := yaml.Unmarshal([]byte(block[2]), &document); err != nil {
			t.Errorf("%s: %v", block[1], err)
		}
		if kind := document["kind"]; kind != "SecretStore" && kind != "ClusterSecretStore" {
			continue
		}
		noteFields(shown, "", document)
	}
	// What is no matter of Vault's, and what is the same for every reference and
	// selector, which has an example once.
	without := []string{"metadata.", "spec.controller", "spec.refreshInterval", ".checkAndSet.", ".matchExpressions[]."}
	isReference := regexp.MustCompile(`(Ref|clientCert)\.namespace$`)
	if !shown["spec.provider.vault.auth.tokenSecretRef.namespace"] {
		t.Error("docs/stores.md has no example of a reference's namespace")
	}
	for _, f := range fieldsIn("", reflect.TypeFor[Store](), nil) {
		ofNoEffect := f.of == reflect.TypeFor[Ignored]() || f.of == reflect.TypeFor[Given]()
		if ofNoEffect || isReference.MatchString(f.path) || slices.ContainsFunc(without, func(part string) bool { return strings.Contains(f.path, part) }) {
			continue
		}
		if !shown[f.path] {
			t.Errorf("docs/stores.md has no example of %s", f.path)
		}
	}
}

// noteFields notes the paths of all that stands in a document.
func noteFields(shown map[string]bool, at string, value any) {
	shown[at] = true
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			noteFields(shown, join(at, name), below)
		}
	case []any:
		for _, below := range v {
			noteFields(shown, at+"[]", below)
		}
	}
}
