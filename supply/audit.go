package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// audit compares each program with docs/modules.md, and says on out what is left as
// it is. Whatever is wrong is in the error, all of it.
func audit(ctx context.Context, out io.Writer, database string, release bool) error {
	allowed, err := readPage()
	if err != nil {
		return err
	}
	address, err := databaseAt(ctx, database)
	if err != nil {
		return err
	}
	var problems []string
	var all []vulnerability
	for _, p := range programs {
		linked, err := p.linked(ctx)
		if err != nil {
			return err
		}
		problems = append(problems, moduleProblems(p.name, linked, allowed)...)
		ofLicences, err := licenceProblems(linked, allowed)
		if err != nil {
			return err
		}
		problems = append(problems, ofLicences...)
		fmt.Fprintf(out, "%s: %d modules\n", p.name, len(linked))
		audited := p.targets[:1]
		if release {
			audited = p.targets
		}
		for _, target := range audited {
			found, err := p.vulnerabilities(ctx, target, address)
			if err != nil {
				return err
			}
			all = append(all, found...)
			problems = append(problems, report(out, p.name+" for "+target, judge(found, allowed.explained, release))...)
		}
	}
	problems = append(problems, unfoundProblems(all, allowed.explained)...)
	slices.Sort(problems)
	if problems = slices.Compact(problems); len(problems) > 0 {
		return errors.New(strings.Join(problems, "\nerror: "))
	}
	return nil
}

// vulnerabilities are those of a program as it is handed out, but for its symbols.
func (p program) vulnerabilities(ctx context.Context, target, database string) ([]vulnerability, error) {
	folder, err := os.MkdirTemp("", "esfn-audit-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, p.name)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, ".")
	build.Dir = p.dir
	build.Env = environmentFor(target)
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build in %s for %s: %w\n%s", p.dir, target, err, output)
	}
	return vulnerabilitiesOf(ctx, binary, database)
}

// report says what vulnerabilities are left as they are, and returns the others.
func report(out io.Writer, name string, j judged) []string {
	for _, line := range j.others {
		fmt.Fprintf(out, "  %s: %s\n", name, line)
	}
	if len(j.ofGo) > 0 {
		fmt.Fprintf(out, "  %s: %d in %s itself, gone with Go %s or a newer one: %s\n",
			name, len(j.ofGo), runtime.Version(), strings.TrimPrefix(j.newestGo, "v"), strings.Join(j.ofGo, ", "))
	}
	problems := slices.Clone(j.problems)
	for i := range problems {
		problems[i] = name + ": " + problems[i]
	}
	return problems
}
