package fn

import (
	"context"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/parallel"
	"github.com/esfn/esfn/fn/secret"
)

// Input is what a host gives the function.
type Input struct {
	Items []*manifest.Object
	// FunctionConfig may be nil.
	FunctionConfig *yaml.RNode
	// Operator is what does not come with the package.
	Operator Operator
	// Plain tells that the items are plain documents, whatever annotations of
	// hosts they carry, and Places has where each of them stands, for messages.
	Plain  bool
	Places []Place
	// Progress is told of what is read; nil for nobody who looks.
	Progress *Progress
	// MaxValues bounds the values of the run, those that entries bring and those that go
	// into Secrets, each together; 0 for 128 MiB.
	MaxValues Bytes
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
	Items    []*manifest.Object
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
	p, ok := parallel.Until(ctx, func() prepared {
		p := prepare(in)
		p.barriers = append(p.barriers, admit(p.entries, source)...)
		return p
	})
	if !ok {
		return Output{}, append(slices.Clone(in.Known), because(ctx, unprepared)).sorted()
	}
	problems := p.problems
	if len(p.barriers) > 0 {
		return Output{}, append(p.barriers, problems...).sorted()
	}

	entries := slices.DeleteFunc(p.entries, func(e *entry) bool { return e.es.isBroken() })
	reads := fetch(ctx, entries, source, in.Progress)
	// What is there is made into Secrets while the rest is read.
	got, ok := parallel.Until(ctx, func() answer {
		secrets, warnings, problems := assemble(p.view.externalSecrets, entries, reads, in.amount())
		items, standing, found := p.emission.apply(secrets, p.stores.used())
		return answer{Output{items, slices.Concat(warnings, p.view.warnings, standing).sorted()}, append(problems, found...)}
	})
	if !ok {
		<-reads.all
		got.problems = unread(ctx, entries, reads.outcomes)
	}
	if problems = append(problems, got.problems...); len(problems) > 0 {
		return Output{}, problems.sorted()
	}
	return got.output, nil
}

// answer is what a run makes of what it has read.
type answer struct {
	output   Output
	problems Problems
}

// prepared is a run as far as it can be known without its source.
type prepared struct {
	view     *packageView
	stores   *storeIndex
	emission *emission
	entries  []*entry
	// barriers are what the environment or the functionConfig has against the run:
	// where there are any, nothing is read at all.
	barriers, problems Problems
}

func prepare(in Input) prepared {
	spec, found := configure(in)
	p := prepared{barriers: slices.Concat(found, in.Known)}
	from, found := sourcesOf(in, spec)
	p.barriers = append(p.barriers, found...)
	operator, found := viewOperator(in.Operator)
	p.barriers = append(p.barriers, found...)
	p.view, p.problems = view(in, from, operator)
	p.stores = newStoreIndex(p.view)
	p.view.leaveIgnored(p.stores)
	p.problems = append(p.problems, p.view.leaveForeign(p.stores)...)
	p.emission, found = newEmission(p.view, spec)
	p.problems = append(p.problems, found...)
	p.entries, found = p.view.plan(p.stores)
	p.problems = append(p.problems, found...)
	return p
}

// assemble makes each ExternalSecret's Secret of what its entries brought, in
// their order: a later key wins over an earlier one. The warnings tell what was
// asked for and is not there. What is brought, and what is made of it, is each no more
// than most allows.
func assemble(all []*externalSecret, entries []*entry, reads *fetching, most amount) (secrets made, warnings, problems Problems) {
	read := map[*externalSecret]map[string]secret.Value{}
	for _, es := range all {
		read[es] = map[string]secret.Value{}
	}
	var last parsed
	brought := most
	for i, e := range entries {
		got := reads.of(i)
		warnings = append(warnings, got.warnings...)
		if len(got.errs) > 0 {
			skipped, failed := e.failed(got.errs)
			warnings, problems = append(warnings, skipped...), append(problems, failed...)
			e.es.incomplete = e.es.incomplete || len(failed) > 0
			continue
		}
		values, problem := e.values(got, &last)
		if problem != nil {
			problems = append(problems, *problem)
			e.es.incomplete = true
		}
		if !brought.add(values) {
			cause, hint := brought.tooMuch("the entries of this run")
			return nil, warnings, append(problems, e.es.problem(e.field, cause, hint))
		}
		maps.Copy(read[e.es], values)
	}
	secrets = made{}
	put := most
	for _, es := range all {
		if es.incomplete || es.isBroken() {
			continue
		}
		if why, problem := es.makesNone(read[es]); problem != nil {
			problems = append(problems, *problem)
		} else if why != "" {
			warnings = append(warnings, es.problem("", "makes no Secret: "+why, ""))
		} else {
			one, found := es.render(read[es])
			secrets[es], problems = one, append(problems, found...)
			if !put.add(one.data) || !put.add(one.labels) || !put.add(one.annotations) {
				cause, hint := put.tooMuch("the Secrets of this run")
				return nil, warnings, append(problems, es.problem("", cause, hint))
			}
		}
	}
	return secrets, warnings, problems
}

// failed says what becomes of an entry that could not be read: where what is
// missing may be, the entry brings nothing. But what is missing because of a
// mistake looks the same.
func (e *entry) failed(errs []error) (warnings, problems Problems) {
	policy := e.es.Spec.Target.DeletionPolicy
	if e.isMissing(errs[0]) && policy != "Retain" {
		skipped := e.problem(errs[0])
		skipped.Cause += ", so this is left out: deletionPolicy is " + policy
		return Problems{skipped}, nil
	}
	for _, err := range errs {
		problems = append(problems, e.problem(err))
	}
	return nil, problems
}

// makesNone says why an ExternalSecret makes no Secret of what was read, or ""
// where it makes one. With nothing read it makes none, whatever its template
// would make of it, unless deletionPolicy is Merge (externalsecret_controller.go
// in ESO). ESO deletes only a Secret that it owns.
func (es *externalSecret) makesNone(read map[string]secret.Value) (why string, _ *Problem) {
	target := &es.Spec.Target
	switch {
	case es.idle != "":
		return es.idle, nil
	case len(read) > 0 || target.DeletionPolicy == "Merge":
		return "", nil
	case target.DeletionPolicy == "Delete" && target.CreationPolicy != "Owner":
		return "", new(es.problem("spec.target.deletionPolicy", "there is nothing to put into the Secret, and Delete needs creationPolicy: Owner then, as in ESO",
			"set deletionPolicy: Merge for an empty Secret"))
	}
	return "there is nothing to put into it", nil
}
