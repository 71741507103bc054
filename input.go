package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/parallel"
	"github.com/esfn/esfn/fn/resourcelist"
)

// readUntil is read, unless a signal comes first: who writes to stdin may take long.
func readUntil(signalled context.Context, args []string, stdin *os.File, room *room) (*resourcelist.List, fn.Problems) {
	var problems fn.Problems
	list, ok := parallel.Until(signalled, func() (list *resourcelist.List) {
		list, problems = read(args, stdin, room)
		return list
	})
	if !ok {
		return &resourcelist.List{}, fn.Problems{interrupted}
	}
	return list, problems
}

// read reads the files and folders named, "-" among them for stdin, or stdin
// alone where none is named. It returns everything that cannot be read, or a
// list that is not empty.
func read(args []string, stdin *os.File, room *room) (*resourcelist.List, fn.Problems) {
	list := &resourcelist.List{}
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		data, problem := readStdin(stdin, room)
		if problem == nil {
			var err error
			if list, err = resourcelist.Read(data); err == nil {
				return list, nil
			}
			problem = stdinProblem(err)
		}
		return &resourcelist.List{}, fn.Problems{*problem}
	}
	var problems fn.Problems
	for _, arg := range args {
		switch {
		case room.isFull(): // which was said
		case arg == "-":
			data, problem := readStdin(stdin, room)
			if problem == nil {
				if err := list.AddFile("stdin", data); err != nil {
					problem = stdinProblem(err)
				}
			}
			if problem != nil {
				problems = append(problems, *problem)
			}
		case strings.HasPrefix(arg, "-"):
			problems = append(problems, fn.Problem{Field: arg, Cause: "no such option", Hint: "esfn --help lists what there is"})
		default:
			problems = append(problems, readFiles(list, arg, room)...)
		}
	}
	if len(problems) == 0 && len(list.Items) == 0 {
		problems = fn.Problems{{Field: strings.Join(args, " "), Cause: resourcelist.ErrEmpty.Error()}}
	}
	return list, problems
}

func readStdin(stdin *os.File, room *room) ([]byte, *fn.Problem) {
	if info, err := stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return nil, stdinProblem(resourcelist.ErrEmpty) // a terminal, or nothing
	}
	data, err := room.read(stdin)
	if err != nil {
		return nil, stdinProblem(err)
	}
	return data, nil
}

func stdinProblem(err error) *fn.Problem {
	return &fn.Problem{Field: "stdin", Cause: err.Error(), Hint: hintFor(err)}
}

// readFiles adds a file to the list, or of a folder all .yaml, .yml and .json
// files below it, in the order of their names, but for hidden ones.
func readFiles(list *resourcelist.List, arg string, room *room) (problems fn.Problems) {
	fail := func(path string, err error) {
		problems = append(problems, fn.Problem{Field: path, Cause: fileFault(err), Hint: hintFor(err)})
	}
	info, err := os.Stat(arg)
	if err != nil {
		fail(arg, err)
		return problems
	}
	add := func(path string, open func(string) (*os.File, error), name string) {
		data, err := room.readFile(open, name)
		if err == nil {
			err = list.AddFile(path, data)
		}
		if err != nil {
			fail(path, err)
		}
	}
	if !info.IsDir() {
		add(arg, os.Open, arg)
		return problems
	}
	// A link in a folder of somebody else's leads no further than the folder.
	inside, err := os.OpenRoot(arg)
	if err != nil {
		fail(arg, err)
		return problems
	}
	defer inside.Close()
	// With the slash a link to a folder is followed.
	err = filepath.WalkDir(arg+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		hidden := path != arg+string(filepath.Separator) && strings.HasPrefix(entry.Name(), ".")
		switch {
		case room.isFull(): // which was said
			return fs.SkipAll
		case err != nil:
			fail(path, err)
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden:
		case isKustomization(entry.Name()):
			problems = append(problems, fn.Problem{Field: path, Cause: "is a kustomization", Hint: fmt.Sprintf("run kustomize build %s, or name the files", filepath.Dir(path))})
		case isManifest(path):
			name, err := filepath.Rel(arg, path)
			if err != nil {
				name = path
			}
			add(path, inside.Open, name)
		}
		return nil
	})
	if err != nil {
		fail(arg, err)
	}
	return problems
}

// fileFault says what went wrong, without Go's "open" and the path before it.
func fileFault(err error) string {
	var atPath *fs.PathError
	if errors.As(err, &atPath) {
		err = atPath.Err
	}
	return err.Error()
}

func isManifest(path string) bool {
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func isKustomization(name string) bool {
	return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization"
}
