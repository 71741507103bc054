package fn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/secret"
)

// Input is what a host gives the function.
type Input struct {
	Items []*yaml.RNode
	// FunctionConfig may be nil.
	FunctionConfig *yaml.RNode
	// Plain tells that the items are plain documents, whatever annotations of
	// hosts they carry, and Places has where each of them stands, for messages.
	Plain  bool
	Places []Place
	// Known are problems that the caller has found already, in the environment
	// for one. They are answered with those that the input has, and nothing is
	// read.
	Known Problems
}

// Place is where a document stands.
type Place struct {
	// File is a path, or "stdin".
	File string
	// Line that the document begins on, from 1.
	Line int
}

// Output is what the function answers where it has no problem.
type Output struct {
	Items    []*yaml.RNode
	Warnings Problems
}

// Run turns the ExternalSecrets among the items into Secrets, with values from
// the source. It answers either with an Output or with all Problems that it
// found; the Output is empty then. The input is not changed.
//
// Everything that can be known without the source is judged first. Where the
// environment, the functionConfig or the source itself has something against the
// run, nothing is read at all. Where single ExternalSecrets are wrong, the others
// are read all the same: not to be used, but so that what is wrong with them is
// said in this run, too.
func Run(ctx context.Context, in Input, source Source) (Output, Problems) {
	if problems := asGenerator(in); len(problems) > 0 {
		return Output{}, append(problems, in.Known...).sorted()
	}
	spec, barriers := configure(in)
	barriers = append(barriers, in.Known...)
	v, problems := view(in)
	stores := &storeIndex{view: v, decoded: map[*item]*decodedStore{}}
	entries, found := v.plan(stores)
	problems = append(problems, found...)
	emission, found := newEmission(v, spec)
	problems = append(problems, found...)
	if barriers = append(barriers, admit(entries, source)...); len(barriers) > 0 {
		return Output{}, append(barriers, problems...).sorted()
	}

	entries = slices.DeleteFunc(entries, func(e *entry) bool { return e.es.isBroken() })
	secrets, warnings, found := assemble(v.externalSecrets, entries, fetch(ctx, entries, source))
	if problems = append(problems, found...); len(problems) > 0 {
		return Output{}, problems.sorted()
	}
	warnings = slices.Concat(warnings, v.warnings, emission.warnings(secrets))
	items, problems := emission.apply(in.Items, secrets, stores.used())
	if len(problems) > 0 {
		return Output{}, problems.sorted()
	}
	return Output{items, warnings.sorted()}, nil
}

// assemble makes each ExternalSecret's data of what its entries brought, in
// their order: a later key wins over an earlier one. The warnings tell what was
// asked for and is not there.
func assemble(all []*externalSecret, entries []*entry, outcomes []outcome) (secrets made, warnings, problems Problems) {
	secrets = made{}
	for _, es := range all {
		secrets[es] = map[string]secret.Value{}
	}
	for i, e := range entries {
		target, got := &e.es.Spec.Target, outcomes[i]
		switch {
		case isMissing(got.err) && target.DeletionPolicy != "Retain":
			// The entry brings nothing, and that is what was asked for. But what
			// is missing because of a mistake looks the same.
			skipped := e.problem(got.err)
			skipped.Cause += ", so this is left out: deletionPolicy is " + target.DeletionPolicy
			warnings = append(warnings, skipped)
		case got.err != nil:
			problems = append(problems, e.problem(got.err))
			e.es.incomplete = true
		default:
			values, problem := e.values(got.answer)
			if problem != nil {
				problems = append(problems, *problem)
				e.es.incomplete = true
			}
			maps.Copy(secrets[e.es], values)
		}
	}
	// With nothing fetched there is no Secret, unless deletionPolicy is Merge,
	// which asks for an empty one (externalsecret_controller.go in ESO). ESO
	// deletes only a Secret that it owns.
	for es, data := range secrets {
		target := &es.Spec.Target
		switch {
		case len(data) > 0 || target.DeletionPolicy == "Merge" || es.incomplete || es.isBroken():
			continue
		case target.DeletionPolicy == "Delete" && target.CreationPolicy != "Owner":
			problems = append(problems, Problem{es.Resource, "spec.target.deletionPolicy",
				"there is nothing to put into the Secret, and Delete needs creationPolicy: Owner then, as in ESO", "set deletionPolicy: Merge for an empty Secret"})
		default:
			warnings = append(warnings, Problem{es.Resource, "", "makes no Secret: there is nothing to put into it", ""})
		}
		delete(secrets, es)
	}
	return secrets, warnings, problems
}

// values takes from an answer what the entry asks for.
func (e *entry) values(a Answer) (map[string]secret.Value, *Problem) {
	where := a.Path
	if a.Version > 0 {
		where += fmt.Sprintf(" (version %d)", a.Version)
	}
	fail := func(field, hint, cause string, args ...any) (map[string]secret.Value, *Problem) {
		return nil, &Problem{e.es.Resource, e.remoteField + "." + field, fmt.Sprintf(cause, args...), hint}
	}
	f, ok := parseFields(a.Fields)
	if !ok {
		return fail("key", "", "%s is no JSON object", where)
	}
	noField := func() (map[string]secret.Value, *Problem) {
		return fail("property", "field names are case-sensitive, and a dot in a name is written as \\.",
			"no field %q at %s; it has %s", e.remote.Property, where, count(len(f), "field"))
	}
	if e.secretKey != "" {
		value, ok := f.property(e.remote.Property)
		if !ok {
			return noField()
		}
		return map[string]secret.Value{e.secretKey: value}, nil
	}
	extracted, err := f.extract(e.remote.Property)
	switch {
	case errors.Is(err, errNoField):
		return noField()
	case err != nil && e.remote.Property != "":
		return fail("property", "", "%q at %s: %s", e.remote.Property, where, err)
	case err != nil:
		return fail("key", "", "%s: %s", where, err)
	}
	values, err := secretKeys(extracted, e.remote.ConversionStrategy)
	if err != nil {
		return fail("key", "name the fields one by one under spec.data, each with the secretKey it is to have", "%s: %s", where, err)
	}
	return values, nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
