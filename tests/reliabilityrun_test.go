package tests

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// ways are those that a trial is run in, each with a login of its own: all that is
// said of a fault is true of each. There is esfn build besides, for what is said of it.
var ways = []string{pipeWay, listWay}

const pipeWay, listWay, buildWay = "a pipe", "a ResourceList", "esfn build"

// longest is how long a trial may take. One that takes longer goes on for ever.
const longest = 2 * time.Minute

// run runs esfn, and looks at what came of it.
func (t *trial) run(folder, way string) (o outcome, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(programs.folder, "esfn"))
	command.Env = append([]string{"HOME=" + folder, "PATH=" + filepath.Dir(programs.kustomize)}, t.env...)
	input := t.manifests()
	switch way {
	case pipeWay:
		command.Stdin = strings.NewReader(input)
	case listWay:
		list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
		for _, item := range strings.Split(input, "---\n") {
			list += "- " + strings.ReplaceAll(strings.TrimSpace(item), "\n", "\n  ") + "\n"
		}
		command.Stdin = strings.NewReader(list)
	case buildWay:
		command.Args = append(command.Args, "build", ".")
		if command.Dir, err = t.kustomized(folder, input); err != nil {
			return o, err
		}
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if t.stdout != nil {
		command.Stdout = t.stdout.to
	}
	if err := command.Start(); err != nil {
		return o, err
	}
	t.process <- command.Process
	_ = command.Wait() // its exit status is looked at
	out := stdout.String()
	if t.stdout != nil {
		if out, err = t.stdout.took(); err != nil {
			return o, err
		}
	}
	// The login's Secret is part of the output, and another one in each trial.
	out = strings.ReplaceAll(out, t.secretID, "made-up-secret-id")
	o = outcome{exit: command.ProcessState.ExitCode(), stdout: out, stderr: stderr.String(), requests: map[string]int{}, connections: t.recorder.Connections("")}
	for _, kind := range testbed.Kinds {
		requests, err := t.recorder.Requests(testbed.Selection{Kind: kind})
		if err != nil {
			return o, err
		}
		o.requests[kind] = len(requests)
	}
	t.recorder.Close()
	return o, t.err
}

// kustomized writes the trial's folder for kustomize.
func (t *trial) kustomized(in, input string) (folder string, err error) {
	folder, err = os.MkdirTemp(in, "kustomized")
	for name, text := range map[string]string{"all.yaml": input, "kustomization.yaml": t.kustomization} {
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)
		}
	}
	return folder, err
}
