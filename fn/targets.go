package fn

import (
	"cmp"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// target is one Secret to be, with all ExternalSecrets that make it: at most one
// that it belongs to, and those that add to it.
type target struct {
	objectName
	// makers are in the order in which they make it: who owns it, who creates
	// it where nobody else does, who only adds to it.
	makers []*externalSecret
	// earlier is the Secret that an earlier run made, which is made anew;
	// existing is somebody else's, which is added to. Either may be nil.
	earlier, existing *item
}

// targets finds the Secrets to be, in the order of the items, and what stands in
// their way. stale are Secrets that an earlier run made and that nothing makes
// now.
func (v *packageView) targets() (targets []*target, stale []*item, problems Problems) {
	byName := map[objectName]*target{}
	for _, es := range v.externalSecrets {
		if es.Spec.Target.CreationPolicy == "None" {
			continue
		}
		name := objectName{api.OrDefault(es.Namespace), es.targetName()}
		t := byName[name]
		if t == nil {
			t = &target{objectName: name}
			byName[name], targets = t, append(targets, t)
		}
		if other := t.owner(); other != nil && !es.Spec.Target.Merges() {
			if other.objectName() != es.objectName() { // else it is the ExternalSecret that is given twice
				problems = append(problems, es.problem("spec.target.name",
					fmt.Sprintf("%s makes the Secret %q, too", other.origin().Resource, name.name), "give one of the two another spec.target.name"))
			}
			continue
		}
		t.makers = append(t.makers, es)
		slices.SortStableFunc(t.makers, func(a, b *externalSecret) int { return cmp.Compare(a.rank(), b.rank()) })
	}
	for _, it := range v.secrets {
		t := byName[it.objectName()]
		by, marked := it.annotations[madeBy]
		switch {
		case t == nil && marked:
			stale = append(stale, it)
		case t == nil:
		default:
			problems = append(problems, t.meet(it, by)...)
		}
	}
	return targets, stale, problems
}

// meet takes note of a Secret of the target's name among the items, made by an
// ExternalSecret of that name, or by nobody here.
func (t *target) meet(it *item, by string) Problems {
	mine := slices.ContainsFunc(t.makers, func(es *externalSecret) bool {
		return by != "" && es.rank() < onlyAdds && (by == es.Name || es.wasCalled(by))
	})
	es := t.makers[0]
	switch {
	case mine && t.earlier != nil:
		return Problems{es.problem("spec.target.name",
			fmt.Sprintf("two Secrets %q that were made from this ExternalSecret are among the manifests", it.Name), "remove one of them")}
	case mine:
		t.earlier = it
	case t.owner() != nil:
		return Problems{es.problem("spec.target.name",
			fmt.Sprintf("a Secret %q is among the manifests already, and was not made from this ExternalSecret", it.Name),
			"remove that Secret, set another spec.target.name, or add to it with creationPolicy: Merge")}
	case t.existing != nil:
		return Problems{es.problem("spec.target.name", fmt.Sprintf("two Secrets %q are among the manifests", it.Name), "remove one of them")}
	default:
		t.existing = it
	}
	return nil
}

const (
	owns = iota
	creates
	onlyAdds
)

func (es *externalSecret) rank() int {
	switch es.Spec.Target.CreationPolicy {
	case "CreateOrMerge":
		return creates
	case "Merge":
		return onlyAdds
	}
	return owns
}

// owner is the ExternalSecret that the Secret belongs to; nil where all of them
// add to somebody else's.
func (t *target) owner() *externalSecret {
	if len(t.makers) > 0 && t.makers[0].rank() == owns {
		return t.makers[0]
	}
	return nil
}

// build makes the Secret, and says where it stands among the items. It is nil
// where nobody makes one.
func (t *target) build(secrets made, mark func(*target, *externalSecret) map[string]string) (object *yaml.RNode, index int, warnings, problems Problems) {
	if t.existing != nil {
		object, index = t.existing.node.Copy(), t.existing.index
	}
	changed := false
	writer := map[string]*externalSecret{}
	for _, es := range t.makers {
		r, ok := secrets[es]
		if !ok {
			continue
		}
		for _, key := range sortedKeys(r.data) {
			if other := writer[key]; other != nil {
				problems = append(problems, es.problem("spec.target", fmt.Sprintf("%s puts the key %q into the Secret %q, too", other.origin().Resource, key, t.name), "give one of the two another key"))
			}
			writer[key] = es
		}
		switch {
		case object != nil:
			if cause := es.mergeInto(object, r); cause != "" {
				problems = append(problems, es.problem("spec.target", fmt.Sprintf("the Secret %q %s", t.name, cause), "write it out in full"))
			}
		case es.rank() == onlyAdds:
			warnings = append(warnings, es.problem("", fmt.Sprintf("makes no Secret: creationPolicy is Merge, and there is no Secret %q among the manifests given", t.name), ""))
			continue
		default:
			object, index = es.secretNode(r, mark(t, es)), es.index
			if t.earlier != nil {
				index = t.earlier.index
			}
		}
		changed = true
	}
	if !changed {
		object = nil
	}
	return object, index, warnings, problems
}
