package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
)

// sources reads the Go files that pass, below the folder of go.mod.
func sources(t *testing.T, passes func(path string) bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || !passes(path) {
			return err
		}
		text, err := os.ReadFile(path)
		found[filepath.ToSlash(path)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ofProgram(path string) bool {
	return !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(filepath.ToSlash(path), "tests/")
}

// boundsOf gives the constants of a file at its top level: how each is written.
func boundsOf(t *testing.T, path, text string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			values := spec.(*ast.ValueSpec)
			for i, name := range values.Names {
				if i < len(values.Values) {
					found[name.Name] = text[values.Values[i].Pos()-1 : values.Values[i].End()-1]
				}
			}
		}
	}
	return found
}

// spellings are the ways in which the page may write a constant.
func spellings(t *testing.T, expression string) []string {
	t.Helper()
	number, of, isTime := strings.Cut(expression, " * time.")
	value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, number)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	n, _ := constant.Int64Val(value.Value)
	if isTime {
		return []string{fmt.Sprint(n, map[string]string{"Second": " s", "Millisecond": " ms"}[of])}
	}
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return []string{fmt.Sprint(n), digits, fn.Bytes(n).String()}
}

var pageRow = regexp.MustCompile("(?m)^\\| (.+?) \\| (.+?) \\| `([a-z/]+\\.go)` `([A-Za-z]+)` \\| (.+?) \\| (.+?) \\| (.+?) \\|$")

// TestThePageOfBoundsIsTrue holds docs/bounds.md to the code: each constant has the value
// that it says, each variable is one, each test is there, and the words are the code's. And
// each constant of the code that looks like a bound is on the page.
func TestThePageOfBoundsIsTrue(t *testing.T) {
	page, err := os.ReadFile("docs/bounds.md")
	if err != nil {
		t.Fatal(err)
	}
	program := sources(t, ofProgram)
	tests := strings.Join(mapsValues(sources(t, func(path string) bool { return strings.HasSuffix(path, "_test.go") })), "\n")
	words := strings.Join(mapsValues(program), "\n")
	onPage := map[string]bool{}
	rows := pageRow.FindAllStringSubmatch(string(page), -1)
	if all := strings.Count(string(page), "`Test") + strings.Count(string(page), "the same |"); len(rows) < 45 || all < 45 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		what, value, file, name, raised, says, shown := row[1], row[2], row[3], row[4], row[5], row[6], row[7]
		onPage[file+" "+name] = true
		expression, ok := boundsOf(t, file, program[file])[name]
		if !ok {
			t.Errorf("%s: there is no constant %s in %s", what, name, file)
		} else if all := spellings(t, expression); !slices.Contains(all, value) {
			t.Errorf("%s: the page says %s, and %s is %v", what, value, name, all)
		}
		for _, variable := range regexp.MustCompile(`ESFN_[A-Z_]+`).FindAllString(raised, -1) {
			if !regexp.MustCompile(`getenv\("`+variable+`"\)`).MatchString(words) || !strings.Contains(usage, variable) {
				t.Errorf("%s: there is no variable %s", what, variable)
			}
		}
		for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(says, -1) {
			for piece := range strings.SplitSeq(quoted[1], "…") {
				for part := range strings.SplitSeq(piece, ": ") {
					// A place is no word of the code's; what the YAML parser says is its own.
					if part = strings.Trim(part, " :"); !strings.Contains(words, part) && !strings.Contains(part, "exceeded max depth") {
						t.Errorf("%s: nothing in the code says %q", what, part)
					}
				}
			}
		}
		for _, name := range regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(shown, -1) {
			if !strings.Contains(tests, "\nfunc "+name[1]+"(") {
				t.Errorf("%s: there is no %s", what, name[1])
			}
		}
		for _, story := range regexp.MustCompile("`([a-z-]+\\.txtar)`").FindAllStringSubmatch(shown, -1) {
			if _, err := os.Stat("tests/testdata/scripts/" + story[1]); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if shown != "the same" && !strings.Contains(shown, "`") {
			t.Errorf("%s: nothing shows it", what)
		}
	}
	looks := regexp.MustCompile(`^(?i:max|most|longest|deepest)[A-Z]`)
	for file, text := range program {
		for name := range boundsOf(t, file, text) {
			if looks.MatchString(name) && !onPage[file+" "+name] && boundsNothing[file+" "+name] == "" {
				t.Errorf("docs/bounds.md does not have %s of %s", name, file)
			}
		}
	}
}

// boundsNothing has constants that look like bounds and are not on the page: why.
var boundsNothing = map[string]string{
	"fn/amount.go maxValues":              "of who sets none: esfn always does",
	"fn/resourcelist/bounds.go maxOutput": "of who sets none: esfn always does",
	"vaultsrc/client.go maxAnswer":        "of who sets none: esfn always does",
	"vaultsrc/client.go maxValues":        "of who sets none: esfn always does",
	"fn/fetch.go mostReaders":             "as many reads as a source lets be under way",
	"fn/find.go mostSaid":                 "how much is said",
	"vaultsrc/again.go maxRetryWait":      "a wait, within the time of the run",
	"vaultsrc/again.go maxRetryAfter":     "a wait, within the time of the run",
	"vaultsrc/pace.go mostFailed":         "when a server is taken to be in trouble",
	"vaultsrc/pace.go mostPause":          "a wait, within the time of the run",
}

// TestTheBoundsOfThePartsAreThoseOfTheProgram: each part has a bound of its own for who
// sets none.
func TestTheBoundsOfThePartsAreThoseOfTheProgram(t *testing.T) {
	program := sources(t, ofProgram)
	ours := boundsOf(t, "bounds.go", program["bounds.go"])
	for part, name := range map[string]string{
		"fn/amount.go maxValues": "defaultMaxValues", "vaultsrc/client.go maxValues": "defaultMaxValues",
		"vaultsrc/client.go maxAnswer": "defaultMaxAnswer", "fn/resourcelist/bounds.go maxOutput": "defaultMaxOutput",
	} {
		file, constant, _ := strings.Cut(part, " ")
		if theirs := boundsOf(t, file, program[file])[constant]; theirs == "" || theirs != ours[name] {
			t.Errorf("%s is %s, and %s is %s", part, theirs, name, ours[name])
		}
	}
}

func mapsValues(m map[string]string) (values []string) {
	for _, v := range m {
		values = append(values, v)
	}
	return values
}
