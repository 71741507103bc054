package fn

import (
	"fmt"
	"slices"

	"github.com/esfn/esfn/fn/api"
)

// storeIndex finds and decodes stores, each at most once.
type storeIndex struct {
	view    *packageView
	decoded map[*item]*decodedStore
	// shadowed are those that one of the operator's takes the place of.
	shadowed map[*item]bool
	// instead is what was found so far where a store is missing.
	instead map[api.StoreRef]string
}

func newStoreIndex(v *packageView) *storeIndex {
	return &storeIndex{v, map[*item]*decodedStore{}, map[*item]bool{}, map[api.StoreRef]string{}}
}

// decodedStore is a store that something refers to, with what is wrong with it.
type decodedStore struct {
	*item
	api.Store
	problems Problems
	// used tells that an ExternalSecret refers to it that esfn renders; stays,
	// that one does which passes through.
	used, stays bool
	// shadowed are those of the package that it takes the place of.
	shadowed []*item
}

// find returns the store that ref means for es, where that may be used. The
// problem it returns has a cause and a hint, and is the referring field's.
func (x *storeIndex) find(es *externalSecret, ref *api.StoreRef) (*decodedStore, *api.Problem) {
	if x.view.operator.denyPackageStores && ref != nil {
		if found, _ := x.candidates(es, ref); len(found) > 0 && !found[0].byOperator {
			return nil, &api.Problem{Cause: fmt.Sprintf("%s %q comes with the manifests, and ESFN_PACKAGE_STORES=deny", ref.Kind, ref.Name), Hint: useTheOperators}
		}
	}
	return x.lookUp(es, ref)
}

const useTheOperators = "use a store that whoever runs esfn provides in ESFN_STORES"

// lookUp is find, whoever's store it is.
func (x *storeIndex) lookUp(es *externalSecret, ref *api.StoreRef) (*decodedStore, *api.Problem) {
	if ref == nil || ref.Name == "" {
		return nil, &api.Problem{Cause: "names no store", Hint: "set spec.secretStoreRef, or sourceRef.storeRef on the entry"}
	}
	found, shadowed := x.candidates(es, ref)
	switch len(found) {
	case 0:
		return nil, x.missing(es, ref)
	case 1:
		store := x.decode(found[0])
		for _, it := range shadowed {
			if !slices.Contains(store.shadowed, it) {
				store.shadowed = append(store.shadowed, it)
				x.shadowed[it] = true
			}
		}
		return store, nil
	}
	hint := "keep one of them"
	if found[0].Name != found[1].Name {
		hint = "refer to the store by the name that it ends up with"
	}
	return nil, &api.Problem{Cause: fmt.Sprintf("%d stores answer to %s %q: %s", len(found), ref.Kind, ref.Name, listed(found)), Hint: hint}
}

// candidates returns the stores that ref can mean for es: those of the operator,
// with those of the package that they take the place of, or else those of the
// package.
//
// The operator's answer to the name that ref has, and to every name of the
// package's store that ref means: whether kustomize renames is the package's
// doing. Which namespace they serve is theirs alone to say.
func (x *storeIndex) candidates(es *externalSecret, ref *api.StoreRef) (found, shadowed []*item) {
	ofPackage := answering(&x.view.stores, es, ref)
	found = answering(&x.view.operator.stores, es, ref)
	if len(found) == 0 && len(ofPackage) == 1 {
		for _, name := range ofPackage[0].names() {
			if found = answering(&x.view.operator.stores, es, &api.StoreRef{Kind: ref.Kind, Name: name}); len(found) > 0 {
				break
			}
		}
	}
	if len(found) == 0 {
		return ofPackage, nil
	}
	return found, ofPackage
}

// answering returns those of the stores that ref can mean for es.
func answering(stores *objects, es *externalSecret, ref *api.StoreRef) []*item {
	all := stores.in(es.Namespace, ref.Name)
	if ref.Kind == "ClusterSecretStore" {
		all = stores.anywhere(ref.Name)
	}
	var candidates []*item
	for _, store := range all {
		if store.Kind == ref.Kind {
			candidates = append(candidates, store)
		}
	}
	return named(candidates, ref.Name, es.item)
}

// missing says that there is no such store, and what there is instead.
func (x *storeIndex) missing(es *externalSecret, ref *api.StoreRef) *api.Problem {
	p := &api.Problem{Cause: fmt.Sprintf("no %s %q", ref.Kind, ref.Name)}
	if ref.Kind == "SecretStore" {
		p.Cause += fmt.Sprintf(" in namespace %q", api.OrDefault(es.Namespace))
	}
	p.Cause += " among the manifests given"
	if len(x.view.operator.stores.all) > 0 {
		p.Cause += " or in ESFN_STORES"
	}
	hint, known := x.instead[*ref]
	if !known {
		hint = x.hint(ref)
		x.instead[*ref] = hint
	}
	p.Hint = hint
	return p
}

// hint says what there is instead of a store that is missing.
func (x *storeIndex) hint(ref *api.StoreRef) (hint string) {
	all := slices.Concat(x.view.operator.stores.all, x.view.stores.all)
	switch {
	case x.view.operator.denyPackageStores:
		all, hint = x.view.operator.stores.all, useTheOperators
	case x.view.generator:
		hint = "kustomize shows a generator nothing but its own configuration: give the store in ESFN_STORES, or in spec.resources of a RenderExternalSecrets"
	case x.view.host == kustomize:
		hint = "is it among the resources of this kustomization? An esfn in a base drops the stores that it used, unless it has consumed: Keep"
	case x.view.host == kpt:
		hint = "is it in the package, and do selectors, or --match-…, not hide it from esfn?"
	default:
		hint = "give esfn the store together with the ExternalSecret"
	}
	var names []string
	for _, store := range all {
		names = append(names, store.Name)
	}
	if near := api.DidYouMean(ref.Name, names); near != "" {
		hint = near
	}
	for _, store := range all {
		switch {
		case store.Name != ref.Name:
			continue
		case store.Kind != ref.Kind:
			return fmt.Sprintf("there is a %s of that name; set kind: %s", store.Kind, store.Kind)
		default:
			hint = fmt.Sprintf("there is one in namespace %q; a SecretStore serves its own namespace only", api.OrDefault(store.Namespace))
		}
	}
	return hint
}

func (x *storeIndex) decode(it *item) *decodedStore {
	if known, ok := x.decoded[it]; ok {
		return known
	}
	store := &decodedStore{item: it}
	x.decoded[it] = store
	if it.APIVersion != group+"/v1" && it.APIVersion != group+"/v1beta1" {
		store.problems = Problems{{it.Resource, "apiVersion", fmt.Sprintf("%q is no version that esfn reads", it.APIVersion), "write it as " + group + "/v1"}}
		return store
	}
	store.problems = at(it.Resource, api.Check(it.object.Node(), &store.Store))
	return store
}

// knows tells a store that something refers to, or would but for the operator's
// store in its place.
func (x *storeIndex) knows(it *item) bool {
	return x.decoded[it] != nil || x.shadowed[it]
}

// used returns the items of all stores that nothing needs any more, those among
// them that an operator's store took the place of.
func (x *storeIndex) used() []*item {
	var items []*item
	stays := map[*item]bool{}
	for it, store := range x.decoded {
		all := store.shadowed
		if !it.byOperator {
			all = append([]*item{it}, all...)
		}
		for _, one := range all {
			stays[one] = stays[one] || store.stays
		}
		if store.used {
			items = append(items, all...)
		}
	}
	items = slices.DeleteFunc(items, func(it *item) bool { return stays[it] })
	slices.SortFunc(items, func(a, b *item) int { return a.index - b.index })
	return slices.Compact(items)
}

func listed(items []*item) string {
	var s string
	for i, it := range items {
		if i > 0 {
			s += ", "
		}
		s += it.Resource.String()
		if it.File != "" {
			s += " (" + it.Place() + ")"
		}
	}
	return s
}
