package secretflow

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
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
// finds in them, in their order, and how many places that make words it has looked at.
// Test files are not looked at. Of functions that are trusted, what they say and give of what
// they are given is taken to have nothing; it is an error if one is not there, or if it
// does no such thing.
func Find(root string, trusted []string, patterns ...string) (found []Finding, looked int, err error) {
	loaded, err := packages.Load(&packages.Config{Dir: root, Mode: packages.LoadSyntax}, patterns...)
	if err != nil {
		return nil, 0, err
	}
	for _, one := range loaded {
		for _, wrong := range one.Errors {
			err = errors.Join(err, wrong)
		}
	}
	if len(loaded) == 0 {
		err = fmt.Errorf("no packages of %v", patterns)
	}
	if err != nil {
		return nil, 0, err
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, 0, err
	}
	built, _ := ssautil.Packages(loaded, ssa.InstantiateGenerics)
	built.Build()
	p, err := newProgram(built)
	if err != nil {
		return nil, 0, err
	}
	for _, name := range trusted {
		if err := p.trust(name); err != nil {
			return nil, 0, err
		}
	}
	p.follow()
	for _, f := range p.functions {
		if f.isTrusted && !f.needsTrust() {
			return nil, 0, fmt.Errorf("%s is trusted, and need not be", f.shortName())
		}
		for said, from := range f.said {
			looked++
			if from&revealed == 0 {
				continue
			}
			at := built.Fset.Position(said.at)
			name, outside := filepath.Rel(root, at.Filename)
			if outside != nil {
				name = at.Filename
			}
			found = append(found, Finding{filepath.ToSlash(name), at.Line, said.by})
		}
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Sink, b.Sink))
	})
	return slices.Compact(found), looked, nil
}
