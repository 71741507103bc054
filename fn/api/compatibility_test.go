package api

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const compatibility = "../../docs/compatibility.md"

// statuses are the words that docs/compatibility.md has for a field.
var statuses = []string{"same", "different", "not applicable", "refused"}

// documented is a kind with its shape and a sound document of it.
var documented = []struct {
	section string
	shape   interface{ Problems() []Problem }
	sound   string
	// folded are structs that have one row for all that is in them.
	folded []string
}{
	{"ExternalSecret", &ExternalSecret{}, sound, nil},
	{"ClusterExternalSecret", &ClusterExternalSecret{},
		"metadata: {name: a}\nspec: {externalSecretSpec: {data: [{secretKey: k, remoteRef: {key: k}}]}}\n", []string{"spec.externalSecretSpec"}},
	{"SecretStore and ClusterSecretStore", &Store{},
		"metadata: {name: a}\nspec: {provider: {vault: {server: s}}}\n", nil},
}

// field is one that a shape has, with the type that decides what becomes of it.
type field struct {
	path string
	of   reflect.Type
}

// fieldsIn lists the fields of a shape in which a value stands: of structs and
// lists of them, those inside. What every object has and esfn leaves alone is not
// among them.
func fieldsIn(at string, t reflect.Type, folded []string) (all []field) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		if t.Kind() == reflect.Slice {
			at += "[]"
		}
		t = t.Elem()
	}
	isLeaf := t.Kind() != reflect.Struct || t.NumField() == 0 || slices.Contains(folded, at)
	if isLeaf {
		return []field{{at, t}}
	}
	shape := shapeOf(t)
	for _, name := range shape.names {
		of := t.FieldByIndex(shape.byName[name].index).Type
		everywhere := at == "" && slices.Contains([]string{"apiVersion", "kind", "status"}, name) ||
			at == "metadata" && of == reflect.TypeFor[Ignored]()
		if !everywhere {
			all = append(all, fieldsIn(join(at, name), of, folded)...)
		}
	}
	return all
}

// sections cuts the page at its headings.
func sections(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(compatibility)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, section := range strings.Split(string(page), "\n## ") {
		heading, text, _ := strings.Cut(section, "\n")
		all[heading] = text
	}
	return all
}

var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\|([^|]*)\\|$")

// TestEveryFieldIsDocumented compares the tables of docs/compatibility.md with the
// shapes.
func TestEveryFieldIsDocumented(t *testing.T) {
	all := sections(t)
	for _, kind := range documented {
		t.Run(kind.section, func(t *testing.T) {
			status := map[string]string{}
			table := all[kind.section]
			for _, cells := range row.FindAllStringSubmatch(table, -1) {
				path, word, note := cells[1], cells[2], strings.TrimSpace(cells[3])
				if _, twice := status[path]; twice {
					t.Errorf("%s has two rows", path)
				}
				if !slices.Contains(statuses, word) {
					t.Errorf("%s: %q is none of %s", path, word, strings.Join(statuses, ", "))
				}
				if (word == "different" || word == "refused") && note == "" {
					t.Errorf("%s: %s, and the row does not say how or why", path, word)
				}
				status[path] = word
			}
			if lines := strings.Count("\n"+table, "\n| `"); lines != len(row.FindAllString(table, -1)) {
				t.Errorf("%d rows are not of the form | `field` | status | note |", lines-len(status))
			}
			for _, f := range fieldsIn("", reflect.TypeOf(kind.shape), kind.folded) {
				word, ok := status[f.path]
				delete(status, f.path)
				want := word
				switch f.of {
				case reflect.TypeFor[Ignored]():
					want = "not applicable"
				case reflect.TypeFor[Given]():
					want = "refused"
				}
				switch {
				case !ok:
					t.Errorf("%s has no row", f.path)
				case word != want:
					t.Errorf("%s is %s in the code, and %s on the page", f.path, want, word)
				case word == "refused" && f.of.PkgPath() != reflect.TypeFor[Given]().PkgPath() && !slices.ContainsFunc(refusedByRule, func(part string) bool { return strings.Contains(f.path, part) }):
					t.Errorf("%s is refused on the page, and built", f.path)
				case word == "refused" && f.of != reflect.TypeFor[Given]() && !isRefused(t, kind.sound, kind.shape, f.path):
					t.Errorf("%s is refused on the page, and taken by the code", f.path)
				}
			}
			for path := range status {
				t.Errorf("%s has a row, and is no field", path)
			}
		})
	}
}

// refusedByRule are the fields that are decoded, and refused by a rule. All others
// that are refused have a type that says so.
var refusedByRule = []string{".generatorRef.", ".manifest."}

// isRefused sets a field of a sound document, and tells whether there is a problem
// with it, or with what it stands in.
func isRefused(t *testing.T, sound string, shape any, path string) bool {
	t.Helper()
	var document map[string]any
	if err := yaml.Unmarshal([]byte(sound), &document); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(path, ".")
	at := document
	for _, step := range steps[:len(steps)-1] {
		name, isList := strings.CutSuffix(step, "[]")
		below, ok := at[name].(map[string]any)
		if !ok {
			below = map[string]any{}
		}
		at[name] = below
		if isList {
			at[name] = []any{below}
		}
		at = below
	}
	at[steps[len(steps)-1]] = "a"
	text, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	into := reflect.New(reflect.TypeOf(shape).Elem()).Interface().(interface{ Problems() []Problem })
	found := Decode(yaml.MustParse(string(text)), into)
	missing := func(p Problem) bool { return p.Cause == "required, and not given" } // a neighbour
	found = append(slices.DeleteFunc(found, missing), into.Problems()...)
	written := strings.ReplaceAll(path, "[]", "[0]")
	return slices.ContainsFunc(found, func(p Problem) bool {
		return p.Field == written || strings.HasPrefix(written, p.Field+".") && p.Field != "spec"
	})
}

// TestEveryDifferenceHasItsTest reads the list of differences: each names tests, as
// functions or scripts, and they are there.
func TestEveryDifferenceHasItsTest(t *testing.T) {
	there := testsOfTheProject(t)
	items := strings.Split(sections(t)["What is different on purpose"], "\n- ")[1:]
	if len(items) < 20 {
		t.Fatalf("%d differences", len(items))
	}
	name := regexp.MustCompile("`(Test[A-Z][A-Za-z0-9]*|[a-z0-9-]+\\.txtar)`")
	for _, item := range items {
		found := name.FindAllStringSubmatch(item, -1)
		if len(found) == 0 {
			t.Errorf("no test is named: %s", item)
		}
		for _, test := range found {
			if !there[test[1]] {
				t.Errorf("there is no test %s", test[1])
			}
		}
	}
}

// testsOfTheProject has the names of all test functions and scripts.
func testsOfTheProject(t *testing.T) map[string]bool {
	t.Helper()
	function := regexp.MustCompile(`(?m)^func (Test[A-Z][A-Za-z0-9]*)\(t \*testing\.T\)`)
	there := map[string]bool{}
	for _, folder := range []string{"../../fn", "../../vaultsrc", "../../tests/testdata"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasSuffix(path, ".txtar"):
				there[filepath.Base(path)] = true
			case strings.HasSuffix(path, "_test.go"):
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				for _, match := range function.FindAllSubmatch(text, -1) {
					there[string(match[1])] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return there
}
