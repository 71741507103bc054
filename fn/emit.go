package fn

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
)

// madeBy marks a Secret in a package that keeps its ExternalSecrets, with the
// name of the one that it was made from, so that the next run replaces it
// instead of taking it for somebody else's.
const madeBy = "esfn.krm/external-secret"

// outputFolder is where kpt is told to write Secrets unless the functionConfig
// says otherwise: one folder, so that one line keeps them out of Git.
const outputFolder = ".rendered-secrets"

// made is what each ExternalSecret puts into its Secret. One that makes none is
// not in it.
type made map[*externalSecret]*contents

// emission puts Secrets into the items in place of what was consumed.
type emission struct {
	view *packageView
	keep bool
	// folder is for Secrets, and suffixHash has a hash added to their names.
	folder     string
	suffixHash bool
	targets    []*target
	stale      []*item
}

// newEmission decides what becomes of what is consumed, and finds Secrets that
// stand in the way of those to be made.
func newEmission(v *packageView, spec api.RenderSpec) (*emission, Problems) {
	e := &emission{view: v, keep: v.host == kpt, folder: cmp.Or(strings.TrimSuffix(spec.OutputPath, "/"), outputFolder), suffixHash: spec.SuffixHash}
	switch spec.Consumed {
	case "Keep":
		e.keep = !v.generator // of which nothing is kept
	case "Drop":
		e.keep = false
	}
	var problems Problems
	e.targets, e.stale, problems = v.targets()
	return e, problems
}

// mark gives the annotations that a Secret needs to be found again.
func (e *emission) mark(t *target, es *externalSecret) map[string]string {
	mark := e.kustomizeMarks(es)
	if e.keep {
		mark[madeBy] = es.Name
	}
	if t.earlier != nil {
		for key, value := range t.earlier.annotations {
			if ofHosts(key) {
				mark[key] = value
			}
		}
	} else if e.view.host == kpt {
		path := e.folder + "/"
		if es.Namespace != "" {
			path += es.Namespace + "_"
		}
		path += "secret_" + es.targetName() + ".yaml"
		mark[kioutil.PathAnnotation], mark[kioutil.LegacyPathAnnotation] = path, path
	}
	return mark
}

// apply returns the items with the Secrets in place, and after them those that
// the functionConfig's resources make. The given nodes are left as they are.
func (e *emission) apply(secrets made, stores []*item) (out []*manifest.Object, warnings, problems Problems) {
	replacement := map[int][]*manifest.Object{}
	for _, it := range e.consumed(stores) {
		replacement[it.index] = []*manifest.Object{}
		if !e.keep || it.index >= e.view.items {
			continue
		}
		kept := it.object.Node().Copy()
		err := kept.PipeE(yaml.SetAnnotation(localConfig, "true"))
		// In place of an alias kyaml sets a map of its own.
		if err != nil || len(api.HeaderOf(kept).Annotations) < len(it.annotations) {
			problems = append(problems, Problem{it.Resource, "metadata.annotations", "cannot be added to", "write it without anchors and aliases"})
		}
		replacement[it.index] = []*manifest.Object{manifest.New(kept)}
	}
	written := 0 // Secrets that were not there before
	for _, t := range e.targets {
		warnings = append(warnings, t.retain(secrets)...)
		object, index, warned, found := t.build(secrets, e.mark)
		warnings, problems = append(warnings, warned...), append(problems, found...)
		for _, before := range []*item{t.earlier, t.existing} {
			if before != nil && (before == t.earlier || object != nil) {
				replacement[before.index] = []*manifest.Object{}
			}
		}
		if object != nil {
			replacement[index] = append(replacement[index], manifest.New(object))
			if t.existing == nil {
				written++
			}
			warnings = append(warnings, e.written(t)...)
		}
	}
	for i, object := range e.view.objects {
		if instead, ok := replacement[i]; ok {
			out = append(out, instead...)
		} else if i < e.view.items {
			out = append(out, object)
		}
	}
	return out, append(warnings, e.standing(written)...), problems
}

// consumed lists what the run has used up, once each.
func (e *emission) consumed(stores []*item) []*item {
	all := slices.Concat(stores, e.view.clusterExternalSecrets)
	for _, es := range e.view.externalSecrets {
		if es.of == nil {
			all = append(all, es.item)
		}
	}
	return all
}

// written warns where kpt writes values into a file of the user's own.
func (e *emission) written(t *target) Problems {
	if t.existing == nil || e.view.host != kpt {
		return nil
	}
	return Problems{{t.existing.Resource, "", "kpt writes the values that are added to it into its file", "keep that file out of Git, or render with -o unwrap"}}
}

// standing warns of what stays in the package.
func (e *emission) standing(secrets int) (warnings Problems) {
	for _, it := range e.stale {
		warnings = append(warnings, Problem{it.Resource, "", fmt.Sprintf("was made from the ExternalSecret %q, and nothing makes it now", it.annotations[madeBy]),
			"delete it if it is not needed"})
	}
	if e.view.host == kpt && secrets > 0 {
		warnings = append(warnings, Problem{Resource{}, "", "kpt writes the rendered Secrets into the package, below " + e.folder + "/",
			"keep that folder out of Git, or render with -o unwrap"})
	}
	return warnings
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
