package fn

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// host is who runs the function, as far as the items show it.
type host int

const (
	// pipe is no host at all, or one that leaves no marks: what is dropped is
	// simply not in the output.
	pipe host = iota
	// kustomize annotates every item with its own id.
	kustomize
	// kpt annotates every item with its path, and deletes the file of an item
	// that does not come back.
	kpt
)

// hostOf tells kpt by path annotations without kustomize's own beside them:
// after an earlier function kustomize's items carry paths, too.
func hostOf(items []*yaml.RNode) host {
	found := pipe
	for _, node := range items {
		if node.YNode() == nil || node.YNode().Kind != yaml.MappingNode {
			continue
		}
		annotations := node.GetAnnotations()
		for _, mark := range []string{"kustomize.config.k8s.io/id", "internal.config.kubernetes.io/generatorBehavior", previousNames} {
			if _, marked := annotations[mark]; marked {
				return kustomize
			}
		}
		if _, placed := annotations[kioutil.PathAnnotation]; placed {
			found = kpt
		} else if _, placed := annotations[kioutil.LegacyPathAnnotation]; placed {
			found = kpt
		}
	}
	return found
}

// isHostAnnotation tells annotations that hosts use between themselves and
// their functions from those of the user.
func isHostAnnotation(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	switch prefix {
	case "config.kubernetes.io", "internal.config.kubernetes.io", "kustomize.config.k8s.io", "internal.kpt.dev":
		return true
	}
	return key == "config.k8s.io/id"
}

// withoutHost returns the annotations that are the user's own.
func withoutHost(annotations map[string]string) map[string]string {
	own := maps.Clone(annotations)
	maps.DeleteFunc(own, func(key, _ string) bool { return isHostAnnotation(key) })
	return own
}

// WithoutHostAnnotations returns the object without the annotations that only
// hosts read, for output that no host will clean up: a copy, or the object
// itself where it has none. config.kubernetes.io/local-config stays: it says
// what is not to be applied.
func WithoutHostAnnotations(node *yaml.RNode) (*yaml.RNode, error) {
	own := node
	for _, key := range slices.Sorted(maps.Keys(node.GetAnnotations())) {
		if !isHostAnnotation(key) || key == localConfig {
			continue
		}
		if own == node {
			own = node.Copy()
		}
		if err := own.PipeE(yaml.ClearAnnotation(key)); err != nil {
			return nil, err
		}
	}
	if own == node {
		return node, nil
	}
	return own, yaml.ClearEmptyAnnotations(own)
}

const localConfig = "config.kubernetes.io/local-config"
