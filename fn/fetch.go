package fn

import (
	"context"
	"errors"
	"sync"

	"github.com/esfn/esfn/fn/secret"
)

// outcome is what reading one entry brought: one answer, or all that was found.
type outcome struct {
	answer Answer
	found  map[string]secret.Value
	// errs are why it is not there. Where the first of them is that something is
	// missing, so is the entry.
	errs     []error
	warnings Problems
}

// fetching is the entries of a run while they are read.
type fetching struct {
	outcomes []outcome
	// answered has a channel for each entry that is closed when its outcome is there,
	// and all is closed when all of them are.
	answered []chan struct{}
	all      chan struct{}
}

// of returns what reading an entry brought, as soon as it is there.
func (r *fetching) of(entry int) outcome {
	<-r.answered[entry]
	return r.outcomes[entry]
}

// fetch begins to read all entries side by side, in their order, and once what several
// of them name alike; how many requests that makes, and how many at a time, is the
// source's business.
func fetch(ctx context.Context, entries []*entry, source Source, progress *Progress) *fetching {
	r := &fetching{make([]outcome, len(entries)), make([]chan struct{}, len(entries)), make(chan struct{})}
	reads := map[string][]func(){} // by server: one that is slow holds up none but its own
	do := func(e *entry, read func()) {
		server := e.ref.Connection.Server
		reads[server] = append(reads[server], read)
	}
	finds := 0
	for _, e := range entries {
		if e.find != nil {
			finds++
		}
	}
	alike := map[Ref]*[]int{} // the entries that name the same
	for i, e := range entries {
		same, known := alike[*e.ref]
		if known && e.find == nil {
			*same = append(*same, i)
			r.answered[i] = r.answered[(*same)[0]]
			continue
		}
		r.answered[i] = make(chan struct{})
		if e.find != nil {
			do(e, func() {
				defer close(r.answered[i])
				r.outcomes[i] = find(ctx, e, source, readersOf(finds), progress)
			})
			continue
		}
		progress.expect(1)
		same = &[]int{i}
		alike[*e.ref] = same
		do(e, func() {
			defer close(r.answered[i])
			defer progress.finish()
			got := outcome{}
			var err error
			if got.answer, err = read(ctx, *e.ref, source); err != nil {
				got.errs = []error{err}
			}
			for _, i := range *same {
				r.outcomes[i] = got
			}
		})
	}
	go func() {
		defer close(r.all)
		var servers sync.WaitGroup
		for _, its := range reads {
			servers.Go(func() { sideBySide(its, readersOf(len(reads))) })
		}
		servers.Wait()
	}()
	return r
}

// sideBySide does everything, in its order, with so many goroutines.
func sideBySide(all []func(), n int) {
	next := make(chan func())
	var readers sync.WaitGroup
	for range min(n, len(all)) {
		readers.Go(func() {
			for do := range next {
				do()
			}
		})
	}
	for _, do := range all {
		next <- do
	}
	close(next)
	readers.Wait()
}

const (
	// mostReaders is how many goroutines read side by side: as many as any source reads
	// at a time, and few enough for any number of entries and a tree of any size.
	mostReaders = 256
	// fewReaders is how many they are at least where servers or finds share them: as many
	// as a source mostly reads at a time.
	fewReaders = 16
)

// readersOf is how many each of n has, which read side by side.
func readersOf(n int) int { return max(fewReaders, mostReaders/n) }

// read asks the source. A panic there would end the process with a trace of it.
func read(ctx context.Context, ref Ref, source Source) (answer Answer, err error) {
	defer func() {
		if recover() != nil {
			err = errOwnFault
		}
	}()
	return source.Read(ctx, ref)
}

var errOwnFault = &Fault{Cause: "was not read: esfn failed by a fault of its own; please report it"}

// problem puts a source's error where it belongs: at the entry, at its store,
// or at no object at all.
func (e *entry) problem(err error) Problem {
	var fault *Fault
	if !errors.As(err, &fault) {
		// A text that we did not write may hold anything; it is not shown.
		fault = &Fault{Cause: "was not read"}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			fault = &Fault{Scope: RunScope, Cause: "the run ended before all was read"}
		}
	}
	switch fault.Scope {
	case RunScope:
		return Problem{Resource{}, fault.Field, fault.Cause, fault.Hint}
	case StoreScope:
		return Problem{e.store.Resource, fault.Field, fault.Cause, fault.Hint}
	}
	field := e.remoteField
	switch {
	case fault.Field != "":
		field += "." + fault.Field
	case e.remote != nil:
		field += ".key"
	}
	return e.es.problem(field, fault.Cause, fault.Hint)
}

// isMissing tells the one error that a deletionPolicy other than Retain
// tolerates: that a secret, or a folder to find secrets in, is not there. ESO
// takes metadata that is missing for an error like any other.
func (e *entry) isMissing(err error) bool {
	var fault *Fault
	return errors.As(err, &fault) && fault.Missing && e.ref.Part != MetadataPart
}
