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
				if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "panic" {
					return false
				}
			case *ast.Field:
				return false // a tag
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && strings.Count(strings.TrimSpace(text), " ") > 1 && !slices.Contains(all, text) {
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
