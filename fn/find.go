package fn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/esfn/esfn/fn/secret"
)

// find reads every secret that an entry's find chooses, each as one JSON document
// under its full name, which begins with find.path
// (providers/v1/vault/client_get_all_secrets.go in ESO). Folders, metadata and
// secrets are read side by side; how many at a time is the source's business.
func find(ctx context.Context, e *entry, source Source) outcome {
	f := &finding{ctx: ctx, entry: e, source: source, found: map[string]secret.Value{}}
	if e.find.Name != nil {
		f.name = regexp.MustCompile(e.find.Name.RegExp)
	}
	f.walk(e.ref.Key)
	f.all.Wait()
	slices.SortFunc(f.failures, func(a, b failure) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.at, b.at))
	})
	out := outcome{found: f.found, warnings: f.warnings}
	for _, failure := range f.failures {
		out.errs = append(out.errs, failure.err)
	}
	return out
}

// finding is one find under way.
type finding struct {
	ctx    context.Context
	entry  *entry
	source Source
	name   *regexp.Regexp // nil to choose by tags
	all    sync.WaitGroup

	mu       sync.Mutex
	found    map[string]secret.Value
	failures []failure
	warnings Problems
}

// failure is what went wrong at a name. ESO lists all folders, then reads secrets,
// each in their order, and ends at the first that fails: whether that is a folder
// that is missing decides what becomes of the entry.
type failure struct {
	part phase
	at   string
	err  error
}

type phase int

const (
	listing phase = iota
	reading
)

// walk reads a folder and all that it holds, each in a goroutine of its own.
func (f *finding) walk(folder string) {
	f.all.Go(func() {
		defer f.recover(listing, folder)
		answer, err := read(f.ctx, f.ref(FolderPart, folder), f.source)
		if err != nil {
			f.fail(listing, folder, err)
			return
		}
		for _, name := range answer.Names {
			if strings.HasSuffix(name, "/") {
				f.walk(folder + name)
			} else {
				f.all.Go(func() { f.take(folder + name) })
			}
		}
	})
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
	f.warn(name)
	answer, err := read(f.ctx, f.ref(SecretPart, name), f.source)
	if f.entry.isMissing(err) {
		return
	}
	if err != nil {
		f.fail(reading, name, err)
		return
	}
	fields, ok := parseFields(answer.Fields)
	if !ok {
		f.fail(reading, name, &Fault{Cause: answer.Path + " is no JSON object"})
		return
	}
	document, _ := fields.property("")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found[name] = document
}

// chooses tells whether find means a secret: by name where it says one, else by
// tags, which are to be found in the secret's metadata.
func (f *finding) chooses(name string) (bool, error) {
	tags := f.entry.find.Tags
	if f.name != nil {
		return f.name.MatchString(name), nil
	}
	if len(tags) == 0 {
		return true, nil
	}
	// With a slash before it, a name that repeats the mount's is not taken for
	// one that carries the mount.
	key := name
	if f.entry.ref.HasMount {
		key = "/" + name
	}
	answer, err := read(f.ctx, f.ref(MetadataPart, key), f.source)
	if err != nil {
		return false, present(err)
	}
	metadata, ok := parseFields(answer.Fields)
	if !ok {
		return false, &Fault{Cause: answer.Path + " is no JSON object"}
	}
	for tag, value := range tags {
		if has, ok := metadata[tag].(string); !ok || has != value {
			return false, nil
		}
	}
	return true, nil
}

// present takes from an error that something is missing: the metadata of a secret
// that was listed has to be there.
func present(err error) error {
	var fault *Fault
	if !errors.As(err, &fault) {
		return err
	}
	there := *fault
	there.Missing = false
	return &there
}

// ref is what the entry reads first, at another key.
func (f *finding) ref(part Part, key string) Ref {
	ref := f.entry.ref
	ref.Part, ref.Key = part, key
	return ref
}

// recover is for a goroutine, where a panic would end the process.
func (f *finding) recover(part phase, name string) {
	if recover() != nil {
		f.fail(part, name, errOwnFault)
	}
}

func (f *finding) fail(part phase, name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, failure{part, name, err})
}

// warn tells of a name that begins with the mount's own: ESO, which takes it for
// a key that carries the mount, reads another secret than it found, or none, and
// so does esfn.
func (f *finding) warn(name string) {
	inside, ambiguous := strings.CutPrefix(name, f.entry.ref.Mount+"/")
	if !ambiguous || !f.entry.ref.HasMount {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.warnings = append(f.warnings, f.entry.es.problem(f.entry.remoteField,
		fmt.Sprintf("%q begins like its mount, and is read as %q, as in ESO", name, inside), "name it under spec.data, with key: /"+name))
}
