package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

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
			es.idle = "creationPolicy is None"
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
					fmt.Sprintf("%s makes the Secret %s, too", other.origin().Resource, es.targetInWords()), "give one of the two another spec.target.name"))
			}
			continue
		}
		place, _ := slices.BinarySearchFunc(t.makers, es.rank()+1, func(es *externalSecret, rank int) int { return cmp.Compare(es.rank(), rank) })
		t.makers = slices.Insert(t.makers, place, es)
	}
	for _, theirs := range v.ignored {
		t := byName[objectName{api.OrDefault(theirs.Namespace), theirs.targetName()}]
		if t != nil && t.owner() != nil && theirs.rank() == owns && theirs.Spec.Target.CreationPolicy != "None" {
			problems = append(problems, t.owner().problem("spec.target.name",
				fmt.Sprintf("%s, which is left to the operator, makes the Secret %s, too", theirs.origin().Resource, t.owner().targetInWords()), "give one of the two another spec.target.name"))
		}
	}
	for _, it := range v.secrets.all {
		t := byName[it.objectName()]
		by, marked := it.annotations[madeBy]
		switch {
		case it.index >= v.items: // never in the output, and so in nobody's way
		case t == nil && marked:
			stale = append(stale, it)
		case t == nil:
		default:
			problems = append(problems, t.meet(it, by)...)
		}
	}
	for _, t := range targets {
		if t.existing == nil && t.makers[0].rank() == onlyAdds {
			for _, es := range t.makers {
				es.idle = es.nothingToAddTo()
			}
		}
	}
	return targets, stale, problems
}

func (es *externalSecret) nothingToAddTo() string {
	return fmt.Sprintf("creationPolicy is Merge, and there is no Secret %s among the manifests given", es.targetInWords())
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
			fmt.Sprintf("two Secrets %s that were made from this ExternalSecret are among the manifests", es.targetInWords()), "remove one of them")}
	case mine:
		t.earlier = it
	case t.owner() != nil:
		return Problems{es.problem("spec.target.name",
			fmt.Sprintf("a Secret %s is among the manifests already, and was not made from this ExternalSecret", es.targetInWords()),
			"remove that Secret, set another spec.target.name, or add to it with creationPolicy: Merge")}
	case t.existing != nil:
		return Problems{es.problem("spec.target.name", fmt.Sprintf("two Secrets %s are among the manifests", es.targetInWords()), "remove one of them")}
	default:
		t.existing = it
	}
	return nil
}

// targetInWords names the Secret for a message. A ClusterExternalSecret makes one
// of that name in every namespace.
func (es *externalSecret) targetInWords() string {
	if es.of == nil {
		return strconv.Quote(es.targetName())
	}
	return fmt.Sprintf("%q in namespace %q", es.targetName(), es.Namespace)
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

// retain leaves a Secret that an earlier run made as it is, where nobody makes it
// anew and one who did has deletionPolicy Retain (externalsecret_controller.go in
// ESO).
func (t *target) retain(secrets made) Problems {
	retained := false
	for _, es := range t.makers {
		if _, makes := secrets[es]; makes && es.rank() < onlyAdds {
			return nil
		}
		retained = retained || es.rank() < onlyAdds && es.Spec.Target.DeletionPolicy == "Retain"
	}
	if !retained || t.earlier == nil || t.existing != nil {
		return nil
	}
	t.existing, t.earlier = t.earlier, nil
	return Problems{{t.existing.Resource, "", "stays as an earlier run made it: deletionPolicy is Retain", "set deletionPolicy: Delete to have it removed"}}
}

// build makes the Secret, and says where it stands among the items. It is nil
// where nobody makes one.
func (t *target) build(secrets made, mark func(*target, *externalSecret) map[string]string) (object *yaml.RNode, index int, warnings, problems Problems) {
	if t.existing != nil {
		object, index = t.existing.object.Node().Copy(), t.existing.index
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
				name := r.named(key)
				if secrets[other].unnamed[key] {
					name = secrets[other].named(key)
				}
				problems = append(problems, es.problem("spec.target", fmt.Sprintf("%s puts %s into the Secret %s, too", other.origin().Resource, name, es.targetInWords()), "give one of the two another key"))
			}
			writer[key] = es
		}
		switch {
		case object != nil:
			if cause := es.mergeInto(object, r); cause != "" {
				problems = append(problems, es.problem("spec.target", fmt.Sprintf("the Secret %s %s", es.targetInWords(), cause), "write it out in full"))
			}
		case es.rank() == onlyAdds:
			warnings = append(warnings, es.problem("", "makes no Secret: "+es.nothingToAddTo(), ""))
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
	if object != nil && t.existing == nil {
		sortContents(object.YNode())
	}
	return object, index, warnings, problems
}
