package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

func TestATreeIsKeptOnlyOfWhatARunIsAbout(t *testing.T) {
	for apiVersion, kept := range map[string]bool{"v1": false, "external-secrets.io/v1": true, "external-secrets.io/v1beta1": true, "external-secrets.io.example/v1": false, "": false} {
		text := "apiVersion: " + apiVersion + "\nkind: A\nmetadata: {name: a}\n"
		parsed := 0
		object := OfText(text, yaml.MustParse(text), func(again string) *yaml.RNode {
			parsed++
			return yaml.MustParse(again)
		})
		want := api.Header{APIVersion: apiVersion, Kind: "A", Name: "a", Labels: map[string]string{}, Annotations: map[string]string{}}
		if diff := cmp.Diff(want, object.Header()); diff != "" || object.Text() != text {
			t.Errorf("%q: %s", apiVersion, diff)
		}
		if object.Node() != object.Node() || object.Node().GetName() != "a" {
			t.Errorf("%q: another tree", apiVersion)
		}
		if (parsed == 0) != kept || parsed > 1 {
			t.Errorf("%q: parsed %d times", apiVersion, parsed)
		}
	}
}

func TestWhatIsMadeHasNoText(t *testing.T) {
	node := yaml.MustParse("kind: A\nmetadata: {name: a}\n")
	if object := New(node); object.Text() != "" || object.Node() != node || object.Header().Name != "a" {
		t.Error("another object")
	}
}
