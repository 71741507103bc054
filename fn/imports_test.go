package fn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ofTime is what one file takes of package time: a type, and what reads a date
// that a template gives.
var ofTime = map[string][]string{
	"template/date.go": {"Time", "ParseInLocation", "UTC"},
}

// TestTheFunctionIsPure keeps the network, the environment and the clock out of
// this package and those below it.
func TestTheFunctionIsPure(t *testing.T) {
	forbidden := []string{"net", "net/http", "os", "os/exec", "time", "syscall", "github.com/hashicorp/", "k8s.io/client-go/", "github.com/esfn/esfn/vaultsrc"}
	files := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		allowed, readsDates := ofTime[filepath.ToSlash(path)]
		ast.Inspect(file, func(n ast.Node) bool {
			selected, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := selected.X.(*ast.Ident); ok && of.Name == "time" && !slices.Contains(allowed, selected.Sel.Name) {
				t.Errorf("%s uses time.%s", path, selected.Sel.Name)
			}
			return true
		})
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, f := range forbidden {
				if name == "time" && readsDates {
					continue
				}
				if name == f || strings.HasSuffix(f, "/") && strings.HasPrefix(name, f) {
					t.Errorf("%s imports %s", path, name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d files looked at", files)
	}
}
