package fn

import (
	"cmp"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// mergeInto writes what an ExternalSecret makes into a Secret that is there
// already: over its keys, labels and annotations of the same name, and beside all
// others. The Secret is changed in place. It returns what is wrong with it, or "".
func (es *externalSecret) mergeInto(object *yaml.RNode, r *contents) (cause string) {
	top := object.YNode()
	if isShared(top) {
		return "cannot be added to: it has anchors, aliases or a field twice"
	}
	metadata := under(top, "metadata")
	for _, part := range []struct {
		in   *yaml.Node
		name string
		add  map[string]string
	}{
		{metadata, "labels", shown(r.labels)},
		{metadata, "annotations", shown(r.annotations)},
		{top, "data", encoded(r.data)},
	} {
		if len(part.add) == 0 {
			continue
		}
		into := under(part.in, part.name)
		if into == nil {
			return "cannot be added to: its " + part.name + " is no map"
		}
		for _, key := range sortedKeys(part.add) {
			insert(into, key, text(part.add[key]))
		}
	}
	// What stands in stringData would win over data.
	if plain := valueOf(top, "stringData"); plain != nil && plain.Kind == yaml.MappingNode {
		for key := range r.data {
			remove(plain, key)
		}
		if len(plain.Content) == 0 {
			remove(top, "stringData")
		}
	}
	for _, finalizer := range es.finalizers() {
		all := valueOf(metadata, "finalizers")
		if all == nil || all.Kind != yaml.SequenceNode {
			all = list(nil)
			set(metadata, "finalizers", all)
		}
		if !slices.ContainsFunc(all.Content, func(n *yaml.Node) bool { return n.Value == finalizer }) {
			all.Content = append(all.Content, text(finalizer))
		}
	}
	if kind := es.secretType(""); kind != "" {
		set(top, "type", text(kind))
	}
	if valueOf(top, "type") == nil {
		set(top, "type", text("Opaque"))
	}
	if es.Spec.Target.Immutable {
		set(top, "immutable", yes())
	}
	return ""
}

// isShared tells an object with a part that stands for another, or a field that
// is there twice, by a merge for one: what is written into one would be written
// into both, or lost to the other.
func isShared(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, isShared) {
		return true
	}
	seen := map[string]bool{"<<": true}
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return false
}

// sortContents orders what several ExternalSecrets have put into a Secret of their
// own, as it is ordered where one made it.
func sortContents(object *yaml.Node) {
	metadata := valueOf(object, "metadata")
	for _, part := range []*yaml.Node{valueOf(metadata, "labels"), valueOf(metadata, "annotations"), valueOf(object, "data")} {
		if part == nil {
			continue
		}
		pairs := slices.Collect(slices.Chunk(part.Content, 2))
		slices.SortFunc(pairs, func(a, b []*yaml.Node) int { return cmp.Compare(a[0].Value, b[0].Value) })
		part.Content = slices.Concat(pairs...)
	}
}
