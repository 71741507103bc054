package secretflow

import (
	"bufio"
	"fmt"
	"os"
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
	"vaultsrc/sent.go strconv.Quote":                          "to find what was sent where Vault quotes it",
	"vaultsrc/gcp_signing.go fmt.Sprintf":                     "the type of a key that is none: one of four words",
	"vaultsrc/gcp_signing.go a function that gives a message": "the same",
}

// leaking is a package with a secret in every way that there is to make words, and
// beside it what makes none of it.
const leaking = "tests/secretflow/testdata/leaks/leaks.go"

// looked is at the whole program, and at that package.
var looked = sync.OnceValues(func() (all struct {
	found []Finding
	at    int
}, err error) {
	all.found, all.at, err = Find(root, ".", "./fn/...", "./vaultsrc/...", "./"+filepath.Dir(leaking))
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
		if f.File == leaking {
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
		if f.File != leaking {
			continue
		}
		if line := fmt.Sprintf("%s:%d", f.File, f.Line); !slices.Contains(got, line) {
			got = append(got, line)
		}
	}
	text, err := os.Open(filepath.Join(root, leaking))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	lines := bufio.NewScanner(text)
	for n := 1; lines.Scan(); n++ {
		if strings.HasSuffix(lines.Text(), "// leaks") {
			want = append(want, fmt.Sprintf("%s:%d", leaking, n))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 20 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
