package fn

import (
	"fmt"

	"github.com/esfn/esfn/fn/api"
)

// entry is one data[] or dataFrom[] of an ExternalSecret: one thing to read, or
// to find and read.
type entry struct {
	es    *externalSecret
	store *decodedStore
	// field of the entry, as in spec.data[1], and of what it reads: remoteRef,
	// extract or find.
	field, remoteField string
	// One of the two is set.
	remote *api.RemoteRef
	find   *api.Find
	// source is the entry's own choice of a store; nil for the ExternalSecret's.
	source *api.SourceRef
	// secretKey is the Secret's key for a data[] entry. A dataFrom[] entry
	// brings its own keys, which its operations change.
	secretKey  string
	rewrite    []api.Rewrite
	operations []operation
	ref        *Ref
}

// policies say what becomes of the keys and values that the entry reads.
func (e *entry) policies() *api.Policies {
	if e.find != nil {
		return &e.find.Policies
	}
	return &e.remote.Policies
}

// entries lists what an ExternalSecret reads, in the order in which ESO applies
// it: dataFrom[] first, then data[], where later ones win
// (externalsecret_controller_secret.go in ESO).
func (es *externalSecret) entries() []*entry {
	var entries []*entry
	for i := range es.Spec.DataFrom {
		from := &es.Spec.DataFrom[i]
		e := &entry{es: es, field: fmt.Sprintf("spec.dataFrom[%d]", i), source: from.SourceRef, rewrite: from.Rewrite}
		switch { // of both, which is a problem, ESO takes find
		case from.Find != nil:
			e.find, e.remoteField = from.Find, e.field+".find"
		case from.Extract != nil:
			e.remote, e.remoteField = from.Extract, e.field+".extract"
		}
		entries = append(entries, e)
	}
	for i := range es.Spec.Data {
		data, field := &es.Spec.Data[i], fmt.Sprintf("spec.data[%d]", i)
		entries = append(entries, &entry{es: es, field: field, source: data.SourceRef,
			remote: &data.RemoteRef, remoteField: field + ".remoteRef", secretKey: data.SecretKey})
	}
	return entries
}

// storeRef is the store that an entry means, and the field that says so.
func (e *entry) storeRef() (ref *api.StoreRef, field string) {
	if e.source != nil {
		return e.source.StoreRef, e.field + ".sourceRef.storeRef"
	}
	return e.es.Spec.SecretStoreRef, "spec.secretStoreRef"
}

// plan lists the entries of all ExternalSecrets that can be read, with what is
// wrong with the others.
func (v *packageView) plan(stores *storeIndex) ([]*entry, Problems) {
	var planned []*entry
	var problems Problems
	all := 0
	for _, es := range v.externalSecrets {
		problems = append(problems, at(es.Resource, es.problems)...)
		entries := es.entries()
		if all += len(entries); all > maxEntries {
			return nil, append(problems, es.problem("spec", fmt.Sprintf("with it, the ExternalSecrets of this run have more than %d entries", maxEntries), "render fewer at a time"))
		}
		for _, e := range entries {
			if e.remote == nil && e.find == nil {
				if !api.IsWrongAt(es.problems, e.field) {
					v.warnings = append(v.warnings, es.problem(e.field, "brings nothing, as in ESO: it names a store, and nothing to read there", "add extract.key or find"))
				}
				continue
			}
			if e.find != nil && e.find.Name != nil && len(e.find.Tags) > 0 {
				v.warnings = append(v.warnings, es.problem(e.remoteField+".tags", "are not looked at beside name, as in ESO", "write one of the two"))
			}
			found := append(v.join(e, stores), v.compileRewrites(e)...)
			if problems = append(problems, found...); len(found) > 0 {
				es.incomplete = true
			} else if e.store != nil {
				planned = append(planned, e)
			}
		}
		problems = append(problems, v.compileTemplates(es)...)
	}
	return planned, problems
}

// join brings an entry together with its store. It leaves e.store nil, with
// nothing to say, where the ExternalSecret's own problems say it.
func (v *packageView) join(e *entry, stores *storeIndex) Problems {
	ref, field := e.storeRef()
	if api.IsWrongAt(e.es.problems, field) || (ref == nil || ref.Name == "") && e.es.isBroken() {
		return nil
	}
	store, problem := stores.find(e.es, ref)
	if problem != nil {
		return Problems{e.es.problem(field, problem.Cause, problem.Hint)}
	}
	if len(store.problems) > 0 {
		return store.problems
	}
	if !store.Allows(api.OrDefault(e.es.Namespace), v.labelsOf(api.OrDefault(e.es.Namespace))) {
		return Problems{v.denied(e.es, field, store)}
	}
	var problems Problems
	if !api.IsWrongAt(e.es.problems, e.field) {
		problems = e.unreadable(store.Spec.Provider.Vault)
	}
	if len(problems) == 0 {
		e.store = store
		if ref := v.ref(e); v.lastRef == nil || *v.lastRef != ref {
			v.lastRef = &ref
		}
		e.ref = v.lastRef
	}
	return problems
}

// unreadable is what is wrong with an entry as soon as its store is known.
func (e *entry) unreadable(vault *api.VaultProvider) Problems {
	var problems Problems
	found := func(all []api.Problem) {
		for _, p := range all {
			problems = append(problems, e.es.problem(p.Field, p.Cause, p.Hint))
		}
	}
	if e.find != nil {
		found(e.find.ProblemsWith(vault, e.remoteField))
	} else {
		found(e.remote.ProblemsWith(vault, e.remoteField))
	}
	return problems
}

// ref is what an entry reads first: its secret, or the folder to find secrets
// in.
func (v *packageView) ref(e *entry) Ref {
	vault := e.store.Spec.Provider.Vault
	ref := Ref{Connection: v.connection(e.store, e.es), Engine: Engine(vault.Version)}
	if vault.Path != nil {
		ref.Mount, ref.HasMount = *vault.Path, true
	}
	switch {
	case e.find != nil:
		ref.Part = FolderPart
		if e.find.Path != nil {
			ref.Key = *e.find.Path + "/"
		}
	case e.remote.MetadataPolicy == "Fetch":
		ref.Part, ref.Key = MetadataPart, e.remote.Key
	default:
		ref.Key, ref.Version = e.remote.Key, e.remote.Version
	}
	return ref
}

// admit asks the source about every connection of the plan, and reports what it
// refuses at the store, or at the environment's variable.
func admit(entries []*entry, source Source) Problems {
	var connections []Connection
	var owner []*entry
	seen := map[Connection]bool{}
	for i, e := range entries {
		if i > 0 && e.ref.Connection == entries[i-1].ref.Connection { // as mostly
			continue
		}
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
