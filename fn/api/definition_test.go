package api

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	k8syaml "sigs.k8s.io/yaml"
)

// TestTheDefinitionIsThatOfTheType compares docs/catalog/definition.yaml with
// RenderSpec: the same fields, of the same types, with the same choices.
func TestTheDefinitionIsThatOfTheType(t *testing.T) {
	text, err := os.ReadFile("../../docs/catalog/definition.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d framework.KRMFunctionDefinition
	if err := k8syaml.UnmarshalStrict(text, &d); err != nil {
		t.Fatal(err)
	}
	if got := d.Spec.Group + "/" + d.Spec.Versions[0].Name; got != FunctionConfigAPIVersion || d.Spec.Names.Kind != FunctionConfigKind {
		t.Errorf("it is of %s, %s", got, d.Spec.Names.Kind)
	}
	node := yaml.MustParse(string(text))
	properties, err := node.Pipe(yaml.Lookup("spec", "versions", "0", "schema", "openAPIV3Schema", "properties", "spec"))
	if err != nil || properties == nil {
		t.Fatal("no schema of spec")
	}
	var schema struct {
		AdditionalProperties bool `yaml:"additionalProperties"`
		Properties           map[string]struct {
			Type string
			Enum []string
		}
	}
	if err := properties.YNode().Decode(&schema); err != nil {
		t.Fatal(err)
	}
	if further, _ := properties.GetString("additionalProperties"); further == "true" || schema.AdditionalProperties {
		t.Error("it lets further fields pass")
	}
	types := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Slice: "array"}
	shape := shapeOf(reflect.TypeFor[RenderSpec]())
	for _, name := range shape.names {
		f := shape.byName[name]
		got, ok := schema.Properties[name]
		if want := types[reflect.TypeFor[RenderSpec]().FieldByIndex(f.index).Type.Kind()]; !ok || got.Type != want {
			t.Errorf("%s is %q in the definition, and %s in the type", name, got.Type, want)
		}
		if diff := cmp.Diff(f.enum, got.Enum); diff != "" {
			t.Errorf("%s (-type +definition):\n%s", name, diff)
		}
	}
	for name := range schema.Properties {
		if !slices.Contains(shape.names, name) {
			t.Errorf("%s is in the definition alone", name)
		}
	}
}
