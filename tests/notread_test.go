package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNobodyReads has stdout or stderr be a pipe that is full, with nobody who reads from
// it: a signal ends esfn all the same, and no token is left.
func TestNobodyReads(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a pipe takes differs elsewhere")
	}
	b := newCanaryBed(t)
	app := b.store() + canaryES("data: [{secretKey: a, remoteRef: {key: app, property: text}}]")
	for _, tc := range []struct {
		name           string
		args           []string
		in             string
		stdout, stderr bool // whether it is full
		timeout        string
		signal         bool
		says           string
	}{
		{name: "a render", args: []string{"-"}, in: app, stdout: true, signal: true, says: "error: interrupted\nerror: stdout: the output was not read to its end\n  hint: what was read of it is not to be used\n"},
		{name: "a render without stderr", args: []string{"-"}, in: app, stdout: true, stderr: true, signal: true},
		{name: "what is wrong", args: []string{"-"}, in: b.store() + canaryES("data: [{secretKey: a, remoteRef: {key: app, property: none}}]"), stderr: true, signal: true},
		{name: "doctor", args: []string{"doctor", "-"}, in: app, stdout: true, signal: true, says: "error: interrupted\n"},
		{name: "doctor without stderr", args: []string{"doctor", "-"}, in: app, stdout: true, stderr: true, signal: true},
		{name: "doctor without a signal", args: []string{"doctor", "-"}, in: app, stdout: true, timeout: "1s",
			says: "error: stdout: the output was not written whole: nobody reads it\n  hint: what was read of it is not to be used\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			stderr := &bytes.Buffer{}
			esfn := exec.Command(filepath.Join(programs.folder, "esfn"), tc.args...)
			esfn.Env, esfn.Stdin, esfn.Stderr = b.environment("ESFN_TIMEOUT="+tc.timeout), strings.NewReader(tc.in), stderr
			if tc.timeout == "" {
				esfn.Env = b.environment()
			}
			if tc.stdout {
				esfn.Stdout = fullPipe(t)
			}
			if tc.stderr {
				esfn.Stderr = fullPipe(t)
			}
			if err := esfn.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- esfn.Wait() }()
			if tc.signal {
				select {
				case err := <-ended:
					t.Fatalf("it did not wait for who reads: %v\n%s", err, stderr)
				case <-time.After(time.Second):
				}
				if err := esfn.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				_ = esfn.Process.Kill()
				t.Fatal("it goes on")
			}
			if code := esfn.ProcessState.ExitCode(); code != 1 || stderr.String() != tc.says {
				t.Errorf("exit status %d, and on stderr:\n%s", code, stderr)
			}
			b.nothingLeft()
			if err := b.noTokenLeft(); err != nil {
				t.Error(err)
			}
		})
	}
}

// fullPipe is the end to write to of a pipe that takes nothing more until somebody reads.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	pipe, err := unreadPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.from.Close(); pipe.to.Close() })
	return pipe.to
}

// TestASignalEndsWhateverIsWaitedFor has esfn wait for a file that never comes, in the
// system, where no context ends it.
func TestASignalEndsWhateverIsWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "token")
	if said, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var stdout, stderr bytes.Buffer
	esfn := exec.Command(filepath.Join(programs.folder, "esfn"))
	esfn.Env, esfn.Stdout, esfn.Stderr = []string{"VAULT_TOKEN_FILE=" + pipe}, &stdout, &stderr
	if err := esfn.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- esfn.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("it did not wait: %v\n%s", err, &stderr)
	case <-time.After(time.Second):
	}
	if err := esfn.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = esfn.Process.Kill()
		t.Fatal("it goes on")
	}
	const says = "error: interrupted, and it did not end in time\n  hint: a token that it got and had not revoked yet ends with its lease\n"
	if code := esfn.ProcessState.ExitCode(); code != 1 || stdout.Len() > 0 || stderr.String() != says {
		t.Errorf("exit status %d, %d bytes on stdout, and on stderr:\n%s", code, stdout.Len(), &stderr)
	}
}
