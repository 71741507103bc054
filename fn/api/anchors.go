package api

import (
	"maps"

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

// maxMerged bounds the keys that one map may merge: a few lines of merges of
// merges can stand for billions, and a map can be made to merge itself.
const maxMerged = 10_000

// pairs returns the keys and values of a map, with those that it merges (<<)
// after its own and without those that its own take the place of. Aliases are
// followed. What is beyond maxMerged is left out.
func pairs(n *yaml.Node) []pair {
	all := make([]pair, 0, len(n.Content)/2)
	merges := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := followed(n.Content[i])
		merges = merges || isMerge(key)
		all = append(all, pair{key, followed(n.Content[i+1])})
	}
	if !merges { // as almost all
		return all
	}
	all = nil
	seen := map[string]bool{}
	left := maxMerged + len(n.Content) + 1
	merge(n, &all, seen, &left)
	return all
}

// merge adds the pairs of a map whose keys are not there yet. A key that a map
// itself has twice is added twice, for its reader to complain about.
func merge(n *yaml.Node, all *[]pair, seen map[string]bool, left *int) {
	own := map[string]bool{}
	var sources []*yaml.Node
	if *left -= len(n.Content) + 1; *left < 0 {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := followed(n.Content[i]), followed(n.Content[i+1])
		switch {
		case !isMerge(key):
			if !seen[key.Value] {
				*all = append(*all, pair{key, value})
				own[key.Value] = true
			}
		case value.Kind == yaml.SequenceNode:
			sources = append(sources, value.Content...)
		default:
			sources = append(sources, value)
		}
	}
	maps.Copy(seen, own)
	for _, source := range sources {
		if source = followed(source); source.Kind == yaml.MappingNode {
			merge(source, all, seen, left)
		}
	}
}
