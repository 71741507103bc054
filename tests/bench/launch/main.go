// Launch runs one command and says what it took, as JSON on stdout:
//
//	launch -stdout FILE COMMAND [ARGUMENT…]
//
// It is a program of its own because of the peak memory. A child that is started by
// vfork, as Go does it, borrows its parent's memory until it runs its own program, and
// Linux counts the parent's peak as the child's. Under a parent of 50 MB no child
// takes less than 50 MB; under this one none takes less than about 2.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// patience is more than the slowest peer takes.
const patience = 10 * time.Minute

func main() {
	stdout := flag.String("stdout", os.DevNull, "the file for the command's stdout")
	nothing := flag.Bool("nothing", false, "do nothing: the smallest command there is")
	flag.Parse()
	if *nothing {
		return
	}
	if err := launch(*stdout, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "launch:", err)
		os.Exit(1)
	}
}

// endWithParent ends the command once there is nobody left to be told of it.
func endWithParent(end func()) {
	for parent := os.Getppid(); os.Getppid() == parent; time.Sleep(time.Second) {
	}
	end()
}

func launch(stdout string, command []string) error {
	if len(command) == 0 {
		return errors.New("no command")
	}
	out, err := os.Create(stdout)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go endWithParent(cancel)
	child := exec.CommandContext(ctx, command[0], command[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, out, os.Stderr
	began := time.Now()
	if err := child.Run(); child.ProcessState == nil {
		return err
	}
	wall := time.Since(began)
	peak := child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" {
		peak *= 1024 // elsewhere it is in KiB
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"wall": wall,
		"cpu":  child.ProcessState.UserTime() + child.ProcessState.SystemTime(),
		"peak": peak,
		"exit": child.ProcessState.ExitCode(),
	})
}
