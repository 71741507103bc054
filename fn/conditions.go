package fn

import (
	"fmt"
	"slices"

	"github.com/esfn/esfn/fn/api"
)

// ignored marks an ExternalSecret that the operator in the cluster is to render.
const ignored = "esfn.krm/ignore"

func (it *item) isIgnored() bool { return it.annotations[ignored] == "true" }

// checkMark says what is wrong with such a mark.
func (v *packageView) checkMark(it *item) Problems {
	switch mark, marked := it.annotations[ignored]; {
	case marked && mark != "true" && mark != "false":
		return Problems{{it.Resource, "metadata.annotations." + ignored, fmt.Sprintf("%q is neither true nor false", mark), ""}}
	case mark == "true" && it.index >= v.items:
		return Problems{{it.Resource, "metadata.annotations", "it is to be left for the operator, and what a functionConfig brings is not in the output",
			"list it under resources in kustomization.yaml, or beside the other manifests"}}
	}
	return nil
}

// leaveIgnored has the stores pass through that the operator in the cluster needs
// for what it is to render.
func (v *packageView) leaveIgnored(stores *storeIndex) {
	for _, es := range v.ignored {
		for _, ref := range es.storeRefs() {
			called := v.stores.in(es.Namespace, ref.Name)
			if es.of != nil || ref.Kind == "ClusterSecretStore" {
				called = v.stores.anywhere(ref.Name)
			}
			for _, store := range called {
				if store.Kind == ref.Kind {
					stores.decode(store).stays = true
				}
			}
		}
	}
}

// storeRefs are all that it has, those among them that name no store left out.
func (es *externalSecret) storeRefs() (refs []*api.StoreRef) {
	all := []*api.StoreRef{es.Spec.SecretStoreRef}
	for _, e := range es.entries() {
		if e.source != nil {
			all = append(all, e.source.StoreRef)
		}
	}
	return slices.DeleteFunc(all, func(ref *api.StoreRef) bool { return ref == nil || ref.Name == "" })
}

// leaveForeign takes ExternalSecrets out of the view that use a store of another
// controller class, whatever else they use: ESO leaves them to that controller,
// without a word. They and all their stores pass through. A ClusterExternalSecret
// that is both controllers' can neither pass through nor be dropped.
func (v *packageView) leaveForeign(stores *storeIndex) (problems Problems) {
	foreign := func(es *externalSecret) bool {
		var its []*decodedStore
		for _, ref := range es.storeRefs() {
			if store, problem := stores.lookUp(es, ref); problem == nil {
				its = append(its, store)
			}
		}
		i := slices.IndexFunc(its, func(store *decodedStore) bool { return store.IsForeign() })
		for _, store := range its {
			store.used, store.stays = store.used || i < 0, store.stays || i >= 0
		}
		if i >= 0 {
			v.warnings = append(v.warnings, es.problem("", fmt.Sprintf("passes through: %s is for the controller %q", its[i].Resource, its[i].Spec.Controller), ""))
		}
		return i >= 0
	}
	left := map[*item]bool{}
	v.externalSecrets = slices.DeleteFunc(v.externalSecrets, func(es *externalSecret) bool {
		if !foreign(es) {
			return false
		}
		left[es.of] = true
		return true
	})
	v.clusterExternalSecrets = slices.DeleteFunc(v.clusterExternalSecrets, func(c *item) bool {
		if !left[c] {
			return false
		}
		stays := slices.ContainsFunc(v.externalSecrets, func(es *externalSecret) bool { return es.of == c })
		if stays {
			problems = append(problems, Problem{c.Resource, "spec.externalSecretSpec", "uses a store of another controller in some namespaces, and not in others",
				"write one ClusterExternalSecret for each"})
		}
		return !stays
	})
	return problems
}

// denied is the problem of an ExternalSecret that none of its store's conditions
// lets in.
func (v *packageView) denied(es *externalSecret, field string, store *decodedStore) Problem {
	namespace := api.OrDefault(es.Namespace)
	hint := "its spec.conditions say which namespaces may use it"
	if _, known := v.namespaces[namespace]; !known && slices.ContainsFunc(store.Spec.Conditions, func(c api.Condition) bool { return c.NamespaceSelector != nil }) {
		hint = fmt.Sprintf("it chooses by labels, and they are not known: give esfn the Namespace %q as well", namespace)
	}
	return es.problem(field, fmt.Sprintf("%s is not for namespace %q", store.Resource, namespace), hint)
}
