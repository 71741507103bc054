package fn

import (
	"fmt"
	"slices"

	"github.com/esfn/esfn/fn/api"
)

// ignored marks an ExternalSecret that the operator in the cluster is to render.
const ignored = "esfn.krm/ignore"

// leaveForeign takes ExternalSecrets out of the view that are marked to be left
// alone, or that use a store of another controller class, whatever else they use:
// ESO leaves the latter to that controller, without a word. They and all their
// stores pass through. A ClusterExternalSecret that is both controllers' can
// neither pass through nor be dropped.
func (v *packageView) leaveForeign(stores *storeIndex) (problems Problems) {
	foreign := func(es *externalSecret) bool {
		refs := []*api.StoreRef{es.Spec.SecretStoreRef}
		for _, e := range es.entries() {
			if e.source != nil {
				refs = append(refs, e.source.StoreRef)
			}
		}
		var its []*decodedStore
		for _, ref := range refs {
			if store, problem := stores.lookUp(es, ref); problem == nil {
				its = append(its, store)
			}
		}
		i := slices.IndexFunc(its, func(store *decodedStore) bool { return store.IsForeign() })
		alone := es.annotations[ignored] == "true"
		for _, store := range its {
			store.used, store.stays = store.used || i < 0 && !alone, store.stays || i >= 0 || alone
		}
		if alone {
			return true
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
		stays := slices.ContainsFunc(v.externalSecrets, func(es *externalSecret) bool { return es.of == c })
		if left[c] && stays {
			problems = append(problems, Problem{c.Resource, "spec.externalSecretSpec", "uses a store of another controller in some namespaces, and not in others",
				"write one ClusterExternalSecret for each"})
		}
		return left[c] && !stays || c.annotations[ignored] == "true"
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
