package tests

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNoValueLeavesByASignal ends esfn by SIGQUIT, with values in its memory: neither
// the trace of its goroutines nor a core dump shows one, nor its arguments, files that
// it has open, or anything in the places where it could write.
func TestNoValueLeavesByASignal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a process has open is looked up in /proc")
	}
	b := newCanaryBed(t)
	b.answersNothing("kv/data/never")
	spec := `data:
- {secretKey: a, remoteRef: {key: app, property: text}}
- {secretKey: b, remoteRef: {key: app}}
- {secretKey: c, remoteRef: {key: never}}`
	for _, traceback := range []string{"", "none", "single", "all", "system", "crash"} {
		t.Run("GOTRACEBACK="+traceback, func(t *testing.T) {
			b.recorder.Forget()
			folder := t.TempDir()
			var stdout, stderr bytes.Buffer
			cmd := exec.Command("sh", "-c", "ulimit -c unlimited; exec esfn -")
			cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Stdin = folder, &stdout, &stderr, strings.NewReader(b.store()+canaryES(spec))
			cmd.Env = b.environment("GOTRACEBACK="+traceback, "MADE_UP="+b.marks.Text("a variable that is not esfn's"))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for began := time.Now(); !b.has("kv/data/never") || !b.has("kv/data/app"); time.Sleep(10 * time.Millisecond) {
				if time.Since(began) > 20*time.Second {
					t.Fatal("nothing was read")
				}
			}
			time.Sleep(100 * time.Millisecond) // the answer for the other one is there as well
			b.none("arguments", read(t, fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid)))
			open, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", cmd.Process.Pid))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range open {
				if name, err := os.Readlink(file); err == nil {
					b.none("an open file", name)
				}
			}
			if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.CoreDump() {
				t.Fatal("there is a core dump")
			}
			if traceback == "all" && strings.Count(stderr.String(), "goroutine ") < 5 {
				t.Errorf("no trace of goroutines:\n%.500s", stderr.String())
			}
			b.none("stdout", stdout.String())
			b.none("stderr", stderr.String())
			b.inFolder("the folder that it ran in", folder)
			b.nothingLeft()
		})
	}
	// What logged in was not asked to end.
	left, err := b.vault.LoginTokens()
	if err != nil {
		t.Fatal(err)
	}
	b.mayStay = left
}

// TestThisMachineDumpsCore shows that the one above can fail: where a process is to
// dump its core, it does.
func TestThisMachineDumpsCore(t *testing.T) {
	cmd := exec.Command("sh", "-c", "ulimit -c unlimited; kill -ABRT $$")
	cmd.Dir = t.TempDir()
	_ = cmd.Run()
	if !cmd.ProcessState.Sys().(syscall.WaitStatus).CoreDump() {
		t.Skip("this machine dumps no core")
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
