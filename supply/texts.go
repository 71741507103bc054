package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// textsHead stands at the head of the file. The Mozilla Public License asks to say
// where the sources are.
const textsHead = `The licences of what %s is made of, besides its own, with the notices that belong
to them. The sources of each module, at its version, are on the Go module proxy:
go mod download MODULE@VERSION.
`

// writeLicences writes the licence texts and notices of the modules that a program
// links, each text once, and Go's own.
func writeLicences(ctx context.Context, name, file string) error {
	p, err := programNamed(name)
	if err != nil {
		return err
	}
	linked, err := p.linked(ctx)
	if err != nil {
		return err
	}
	goModule, err := goItself(ctx)
	if err != nil {
		return err
	}
	text, err := licenceTexts(name, append(linked, goModule))
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// licenceTexts has each text once, below the modules and files that have it.
func licenceTexts(name string, linked []linkedModule) ([]byte, error) {
	var order []string
	owners := map[string][]string{}
	for _, m := range linked {
		for _, kind := range []*regexp.Regexp{licenceName, noticeName} {
			files, err := m.licenceFiles(kind)
			if err != nil {
				return nil, err
			}
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					return nil, err
				}
				text := strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
				if owners[text] == nil {
					order = append(order, text)
				}
				inside, err := filepath.Rel(m.dir, file)
				if err != nil {
					return nil, err
				}
				owners[text] = append(owners[text], fmt.Sprintf("%s %s: %s", m.path, m.version, filepath.ToSlash(inside)))
			}
			if kind == licenceName && len(files) == 0 {
				return nil, fmt.Errorf("%s has no file with a licence", m.path)
			}
		}
	}
	var all bytes.Buffer
	fmt.Fprintf(&all, textsHead, name)
	for _, text := range order {
		fmt.Fprintf(&all, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(owners[text], "\n"), text)
	}
	return all.Bytes(), nil
}

// goItself is Go's library and runtime, in the form of a module.
func goItself(ctx context.Context) (linkedModule, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOROOT").Output()
	if err != nil {
		return linkedModule{}, withStderr(err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return linkedModule{path: "Go", version: version, dir: dir}, nil
}
