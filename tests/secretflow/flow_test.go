package secretflow

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// allowed are the places that make words of a secret for a reason.
var allowed = map[string]string{
	"vaultsrc/sent.go strconv.Quote":                    "to find what was sent where Vault quotes it",
	"vaultsrc/gcp_signing.go fmt.Sprintf":               "the type of a key that is none: one of four words",
	"vaultsrc/gcp_signing.go vaultsrc.gcpSignedToken$1": "the same",
}

// trusted are the functions that make of a secret what is none.
var trusted = map[string]string{
	"vaultsrc.withoutSent":              "it takes what was sent out of a server's words: TestNoValueIsInWhatIsSaidOfAServer",
	"template.parseError":               "it takes only known words, and the text of a template, which is shown where it stands in no Secret: TestTemplatesMakeTheData",
	"template.executionError":           "the same: TestNoFunctionSaysWhatItWasGiven",
	"vaultsrc.endpoint.connectionFault": "of a library's error it shows kinds, names of hosts and what the system says: TestNoValueIsInWhatIsSaidOfAServer",
	"template.Template.Rename":          "it makes a key of a key, and keys are shown",
}

// leaking is a package with a secret in every way that there is to make words, and
// beside it what makes none of it.
const leaking = "tests/secretflow/testdata/leaks"

// looked is at the whole program, and at that package.
var looked = sync.OnceValues(func() (all struct {
	found []Finding
	at    int
}, err error) {
	all.found, all.at, err = Find(root, slices.Sorted(maps.Keys(trusted)), ".", "./fn/...", "./vaultsrc/...", "./"+leaking)
	return all, err
})

// TestNoSecretGoesIntoWords looks through the whole program.
func TestNoSecretGoesIntoWords(t *testing.T) {
	t.Parallel()
	all, err := looked()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, f := range all.found {
		if path.Dir(f.File) == leaking {
			continue
		}
		place := f.File + " " + f.Sink
		if allowed[place] == "" {
			t.Errorf("%s:%d: %s has a secret", f.File, f.Line, f.Sink)
		}
		used[place] = true
	}
	for place := range allowed {
		if !used[place] {
			t.Errorf("%s is allowed, and not there", place)
		}
	}
	t.Logf("%d calls and literals that make words", all.at)
	if all.at < 1000 {
		t.Errorf("only %d are looked at", all.at)
	}
}

// TestEveryWayIsFound shows that it finds them.
func TestEveryWayIsFound(t *testing.T) {
	t.Parallel()
	all, err := looked()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, f := range all.found {
		if path.Dir(f.File) != leaking {
			continue
		}
		if line := fmt.Sprintf("%s:%d", f.File, f.Line); !slices.Contains(got, line) {
			got = append(got, line)
		}
	}
	files, err := filepath.Glob(filepath.Join(root, leaking, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			if n++; strings.HasSuffix(strings.TrimSpace(line), "// leaks") {
				want = append(want, fmt.Sprintf("%s/%s:%d", leaking, filepath.Base(file), n))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 60 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
