package fn

import (
	"maps"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
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
// after an earlier function kustomize's items carry paths, too. Plain documents
// come from no host, whatever annotations they carry.
func hostOf(in Input) host {
	found := pipe
	if in.Plain {
		return found
	}
	for _, object := range in.Items {
		annotations := object.Header().Annotations
		for _, mark := range []string{"kustomize.config.k8s.io/id", "internal.config.kubernetes.io/generatorBehavior", previousNames} {
			if _, marked := annotations[mark]; marked {
				return kustomize
			}
		}
		if isPlaced(annotations) {
			found = kpt
		}
	}
	return found
}

// isPlaced tells an item that a host says the file of.
func isPlaced(annotations map[string]string) bool {
	_, placed := annotations[kioutil.PathAnnotation]
	_, before := annotations[kioutil.LegacyPathAnnotation]
	return placed || before
}

// ofHosts tells annotations by which hosts and their functions speak of an
// object from those of its user: they say nothing of a Secret made from it.
func ofHosts(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	switch domain {
	case "config.kubernetes.io", "internal.config.kubernetes.io", "alpha.config.kubernetes.io", "config.k8s.io", "internal.config.k8s.io", "kustomize.config.k8s.io", "internal.kpt.dev":
		return true
	}
	return false
}

// withoutHosts returns the annotations that are the user's own.
func withoutHosts(annotations map[string]string) map[string]string {
	own := maps.Clone(annotations)
	maps.DeleteFunc(own, func(key, _ string) bool { return ofHosts(key) })
	return own
}

// isBookkeeping tells the annotations by which a host finds an object again,
// and which it removes itself in the end.
func isBookkeeping(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	switch key {
	case kioutil.LegacyPathAnnotation, kioutil.LegacyIndexAnnotation, kioutil.LegacyIdAnnotation, "config.kubernetes.io/id", "kustomize.config.k8s.io/id":
		return true
	}
	return domain == "internal.config.kubernetes.io" || domain == "internal.config.k8s.io" || domain == "internal.kpt.dev"
}

// WithoutBookkeeping returns the object without the annotations that hosts
// leave for themselves, for output that no host will clean up: a copy, or the
// object itself where it has none, or has them by way of an alias. What users set
// for tools to act on, such as config.kubernetes.io/local-config and depends-on,
// stays.
func WithoutBookkeeping(object *manifest.Object) *manifest.Object {
	var own *yaml.RNode
	for _, key := range sortedKeys(object.Header().Annotations) {
		if !isBookkeeping(key) {
			continue
		}
		if own == nil {
			own = object.Node().Copy()
		}
		if own.PipeE(yaml.ClearAnnotation(key)) != nil {
			return object
		}
	}
	if own == nil || yaml.ClearEmptyAnnotations(own) != nil {
		return object
	}
	return manifest.New(own)
}

const localConfig = "config.kubernetes.io/local-config"
