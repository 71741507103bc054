package resourcelist

import (
	"errors"
	"maps"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxExpanded bounds the nodes that aliases are written out to: a few lines of
// them can stand for billions.
const maxExpanded = 100_000

// selfContained returns the nodes with every alias written out whose anchor does
// not stand before it in one of them: it was dropped, or has come to stand in
// another document. The nodes themselves are left as they are.
func selfContained(nodes []*yaml.Node) ([]*yaml.Node, error) {
	anchored := map[*yaml.Node]bool{}
	var all []*yaml.Node
	for _, n := range nodes {
		inside := map[*yaml.Node]bool{}
		if !dangles(n, anchored, inside) {
			maps.Copy(anchored, inside)
		} else {
			left := maxExpanded
			expanded, err := writtenOut(n, &left)
			if err != nil {
				return nil, err
			}
			n = expanded
		}
		all = append(all, n)
	}
	return all, nil
}

// dangles tells whether an alias in a node has no anchor before it, in the nodes
// before or inside, where it notes those that it meets.
func dangles(n *yaml.Node, before, inside map[*yaml.Node]bool) bool {
	if n.Kind == yaml.AliasNode {
		return !before[n.Alias] && !inside[n.Alias]
	}
	if n.Anchor != "" {
		inside[n] = true
	}
	for _, child := range n.Content {
		if dangles(child, before, inside) {
			return true
		}
	}
	return false
}

func writtenOut(n *yaml.Node, left *int) (*yaml.Node, error) {
	if *left--; *left < 0 {
		return nil, errors.New("its aliases stand for too much to be written out")
	}
	if n.Kind == yaml.AliasNode {
		return writtenOut(n.Alias, left)
	}
	out := *n
	out.Anchor = ""
	out.Content = nil
	for _, child := range n.Content {
		c, err := writtenOut(child, left)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, c)
	}
	return &out, nil
}
