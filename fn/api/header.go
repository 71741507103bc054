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
	top := fieldsOf(object.YNode())
	metadata := fieldsOf(top["metadata"])
	h := Header{
		APIVersion: scalar(top["apiVersion"]), Kind: scalar(top["kind"]),
		Namespace: scalar(metadata["namespace"]), Name: scalar(metadata["name"]),
		Labels: scalarsOf(metadata["labels"]), Annotations: scalarsOf(metadata["annotations"]),
	}
	return h
}

func scalarsOf(n *yaml.Node) map[string]string {
	scalars := map[string]string{}
	for key, value := range fieldsOf(n) {
		scalars[key] = scalar(value)
	}
	return scalars
}

// fieldsOf returns a map's fields; nothing for what is no map.
func fieldsOf(n *yaml.Node) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	if n == nil || followed(n).Kind != yaml.MappingNode {
		return fields
	}
	for _, p := range pairs(followed(n)) {
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
