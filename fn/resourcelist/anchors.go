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
func (a *anchors) complete(n *yaml.Node) (*yaml.Node, error) { return a.completeAt(n, false) }

// completeAt is complete for a node in a place where nothing has to be spelled, or not.
func (a *anchors) completeAt(n *yaml.Node, spelled bool) (*yaml.Node, error) {
	if n.Kind == yaml.AliasNode {
		if a.seen[n.Alias] {
			return n, nil
		}
		return a.writeOut(n.Alias)
	}
	if n.Anchor != "" {
		a.seen[n] = true
	}
	out := writable(n, spelled)
	for i, child := range n.Content {
		isKey := n.Kind == yaml.MappingNode && i%2 == 0
		c, err := a.completeAt(child, spelled || isKey || n.Style&yaml.FlowStyle != 0)
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

// writable is a node, or what stands for it where the encoder would write something else:
// a folded text that does not survive that, or nothing at all where it has to be spelled,
// since between brackets, and before a colon, the encoder makes an empty text of it.
func writable(n *yaml.Node, spelled bool) *yaml.Node {
	isFolded := n.Style&yaml.FoldedStyle != 0 && !survives(n)
	isNothing := n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == yaml.NodeTagNull && spelled
	if !isFolded && !isNothing {
		return n
	}
	changed := *n
	if isFolded {
		changed.Style = yaml.LiteralStyle
	} else {
		changed.Value, changed.Style = "null", 0
	}
	return &changed
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
	out := *writable(n, true)
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
