package fn

import (
	"github.com/esfn/esfn/fn/api"
)

// StoreUse is a store as ExternalSecrets of one namespace use it.
type StoreUse struct {
	Store Resource
	// Namespace that it is used from.
	Namespace string
	// Users are the ExternalSecrets that do; empty for a store of the package that
	// none uses.
	Users      []Resource
	Connection Connection
	// Refs are what is read first through it.
	Refs []Ref
}

// Problem puts a source's fault at the store, or at no object at all.
func (u StoreUse) Problem(fault *Fault) Problem {
	if fault.Scope == RunScope {
		return Problem{Resource{}, fault.Field, fault.Cause, fault.Hint}
	}
	return Problem{u.Store, fault.Field, fault.Cause, fault.Hint}
}

// Uses lists the stores that the manifests use, each once for every way in which
// it is reached: a ClusterSecretStore may be another login in another namespace.
// After them come the stores among the manifests that nothing uses, unless those of
// the package are refused. What an ExternalSecret that is wrong by itself would use
// is not among them: its namespace may be none. The problems are those that [Run]
// finds without its source.
func Uses(in Input) ([]StoreUse, Problems) {
	p := prepare(in)
	v, stores, problems := p.view, p.stores, append(p.barriers, p.problems...)

	type key struct {
		store      *decodedStore
		connection Connection
	}
	type user struct {
		use *StoreUse
		Resource
	}
	type read struct {
		use *StoreUse
		Ref
	}
	var uses []*StoreUse
	known, users, refs := map[key]*StoreUse{}, map[user]bool{}, map[read]bool{}
	for _, e := range p.entries {
		if e.es.isBroken() { // a run reads nothing for it
			continue
		}
		k := key{e.store, e.ref.Connection}
		use, ok := known[k]
		if !ok {
			use = &StoreUse{Store: e.store.Resource, Namespace: api.OrDefault(e.es.Namespace), Connection: e.ref.Connection}
			known[k], uses = use, append(uses, use)
		}
		if by := (user{use, e.es.origin().Resource}); !users[by] {
			users[by] = true
			use.Users = append(use.Users, by.Resource)
		}
		if its := (read{use, *e.ref}); !refs[its] {
			refs[its] = true
			use.Refs = append(use.Refs, its.Ref)
		}
	}
	for _, it := range v.stores.all {
		if stores.knows(it) || v.operator.denyPackageStores {
			continue
		}
		store := stores.decode(it)
		if problems = append(problems, store.problems...); len(store.problems) > 0 || store.IsForeign() {
			continue
		}
		// As an ExternalSecret beside the store would use it.
		beside := &externalSecret{item: it}
		uses = append(uses, &StoreUse{Store: it.Resource, Namespace: api.OrDefault(it.Namespace), Connection: v.connection(store, beside)})
	}
	all := make([]StoreUse, len(uses))
	for i, use := range uses {
		all[i] = *use
	}
	return all, problems.sorted()
}
