package fn

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// madeBy marks a Secret in a package that keeps its ExternalSecrets, with the
// name of the one that it was made from, so that the next run replaces it
// instead of taking it for somebody else's.
const madeBy = "esfn.krm/external-secret"

// outputFolder is where kpt is told to write Secrets: one folder, so that one
// line keeps them out of Git.
const outputFolder = ".rendered-secrets"

// emission puts Secrets into the items in place of what was consumed.
type emission struct {
	view *packageView
	keep bool
	// earlier holds, for each ExternalSecret, the Secret that an earlier run
	// made of it, where the items have it.
	earlier map[*externalSecret]*item
	// stale are Secrets that an earlier run made and that nothing makes now.
	stale []*item
}

// newEmission decides what becomes of what is consumed, and finds Secrets that
// stand in the way of those to be made.
func newEmission(v *packageView, spec api.RenderSpec) (*emission, Problems) {
	e := &emission{view: v, keep: v.host == kpt, earlier: map[*externalSecret]*item{}}
	switch spec.Consumed {
	case "Keep":
		e.keep = true
	case "Drop":
		e.keep = false
	}
	maker := map[objectName]*externalSecret{}
	var problems Problems
	for _, es := range v.externalSecrets {
		target := objectName{api.OrDefault(es.Namespace), es.targetName()}
		other, twice := maker[target]
		if twice && other.Name != es.Name { // else it is the ExternalSecret that is given twice
			problems = append(problems, Problem{es.Resource, "spec.target.name",
				fmt.Sprintf("%s makes the Secret %q, too", other.Resource, target.name), "give one of the two another spec.target.name"})
		}
		if !twice {
			maker[target] = es
		}
	}
	for _, it := range v.secrets {
		es := maker[it.objectName()]
		by, marked := it.annotations[madeBy]
		switch {
		case es == nil && marked:
			e.stale = append(e.stale, it)
		case es == nil:
		case !marked || by != es.Name && !es.wasCalled(by):
			problems = append(problems, Problem{es.Resource, "spec.target.name",
				fmt.Sprintf("a Secret %q is among the manifests already, and was not made from this ExternalSecret", it.Name),
				"remove that Secret, or set another spec.target.name"})
		case e.earlier[es] != nil:
			problems = append(problems, Problem{es.Resource, "spec.target.name",
				fmt.Sprintf("two Secrets %q that were made from this ExternalSecret are among the manifests", it.Name), "remove one of them"})
		default:
			e.earlier[es] = it
		}
	}
	return e, problems
}

// mark gives the annotations that a Secret needs to be found again.
func (e *emission) mark(es *externalSecret) map[string]string {
	if !e.keep {
		return nil
	}
	mark := map[string]string{madeBy: es.Name}
	if before := e.earlier[es]; before != nil {
		for key, value := range before.annotations {
			if ofHosts(key) {
				mark[key] = value
			}
		}
	} else if e.view.host == kpt {
		path := outputFolder + "/"
		if es.Namespace != "" {
			path += es.Namespace + "_"
		}
		path += "secret_" + es.targetName() + ".yaml"
		mark[kioutil.PathAnnotation], mark[kioutil.LegacyPathAnnotation] = path, path
	}
	return mark
}

// made is a Secret's data; nil where the ExternalSecret makes no Secret.
type made map[*externalSecret]map[string]secret.Value

// apply returns the items with the Secrets in place. The given nodes are left
// as they are.
func (e *emission) apply(items []*yaml.RNode, secrets made, stores []*item) ([]*yaml.RNode, Problems) {
	replacement := map[int][]*yaml.RNode{}
	var problems Problems
	consume := func(it *item) {
		replacement[it.index] = []*yaml.RNode{}
		if !e.keep {
			return
		}
		kept := it.node.Copy()
		err := kept.PipeE(yaml.SetAnnotation(localConfig, "true"))
		// In place of an alias kyaml sets a map of its own.
		if err != nil || len(api.HeaderOf(kept).Annotations) < len(it.annotations) {
			problems = append(problems, Problem{it.Resource, "metadata.annotations", "cannot be added to", "write it without anchors and aliases"})
		}
		replacement[it.index] = []*yaml.RNode{kept}
	}
	for _, it := range stores {
		consume(it)
	}
	for _, es := range e.view.externalSecrets {
		consume(es.item)
		place := es.index
		if before, there := e.earlier[es]; there {
			place = before.index
			replacement[place] = []*yaml.RNode{}
		}
		if data, ok := secrets[es]; ok {
			replacement[place] = append(replacement[place], es.secretNode(data, e.mark(es)))
		}
	}
	var out []*yaml.RNode
	for i, node := range items {
		if instead, ok := replacement[i]; ok {
			out = append(out, instead...)
		} else {
			out = append(out, node)
		}
	}
	return out, problems
}

// warnings of a run that worked.
func (e *emission) warnings(secrets made) (warnings Problems) {
	for _, it := range e.stale {
		warnings = append(warnings, Problem{it.Resource, "", fmt.Sprintf("was made from the ExternalSecret %q, and nothing makes it now", it.annotations[madeBy]),
			"delete it if it is not needed"})
	}
	if e.view.host == kpt && len(secrets) > 0 {
		warnings = append(warnings, Problem{Resource{}, "", "kpt writes the rendered Secrets into the package, below " + outputFolder + "/",
			"keep that folder out of Git, or render with -o unwrap"})
	}
	return warnings
}
