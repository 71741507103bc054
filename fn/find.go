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
func find(ctx context.Context, e *entry, source Source, readers int, progress *Progress) (got outcome) {
	defer func() {
		if recover() != nil { // in a goroutine, where it would end the process with a trace
			got = outcome{errs: []error{errOwnFault}}
		}
	}()
	f := &finding{ctx: ctx, entry: e, source: source, most: readers, progress: progress, found: map[string]secret.Value{}}
	if e.find.Name != nil {
		f.name = regexp.MustCompile(e.find.Name.RegExp)
	}
	f.do(listing, e.ref.Key)
	f.all.Wait()
	if ctx.Err() != nil && len(f.failures) == 0 {
		f.failures = []failure{{err: ctx.Err()}}
	}
	slices.SortFunc(f.failures, func(a, b failure) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.at, b.at))
	})
	return outcome{found: f.found, errs: f.errs(), warnings: f.warnings()}
}

// errs gives the failures in their order, each text once, the first few of them
// one by one.
func (f *finding) errs() (errs []error) {
	said := map[string]bool{}
	for _, failure := range f.failures {
		if text := failure.err.Error(); !said[text] {
			said[text] = true
			if len(errs) < mostSaid {
				errs = append(errs, failure.err)
			}
		}
	}
	if more := len(said) - len(errs); more > 0 {
		errs = append(errs, &Fault{Cause: fmt.Sprintf("and %d more could not be read", more)})
	}
	return errs
}

// mostSaid is how many of a find's failures are said one by one: a policy mostly
// denies a whole folder.
const mostSaid = 3

// finding is one find under way.
type finding struct {
	ctx      context.Context
	entry    *entry
	source   Source
	progress *Progress
	most     int            // readers at a time
	name     *regexp.Regexp // nil to choose by tags
	all      sync.WaitGroup

	mu       sync.Mutex
	names    int // of secrets and folders so far
	queue    []job
	readers  int
	found    map[string]secret.Value
	failures []failure
	// over tells that there is more than one find looks at, which is the only failure then.
	over bool
	// ambiguous are names that are read as others.
	ambiguous []string
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
	ref := *f.entry.ref
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
	if !f.over {
		f.failures = append(f.failures, failure{part, name, err})
	}
}

// isAmbiguous tells a name that begins with the mount's own: ESO, which takes it
// for a key that carries the mount, reads another secret than it found, or none,
// and so does esfn.
func (f *finding) isAmbiguous(name string) bool {
	return f.entry.ref.HasMount && strings.HasPrefix(name, f.entry.ref.Mount+"/")
}

func (f *finding) warnings() Problems {
	if len(f.ambiguous) == 0 {
		return nil
	}
	name := slices.Min(f.ambiguous)
	cause := fmt.Sprintf("%q begins like its mount, and is read as %q, as in ESO", name, strings.TrimPrefix(name, f.entry.ref.Mount+"/"))
	if more := len(f.ambiguous) - 1; more > 0 {
		cause += fmt.Sprintf("; so are %d more", more)
	}
	return Problems{f.entry.es.problem(f.entry.remoteField, cause, "name it under spec.data, with key: /"+name)}
}
