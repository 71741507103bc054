package fn

import (
	"fmt"
	"slices"

	"github.com/esfn/esfn/fn/api"
)

// leaveForeign takes ExternalSecrets out of the view that use a store of another
// controller class, whatever else they use: ESO leaves them to that controller,
// without a word. They and that store pass through.
func (v *packageView) leaveForeign(stores *storeIndex) {
	foreign := func(es *externalSecret) bool {
		refs := []*api.StoreRef{es.Spec.SecretStoreRef}
		for _, e := range es.entries() {
			if e.source != nil {
				refs = append(refs, e.source.StoreRef)
			}
		}
		for _, ref := range refs {
			if ref == nil || ref.Name == "" {
				continue
			}
			store, problem := stores.find(es, ref)
			if problem == nil && store.IsForeign() {
				v.warnings = append(v.warnings, es.problem("", fmt.Sprintf("passes through: %s is for the controller %q", store.Resource, store.Spec.Controller), ""))
				return true
			}
		}
		return false
	}
	v.externalSecrets = slices.DeleteFunc(v.externalSecrets, foreign)
	v.clusterExternalSecrets = slices.DeleteFunc(v.clusterExternalSecrets, func(c *item) bool {
		return !slices.ContainsFunc(v.externalSecrets, func(es *externalSecret) bool { return es.of == c })
	})
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
