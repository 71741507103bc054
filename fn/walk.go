package fn

import (
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn/secret"
)

const (
	// mostNames bounds what one find walks through. A Secret holds 1 MiB.
	mostNames = 100_000
	// longestName bounds a name, which is a path in Vault.
	longestName = 4096
)

// do has what a name stands for read, a folder or a secret, as soon as a reader
// is free.
func (f *finding) do(part phase, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.names++
	switch {
	case f.over || f.ctx.Err() != nil:
		return
	case f.names > mostNames:
		f.end()
		return
	}
	f.progress.expect(1)
	f.queue = append(f.queue, job{part, name})
	if f.readers < f.most {
		f.readers++
		f.all.Go(f.read)
	}
}

// end has nothing more read, for one reason whichever of the two it was, and whatever else
// was wrong up to here: that depends on who was how quick. The caller holds the mutex.
func (f *finding) end() {
	f.over, f.queue = true, nil
	f.failures = []failure{{listing, "", &Fault{
		Cause: fmt.Sprintf("there are more than %d secrets and folders to look at, or a name is, with its folders, longer than %d bytes", mostNames, longestName),
		Hint:  "find in a deeper folder, by find.path"}}}
}

// job is a name that is still to be read.
type job struct {
	part phase
	at   string
}

// read takes jobs until there are none left.
func (f *finding) read() {
	for {
		f.mu.Lock()
		if len(f.queue) == 0 || f.ctx.Err() != nil {
			f.readers--
			f.mu.Unlock()
			return
		}
		next := f.queue[len(f.queue)-1]
		f.queue = f.queue[:len(f.queue)-1]
		f.mu.Unlock()
		if next.part == listing {
			f.walk(next.at)
		} else {
			f.take(next.at)
		}
		f.progress.finish()
	}
}

// walk lists a folder.
func (f *finding) walk(folder string) {
	defer f.recover(listing, folder)
	answer, err := read(f.ctx, f.ref(FolderPart, folder), f.source)
	if err != nil {
		f.fail(listing, folder, err)
		return
	}
	for _, name := range answer.Names {
		switch full := folder + name; {
		case len(full) > longestName:
			f.mu.Lock()
			f.end()
			f.mu.Unlock()
			return
		case strings.HasSuffix(name, "/"):
			f.do(listing, full)
		default:
			f.do(reading, full)
		}
	}
}

// take reads a secret if it is chosen. One that has no version left to read is
// passed over.
func (f *finding) take(name string) {
	defer f.recover(reading, name)
	chosen, err := f.chooses(name)
	if err != nil {
		f.fail(reading, name, err)
		return
	}
	if !chosen {
		return
	}
	if f.isAmbiguous(name) {
		f.mu.Lock()
		f.ambiguous = append(f.ambiguous, name)
		f.mu.Unlock()
	}
	answer, err := read(f.ctx, f.ref(SecretPart, name), f.source)
	if f.entry.isMissing(err) {
		return
	}
	if err != nil {
		f.fail(reading, name, err)
		return
	}
	document, ok := f.documentIn(answer.Fields)
	if !ok && f.ctx.Err() != nil {
		return // the run has ended, and nothing more is made of it
	}
	if !ok {
		f.fail(reading, name, &Fault{Cause: answer.Path + " is no JSON object"})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found[name] = document
}

// parsesAtATime lets two answers be parsed at a time: what is made of one takes up to some
// eighty times its text, and there are many readers.
var parsesAtATime = make(chan struct{}, 2)

// documentIn is a secret as one JSON document; ok is false where it is none, or the run
// has ended.
func (f *finding) documentIn(object secret.Value) (document secret.Value, ok bool) {
	select {
	case parsesAtATime <- struct{}{}:
	case <-f.ctx.Done():
		return secret.Value{}, false
	}
	defer func() { <-parsesAtATime }()
	fields, ok := parseFields(object)
	if !ok {
		return secret.Value{}, false
	}
	return fields.property("")
}
