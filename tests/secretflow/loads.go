package secretflow

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
)

const (
	module     = "github.com/esfn/esfn"
	secretPath = module + "/fn/secret"
)

// Finding is one place where a secret goes into words.
type Finding struct {
	// File from the module's root, and the Line in it.
	File string
	Line int
	// Sink is what makes words of it, as in fmt.Errorf.
	Sink string
}

// Find loads packages by their patterns, from the folder of go.mod, and returns what it
// finds in them, in their order, and how many calls and literals it has looked at. Test
// files are not looked at.
func Find(root string, patterns ...string) (found []Finding, looked int, err error) {
	loaded, err := packages.Load(&packages.Config{Dir: root, Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports}, patterns...)
	if err != nil {
		return nil, 0, err
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, 0, err
	}
	for _, p := range loaded {
		for _, wrong := range p.Errors {
			err = errors.Join(err, wrong)
		}
		for _, file := range p.Syntax {
			for _, declared := range file.Decls {
				t := newTaint(p.TypesInfo)
				t.learn(declared)
				ast.Inspect(declared, func(n ast.Node) bool {
					sink, words := t.sink(n)
					if sink == "" {
						return true
					}
					looked++
					if slices.ContainsFunc(words, t.holds) {
						at := p.Fset.Position(n.Pos())
						name, outside := filepath.Rel(root, at.Filename)
						if outside != nil {
							name = at.Filename
						}
						found = append(found, Finding{filepath.ToSlash(name), at.Line, sink})
					}
					return true
				})
			}
		}
	}
	if len(loaded) == 0 {
		err = errors.Join(err, fmt.Errorf("no packages of %v", patterns))
	}
	return found, looked, err
}

// isValue tells the secret type, or a pointer to it, or many of it.
func isValue(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Name() == "Value" && t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == secretPath
	case *types.Pointer:
		return isValue(t.Elem())
	case *types.Slice:
		return isValue(t.Elem())
	case *types.Array:
		return isValue(t.Elem())
	case *types.Map:
		return isValue(t.Elem()) || isValue(t.Key())
	}
	return false
}
