package resourcelist

import (
	"bytes"
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxExpanded bounds the nodes that aliases are written out to: a few lines of
// them can stand for billions.
const maxExpanded = 100_000

// anchors are those that stand in a document as far as it has been seen.
type anchors struct {
	seen map[*yaml.Node]bool
	left int // nodes that may still be written out
}

func newAnchors() *anchors { return &anchors{seen: map[*yaml.Node]bool{}, left: maxExpanded} }

// complete returns the next node of the document, with every alias written out
// whose anchor does not stand before it: that was dropped, or has come to stand
// in another document. The given node is left as it is.
func (a *anchors) complete(n *yaml.Node) (*yaml.Node, error) {
	if n.Kind == yaml.AliasNode {
		if a.seen[n.Alias] {
			return n, nil
		}
		return a.writeOut(n.Alias)
	}
	if n.Anchor != "" {
		a.seen[n] = true
	}
	if n.Style&yaml.FoldedStyle != 0 && !survives(n) {
		literal := *n
		literal.Style = yaml.LiteralStyle
		if n.Anchor != "" {
			a.seen[&literal] = true
		}
		return &literal, nil
	}
	out := n
	for i, child := range n.Content {
		c, err := a.complete(child)
		if err != nil {
			return nil, err
		}
		if c == child {
			continue
		}
		if out == n {
			changed := *n
			changed.Content = slices.Clone(n.Content)
			out = &changed
		}
		out.Content[i] = c
	}
	return out, nil
}

// survives tells whether the encoder writes a folded scalar so that it is read again
// as it was: line breaks at its end, and before a line that is indented further,
// become more.
func survives(n *yaml.Node) bool {
	alone := yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: n.Value, Style: yaml.FoldedStyle}
	var out bytes.Buffer // at most some five times the text, of which there is one already
	var again yaml.Node
	if encode(&out, &alone) != nil || yaml.NewDecoder(&out).Decode(&again) != nil || len(again.Content) != 1 {
		return false
	}
	return again.Content[0].Value == n.Value
}

// writeOut copies a node, with all aliases in it written out as well, and
// without its anchors.
func (a *anchors) writeOut(n *yaml.Node) (*yaml.Node, error) {
	if a.left--; a.left < 0 {
		return nil, errors.New("its aliases stand for too much to be written out")
	}
	if n.Kind == yaml.AliasNode {
		return a.writeOut(n.Alias)
	}
	out := *n
	out.Anchor = ""
	out.Content = nil
	for _, child := range n.Content {
		c, err := a.writeOut(child)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, c)
	}
	return &out, nil
}
