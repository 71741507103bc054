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
	type name struct{ namespace, name string }
	standing, maker := map[name]*item{}, map[name]*externalSecret{}
	for _, it := range v.secrets {
		standing[name{api.OrDefault(it.Namespace), it.Name}] = it
	}
	var problems Problems
	for _, es := range v.externalSecrets {
		target := name{api.OrDefault(es.Namespace), es.targetName()}
		if other, twice := maker[target]; twice {
			problems = append(problems, Problem{es.Resource, "spec.target.name",
				fmt.Sprintf("%s makes the Secret %q, too", other.Resource, target.name), "give one of the two another spec.target.name"})
			continue
		}
		maker[target] = es
		switch it := standing[target]; {
		case it == nil:
		case it.annotations[madeBy] == es.Name:
			e.earlier[es] = it
		default:
			problems = append(problems, Problem{es.Resource, "spec.target.name",
				fmt.Sprintf("a Secret %q is among the manifests already, and was not made from this ExternalSecret", target.name),
				"remove that Secret, or set another spec.target.name"})
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
			if isHostAnnotation(key) {
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
func (e *emission) apply(items []*yaml.RNode, secrets made, stores []*item) ([]*yaml.RNode, error) {
	replacement := map[int][]*yaml.RNode{}
	consume := func(it *item) error {
		if !e.keep {
			replacement[it.index] = []*yaml.RNode{}
			return nil
		}
		kept := it.node.Copy()
		replacement[it.index] = []*yaml.RNode{kept}
		return kept.PipeE(yaml.SetAnnotation(localConfig, "true"))
	}
	for _, it := range stores {
		if err := consume(it); err != nil {
			return nil, err
		}
	}
	for _, es := range e.view.externalSecrets {
		if err := consume(es.item); err != nil {
			return nil, err
		}
		before, there := e.earlier[es]
		data := secrets[es]
		switch {
		case data == nil && there:
			replacement[before.index] = []*yaml.RNode{}
		case data == nil:
		case there:
			replacement[before.index] = []*yaml.RNode{es.secretNode(data, e.mark(es))}
		default:
			replacement[es.index] = append(replacement[es.index], es.secretNode(data, e.mark(es)))
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
	return out, nil
}

// warnings of a run that worked.
func (e *emission) warnings(secrets made) Problems {
	if e.view.host != kpt || len(secrets) == 0 {
		return nil
	}
	return Problems{{Resource{}, "", "kpt writes the rendered Secrets into the package, below " + outputFolder + "/",
		"keep that folder out of Git, or render with -o unwrap"}}
}
