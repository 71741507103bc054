package fn

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

type pair struct {
	key   string
	value *yaml.Node
}

func mapping(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for _, p := range pairs {
		n.Content = append(n.Content, text(p.key), p.value)
	}
	return n
}

func texts(m map[string]string) *yaml.Node {
	n := mapping()
	for _, key := range sortedKeys(m) {
		n.Content = append(n.Content, text(key), text(m[key]))
	}
	return n
}

func list(items []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for _, item := range items {
		n.Content = append(n.Content, text(item))
	}
	return n
}

func yes() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"} }

// text is a string that every YAML reader takes for a string: quoted where
// YAML 1.1 would read a number or a boolean, and where the encoder would begin a
// block with a tab, which no reader takes.
func text(s string) *yaml.Node {
	n := yaml.NewStringRNode(s).YNode()
	if api.IsNonString(s) || strings.HasPrefix(s, "\t") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// under returns the map in a field, made where the field has none; nil where it
// has something else.
func under(object *yaml.Node, field string) *yaml.Node {
	in := valueOf(object, field)
	if in == nil || in.ShortTag() == yaml.NodeTagNull {
		in = mapping()
		set(object, field, in)
	}
	if in.Kind != yaml.MappingNode {
		return nil
	}
	return in
}

func indexOf(object *yaml.Node, field string) int {
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == field {
			return i
		}
	}
	return -1
}

func valueOf(object *yaml.Node, field string) *yaml.Node {
	if i := indexOf(object, field); i >= 0 {
		return object.Content[i+1]
	}
	return nil
}

func set(object *yaml.Node, field string, value *yaml.Node) {
	if i := indexOf(object, field); i >= 0 {
		value.LineComment = object.Content[i+1].LineComment
		object.Content[i+1] = value
		return
	}
	object.Content = append(object.Content, text(field), value)
}

// insert sets a field, and keeps fields in order that are.
func insert(object *yaml.Node, field string, value *yaml.Node) {
	var names []string
	for i := 0; i+1 < len(object.Content); i += 2 {
		names = append(names, object.Content[i].Value)
	}
	at, there := slices.BinarySearch(names, field)
	if there || !slices.IsSorted(names) {
		set(object, field, value)
		return
	}
	object.Content = slices.Insert(object.Content, 2*at, text(field), value)
}

func remove(object *yaml.Node, field string) {
	if i := indexOf(object, field); i >= 0 {
		object.Content = slices.Delete(object.Content, i, i+2)
	}
}
