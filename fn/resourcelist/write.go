package resourcelist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	k8syaml "sigs.k8s.io/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/parallel"
)

// IsResourceList tells whether the answer is to be a ResourceList.
func (l *List) IsResourceList() bool { return l.wrapper != nil }

// Answer writes items in the form that the list came in. Results go into a
// ResourceList, after those that it came with; plain documents have no place
// for them.
func (l *List) Answer(items []*manifest.Object, results []fn.Result) ([]byte, error) {
	if !l.IsResourceList() {
		return l.documents(items, l.writing())
	}
	w := l.writing()
	if l.cutting != nil {
		return l.cutting.putBack(items, results, w)
	}
	wrapper, err := l.rewrap(items, results)
	if err != nil {
		return nil, fmt.Errorf("the ResourceList cannot be written: %w", err)
	}
	out := part{of: w}
	err = encode(&out, wrapper)
	return out.Bytes(), err
}

// documents writes items as plain documents. One that is as it was read is
// written with the very text that it was read from.
func (l *List) documents(items []*manifest.Object, w *writing) ([]byte, error) {
	texts, err := each(items, func(item *manifest.Object) ([]byte, error) {
		own := fn.WithoutBookkeeping(item)
		if own.Text() != "" {
			return []byte(own.Text()), w.take(len(own.Text()))
		}
		return encoded(own, w)
	})
	return bytes.Join(texts, []byte("---\n")), err
}

// each makes a text of every item, side by side; an error is that of the first that has
// one.
func each(items []*manifest.Object, text func(*manifest.Object) ([]byte, error)) ([][]byte, error) {
	texts, errs := make([][]byte, len(items)), make([]error, len(items))
	parallel.Each(len(items), func(i int) { texts[i], errs[i] = text(items[i]) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// encoded is an object as a document of its own.
func encoded(object *manifest.Object, w *writing) ([]byte, error) {
	complete, err := newAnchors().complete(object.Node().YNode())
	if err != nil {
		return nil, err
	}
	out := part{of: w}
	err = encode(&out, complete)
	return out.Bytes(), err
}

func encode(out io.Writer, node any) error {
	encoder := yaml.NewEncoder(out)
	encoder.CompactSeqIndent()
	err := encoder.Encode(node)
	if err == nil {
		err = encoder.Close()
	}
	if p, ok := out.(*part); ok && err != nil && p.of.left.Load() < 0 {
		return p.of.take(0) // of which the encoder keeps the words alone
	}
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	return nil
}

// rewrap returns the ResourceList with other items and with results. It shares
// the nodes of all else with the one that was read.
func (l *List) rewrap(items []*manifest.Object, results []fn.Result) (*yaml.Node, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for _, item := range items {
		list.Content = append(list.Content, item.Node().YNode())
	}
	wrapper := *l.wrapper.YNode()
	wrapper.Content = slices.Clone(wrapper.Content)
	setField(&wrapper, "items", list)
	if len(results) == 0 {
		return newAnchors().complete(&wrapper)
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
	return newAnchors().complete(&wrapper)
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

// JSON writes items as JSON objects, a line each. They are what kubectl makes of
// the YAML. A ResourceList's answer is for its host, and is not written so.
func (l *List) JSON(items []*manifest.Object) ([]byte, error) {
	if l.IsResourceList() {
		return nil, errors.New("-o json is for plain documents; a host that gives a ResourceList reads YAML")
	}
	w := l.writing()
	objects, err := each(items, func(item *manifest.Object) ([]byte, error) {
		document, err := encoded(fn.WithoutBookkeeping(item), l.writing())
		if err != nil {
			return nil, err
		}
		object, err := k8syaml.YAMLToJSON(document)
		if err != nil {
			h := item.Header()
			return nil, fmt.Errorf("%s %s cannot be written as JSON", h.Kind, h.Name)
		}
		return append(object, '\n'), w.take(len(object) + 1)
	})
	return bytes.Join(objects, nil), err
}
