package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
)

// build reads what a folder is for: the output of kustomize build where there is a
// kustomization, else the files below it. kustomize is the one on the PATH. It runs no
// functions, so that a repository decides neither what is run nor in which
// environment, and it is not given what is esfn's.
func build(signalled context.Context, timeout time.Duration, folders []string, room *room) (*resourcelist.List, fn.Problems) {
	list := &resourcelist.List{}
	if len(folders) != 1 || strings.HasPrefix(folders[0], "-") {
		return list, fn.Problems{{Field: "build", Cause: "takes one folder", Hint: "esfn build ."}}
	}
	folder := folders[0]
	if !hasKustomization(folder) {
		return readUntil(signalled, folders, nil, room)
	}
	ctx, cancel := context.WithTimeout(signalled, timeout)
	defer cancel()
	command := exec.CommandContext(ctx, "kustomize", "build", folder)
	command.Env = withoutOurs(os.Environ())
	stdout, stderr := &taking{most: room.left, ended: cancel}, &taking{most: mostOfMessages}
	command.Stdout, command.Stderr = stdout, stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 500 * time.Millisecond // a signal ends all within a second
	problem := fn.Problem{Field: "kustomize build " + folder}
	switch err := command.Run(); {
	case stdout.over:
		much := &tooMuchInput{room.most, 0}
		problem.Cause, problem.Hint = much.Error(), much.hint()
	case errors.Is(err, exec.ErrNotFound):
		problem.Cause, problem.Hint = "there is no kustomize on the PATH", "install it, or pipe its output into esfn"
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		problem.Cause, problem.Hint = "it did not end in the time for the run", "ESFN_TIMEOUT=2m gives more time"
	case ctx.Err() != nil:
		problem.Cause = "interrupted"
	case err != nil:
		// One that was killed, or could not be started, has said nothing.
		said, less := withoutValues(folder, strings.TrimPrefix(strings.TrimSpace(stderr.text.String()), "Error: "))
		if problem.Cause = cmp.Or(said, err.Error()); less {
			problem.Hint = "kustomize build " + folder + " says in full what is left out here (…), since it may be a value"
		}
	default:
		err := room.take(stdout.text.Bytes())
		if err == nil {
			err = list.AddFile("kustomize build "+folder, stdout.text.Bytes())
		}
		if err != nil {
			problem.Cause, problem.Hint = err.Error(), hintFor(err)
		} else if len(list.Items) == 0 {
			problem.Cause = resourcelist.ErrEmpty.Error()
		}
	}
	if problem.Cause != "" {
		return list, fn.Problems{problem}
	}
	return list, nil
}

func hasKustomization(folder string) bool {
	entries, err := os.ReadDir(folder)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !e.IsDir() && isKustomization(e.Name()) })
}

// withoutOurs is the environment for a program that has nothing to do with Vault:
// without esfn's own variables, and those of AWS that hold what a login is made
// with. kustomize puts any variable that a generator's env file names into its output.
func withoutOurs(environment []string) []string {
	var rest []string
	for _, variable := range environment {
		if !slices.ContainsFunc([]string{"VAULT_", "ESFN_", "AWS_"}, func(prefix string) bool { return strings.HasPrefix(variable, prefix) }) {
			rest = append(rest, variable)
		}
	}
	return rest
}

// mostOfMessages is what is kept of what kustomize says on stderr.
const mostOfMessages fn.Bytes = 1 << 20

// taking takes what a program writes, and what is too much of it no more: ended is
// called then.
type taking struct {
	text  bytes.Buffer // not embedded: it reads by itself then
	most  fn.Bytes
	over  bool
	ended func()
}

func (t *taking) Write(text []byte) (int, error) {
	if fn.Bytes(t.text.Len()+len(text)) <= t.most {
		return t.text.Write(text)
	}
	if t.over = true; t.ended != nil {
		t.ended()
	}
	return len(text), nil
}
