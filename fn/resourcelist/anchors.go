package resourcelist

import (
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
