package fn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// unreached are the texts that nothing here reaches, by why. What is not here is reached.
var unreached = map[string][]string{
	"it takes more than a package of this test's has: amount_test.go counts so far, without values": {
		"with it, more than %d ExternalSecrets are made from ClusterExternalSecrets", "render fewer of them at a time, or for fewer namespaces",
		"with it, the ExternalSecrets of this run have more than %d entries", "render fewer at a time",
		"with it, the templates of this run are too many, or too long: render fewer ExternalSecrets at a time",
	},
	"it takes an archive that is made for it: costs_test.go of package template has one": {"is given an archive of more than %d million iterations"},
	"nobody is shown it: an error that is only asked whether it is one, a part of a pattern, the name that a template has for text/template": {
		"more than one JSON value", "multiple definition of template ", "the template itself",
	},
	"only a fault of esfn's own brings it about": {"the template cannot be executed", "the template cannot be used"},
}

// aVerb is where a message has something put in.
var aVerb = regexp.MustCompile(`%[a-z]`)

// texts are all that this package and those below it have to say, as they stand in
// their sources: every text of several words. It tells which of them are in what was
// said.
func (c *canaryRun) texts(said []Problem) (reached, all []string) {
	var words strings.Builder
	for _, p := range said {
		words.WriteString(p.Cause + "\n" + p.Hint + "\n")
	}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if entry.IsDir() && slices.Contains([]string{"resourcelist", "testdata", "parallel", "manifest"}, entry.Name()) {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				return n.Tok != token.IMPORT
			case *ast.CallExpr:
				return !saysNothing(n)
			case *ast.Field:
				return false // a tag
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && !strings.HasPrefix(text, "^") && strings.Count(strings.TrimSpace(text), " ") > 1 && !slices.Contains(all, text) {
					all = append(all, text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	slices.Sort(all)
	for _, text := range all {
		parts := aVerb.Split(text, -1)
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		if regexp.MustCompile(strings.Join(parts, ".*")).MatchString(words.String()) {
			reached = append(reached, text)
		}
	}
	return reached, all
}

// saysNothing tells a call whose texts nobody is shown: patterns, lists of names, what is
// cut off, and a panic, whose words are left out.
func saysNothing(call *ast.CallExpr) bool {
	called := ""
	switch function := call.Fun.(type) {
	case *ast.Ident:
		called = function.Name
	case *ast.SelectorExpr:
		called = function.Sel.Name
	}
	return slices.Contains([]string{"panic", "names", "MustCompile", "Later", "TrimPrefix"}, called)
}
