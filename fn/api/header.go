package api

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Header is what an object says of itself, as far as it can be read: of an
// object that is nobody's business here, nothing is an error.
type Header struct {
	APIVersion, Kind, Namespace, Name string
	Labels, Annotations               map[string]string
}

// HeaderOf reads an object's header. It follows aliases and merges, which
// kyaml's own accessors do not, and takes an object however odd: they panic on
// annotations that are a list.
func HeaderOf(object *yaml.RNode) Header {
	h := Header{Labels: map[string]string{}, Annotations: map[string]string{}}
	for _, top := range pairsIn(object.YNode()) {
		switch top.key.Value {
		case "apiVersion":
			h.APIVersion = scalar(top.value)
		case "kind":
			h.Kind = scalar(top.value)
		case "metadata":
			h = Header{APIVersion: h.APIVersion, Kind: h.Kind, Labels: map[string]string{}, Annotations: map[string]string{}}
			for _, p := range pairsIn(top.value) {
				switch p.key.Value {
				case "namespace":
					h.Namespace = scalar(p.value)
				case "name":
					h.Name = scalar(p.value)
				case "labels":
					h.Labels = scalarsOf(p.value)
				case "annotations":
					h.Annotations = scalarsOf(p.value)
				}
			}
		}
	}
	return h
}

func scalarsOf(n *yaml.Node) map[string]string {
	pairs := pairsIn(n)
	scalars := make(map[string]string, len(pairs))
	for _, p := range pairs {
		scalars[p.key.Value] = scalar(p.value)
	}
	return scalars
}

// pairsIn are those of a map; none of what is no map.
func pairsIn(n *yaml.Node) []pair {
	if n == nil || followed(n).Kind != yaml.MappingNode {
		return nil
	}
	return pairs(followed(n))
}

// fieldsOf returns a map's fields; nothing for what is no map.
func fieldsOf(n *yaml.Node) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	for _, p := range pairsIn(n) {
		fields[p.key.Value] = p.value
	}
	return fields
}

// ScalarAt returns the scalar at a path of maps. ok is false where there is
// none.
func ScalarAt(object *yaml.RNode, path ...string) (value string, ok bool) {
	n := object.YNode()
	for _, name := range path {
		n = fieldsOf(n)[name]
	}
	return scalar(n), n != nil && n.Kind == yaml.ScalarNode
}

// KeysAt returns the keys of the map at a path of maps, sorted; none where there is
// no map.
func KeysAt(object *yaml.RNode, path ...string) []string {
	n := object.YNode()
	for _, name := range path {
		n = fieldsOf(n)[name]
	}
	return sortedKeys(fieldsOf(n))
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == yaml.NodeTagNull {
		return ""
	}
	return n.Value
}
