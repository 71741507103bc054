package resourcelist

import (
	"bytes"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
)

// IsResourceList tells whether the answer is to be a ResourceList.
func (l *List) IsResourceList() bool { return l.wrapper != nil }

// Answer writes items in the form that the list came in. Results go into a
// ResourceList, after those that it came with; plain documents have no place
// for them.
func (l *List) Answer(items []*yaml.RNode, results framework.Results) ([]byte, error) {
	var out bytes.Buffer
	if !l.IsResourceList() {
		var plain []*yaml.RNode
		for _, item := range items {
			item = item.Copy()
			if err := fn.StripHost(item); err != nil {
				return nil, fmt.Errorf("removing host annotations: %w", err)
			}
			plain = append(plain, item)
		}
		err := kio.ByteWriter{Writer: &out, KeepReaderAnnotations: true}.Write(plain)
		return out.Bytes(), err
	}
	wrapper, err := l.rewrap(items, results)
	if err != nil {
		return nil, fmt.Errorf("setting results: %w", err)
	}
	encoder := yaml.NewEncoder(&out)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(wrapper); err != nil {
		return nil, fmt.Errorf("encoding the ResourceList: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// rewrap returns the ResourceList with other items and with results. It shares
// the nodes of all else with the one that was read.
func (l *List) rewrap(items []*yaml.RNode, results framework.Results) (*yaml.Node, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for _, item := range items {
		list.Content = append(list.Content, item.YNode())
	}
	wrapper := *l.wrapper.YNode()
	wrapper.Content = slices.Clone(wrapper.Content)
	setField(&wrapper, "items", list)
	if len(results) == 0 {
		return &wrapper, nil
	}
	all := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if earlier := l.wrapper.Field("results"); earlier != nil && earlier.Value.YNode().Kind == yaml.SequenceNode {
		all.Content = slices.Clone(earlier.Value.Content())
	}
	for _, result := range results {
		var node yaml.Node
		if err := node.Encode(result); err != nil {
			return nil, err
		}
		all.Content = append(all.Content, &node)
	}
	setField(&wrapper, "results", all)
	return &wrapper, nil
}

func setField(object *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == name {
			object.Content[i+1] = value
			return
		}
	}
	object.Content = append(object.Content, yaml.NewStringRNode(name).YNode(), value)
}
