package fn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/api"
)

// entry is one data[] or dataFrom[] of an ExternalSecret: one thing to read.
type entry struct {
	es    *externalSecret
	store *decodedStore
	// field of the entry, as in spec.data[1], and of its remoteRef.
	field, remoteField string
	remote             *api.RemoteRef
	// secretKey is the Secret's key for a data[] entry; empty for extract,
	// which brings its own.
	secretKey string
	ref       Ref
}

// plan lists the entries of all ExternalSecrets, in the order in which ESO
// applies them: an ExternalSecret's dataFrom[] first, then its data[], where
// later ones win (pkg/controllers/externalsecret in ESO).
func (v *packageView) plan(stores *storeIndex) ([]*entry, Problems) {
	var entries []*entry
	var problems Problems
	add := func(e *entry, source *api.SourceRef) {
		ref := e.es.Spec.SecretStoreRef
		if source != nil {
			ref = source.StoreRef
		}
		field := storeField(e.field, source)
		if e.es.isBroken() && (ref == nil || ref.Name == "" || slices.ContainsFunc(e.es.problems, func(p api.Problem) bool { return strings.HasPrefix(p.Field, field) })) {
			return
		}
		fail := func(found ...Problem) {
			problems = append(problems, found...)
			e.es.incomplete = true
		}
		store, problem := stores.find(e.es, ref)
		if problem != nil {
			fail(Problem{e.es.Resource, field, problem.Cause, problem.Hint})
			return
		}
		if len(store.problems) > 0 {
			fail(store.problems...)
			return
		}
		if store.Spec.Provider.Vault.Version == string(KV2) && !e.es.isBroken() {
			if found := e.remote.ProblemsOnKV2(e.remoteField); len(found) > 0 {
				fail(at(e.es.Resource, found)...)
				return
			}
		}
		e.store = store
		e.ref = v.ref(e)
		entries = append(entries, e)
	}
	for _, es := range v.externalSecrets {
		for i := range es.Spec.DataFrom {
			from := &es.Spec.DataFrom[i]
			field := fmt.Sprintf("spec.dataFrom[%d]", i)
			if from.Extract == nil {
				if !es.isBroken() {
					v.warnings = append(v.warnings, Problem{es.Resource, field, "brings nothing, as in ESO: it names a store, and nothing to read there", "add extract.key"})
				}
				continue
			}
			add(&entry{es: es, field: field, remoteField: field + ".extract", remote: from.Extract}, from.SourceRef)
		}
		for i := range es.Spec.Data {
			data := &es.Spec.Data[i]
			field := fmt.Sprintf("spec.data[%d]", i)
			add(&entry{es: es, field: field, remoteField: field + ".remoteRef", remote: &data.RemoteRef, secretKey: data.SecretKey}, data.SourceRef)
		}
	}
	return entries, problems
}

// ref is what an entry reads.
func (v *packageView) ref(e *entry) Ref {
	vault := e.store.Spec.Provider.Vault
	ref := Ref{
		Connection: v.connection(e.store, e.es),
		Engine:     Engine(vault.Version),
		Key:        e.remote.Key,
		Version:    e.remote.Version,
	}
	if vault.Path != nil {
		ref.Mount, ref.HasMount = *vault.Path, true
	}
	return ref
}

// admit asks the source about every connection of the plan, and reports what it
// refuses at the store, or at the environment's variable.
func admit(entries []*entry, source Source) Problems {
	var connections []Connection
	var owner []*entry
	seen := map[Connection]bool{}
	for _, e := range entries {
		if !seen[e.ref.Connection] {
			seen[e.ref.Connection] = true
			connections = append(connections, e.ref.Connection)
			owner = append(owner, e)
		}
	}
	var problems Problems
	for _, refusal := range source.Admit(connections) {
		problems = append(problems, owner[refusal.Connection].problem(refusal.Fault))
	}
	return problems
}
