package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

func launcherFor(t *testing.T) launcher {
	t.Helper()
	l := launcher{binary: filepath.Join(t.TempDir(), "launch"), folder: t.TempDir()}
	if err := testbed.GoBuild("launch", l.binary); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestPeakIsTheCommandsOwn: what this process takes is not counted as the command's.
func TestPeakIsTheCommandsOwn(t *testing.T) {
	l := launcherFor(t)
	ours := make([]byte, 100<<20)
	for i := range ours {
		ours[i] = 1
	}
	peak, err := l.floor()
	if err != nil || peak == 0 {
		t.Errorf("a command that does nothing has a peak of %d bytes, beside %d of ours: %v", peak, len(ours), err)
	}
}

// TestWhatDidNotDoTheWorkIsNotMeasured.
func TestWhatDidNotDoTheWorkIsNotMeasured(t *testing.T) {
	l := launcherFor(t)
	sh := func(script string) command {
		return command{args: []string{"/bin/sh", "-c", script}, mark: "value", times: 2}
	}
	for _, tc := range []struct{ name, script, says string }{
		{"all of it", "echo value value", ""},
		{"half of it", "echo value", `"value" is in its output 1 times, want 2`},
		{"and failed", "echo value value; echo made-up reason >&2; exit 3", "exit status 3\nmade-up reason"},
	} {
		_, err := l.run(sh(tc.script))
		if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	looked := sh("echo value; exit 3")
	looked.mayFail = true
	if s, err := l.run(looked); err != nil || s.Exit != 3 || s.found != 1 {
		t.Errorf("what may fail: %+v, %v", s, err)
	}
	if _, err := l.run(command{args: []string{"/no/such/program"}}); err == nil {
		t.Error("no error for what cannot be run")
	}
}

// TestEnvironmentIsTheCommandsOwn: nothing of ours tells it where a Vault is.
func TestEnvironmentIsTheCommandsOwn(t *testing.T) {
	t.Setenv("VAULT_ADDR", "http://made-up")
	l := launcherFor(t)
	if _, err := l.run(command{args: []string{"/bin/sh", "-c", "echo [$VAULT_ADDR] [$MADE_UP]"}, environment: []string{"MADE_UP=x"}, mark: "[] [x]", times: 1}); err != nil {
		t.Error(err)
	}
}
