package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// program is one that is handed out: in an archive, or in an image.
type program struct {
	name string
	// dir is that of its main package.
	dir string
	// targets are the systems that it is built for, as GOOS/GOARCH.
	targets []string
}

var targets = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// programs are all that there are. kustomize is in the image for Argo CD only.
var programs = []program{
	{"esfn", root, targets},
	{"kustomize", root + "/tests/hosts/kustomize", targets[:2]},
}

func programNamed(name string) (program, error) {
	for _, p := range programs {
		if p.name == name {
			return p, nil
		}
	}
	return program{}, fmt.Errorf("no program %q", name)
}

// linkedModule is one that packages of a program are from.
type linkedModule struct {
	path, version string
	// dir has its sources; packages are the folders of those that are linked.
	dir      string
	packages []string
}

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version string }
	}
}

// linked are the modules of a program, on any of its targets, by their paths. Its own
// module is none of them, nor is Go's library.
func (p program) linked(ctx context.Context) ([]linkedModule, error) {
	modules := map[string]linkedModule{}
	for _, target := range p.targets {
		packages, err := p.packagesOn(ctx, target)
		if err != nil {
			return nil, err
		}
		for _, pkg := range packages {
			if pkg.Module == nil || pkg.Module.Main {
				continue
			}
			if pkg.Module.Replace != nil {
				return nil, fmt.Errorf("%s: %s is replaced in go.mod: what is handed out is made of modules as they were published", p.name, pkg.Module.Path)
			}
			m := modules[pkg.Module.Path]
			m.path, m.version, m.dir = pkg.Module.Path, pkg.Module.Version, pkg.Module.Dir
			if !slices.Contains(m.packages, pkg.Dir) {
				m.packages = append(m.packages, pkg.Dir)
			}
			modules[m.path] = m
		}
	}
	byPath := func(a, b linkedModule) int { return cmp.Compare(a.path, b.path) }
	return slices.SortedFunc(maps.Values(modules), byPath), nil
}

func (p program) packagesOn(ctx context.Context, target string) ([]goPackage, error) {
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Module", ".")
	list.Dir = p.dir
	list.Env = environmentFor(target)
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s for %s: %w", p.dir, target, withStderr(err))
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var pkg goPackage
		if err := decoder.Decode(&pkg); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, pkg)
	}
}

// environmentFor is that of a build as it is handed out.
func environmentFor(target string) []string {
	system, processor, _ := strings.Cut(target, "/")
	return append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOOS="+system, "GOARCH="+processor)
}

// withStderr adds what a command said to the error that it ended with.
func withStderr(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return err
}
