package api

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Aliases and merges are followed while decoding, and not spelled out in the
// document before it: kyaml's DeAnchor clears the anchors of the original, even
// through a copy.

// followed is the node that an alias stands for, or the node itself.
func followed(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// isMerge tells a merge key, also where its tag was taken off so that it is
// written as it was read.
func isMerge(key *yaml.Node) bool {
	quoted := yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style&quoted == 0 && (key.Tag == "" || key.Tag == "!!merge")
}

type pair struct{ key, value *yaml.Node }

// maxMerges bounds merges of merges: a map can be made to merge itself.
const maxMerges = 16

// pairs returns the keys and values of a map, with those that it merges (<<)
// after its own and without those that its own take the place of. Aliases are
// followed.
func pairs(n *yaml.Node, depth int) []pair {
	var own, merged []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], followed(n.Content[i+1])
		if !isMerge(key) {
			own = append(own, pair{followed(key), value})
			continue
		}
		sources := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			sources = value.Content
		}
		for _, source := range sources {
			if source = followed(source); source.Kind == yaml.MappingNode && depth < maxMerges {
				merged = append(merged, pairs(source, depth+1)...)
			}
		}
	}
	for _, p := range merged {
		if !slices.ContainsFunc(own, func(o pair) bool { return o.key.Value == p.key.Value }) {
			own = append(own, p)
		}
	}
	return own
}
