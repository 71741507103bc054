package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/esfn/esfn/fn"
)

// writeGrace is how long whoever reads stdout may take for the rest of an answer when
// a signal came in the middle of it, or the time for the run was over.
const writeGrace = 500 * time.Millisecond

// write puts a finished answer on stdout, and returns the exit code. Nothing is written
// where a signal came before. An answer that could not be written whole is taken back
// out of a file; what a pipe has taken is gone, and the exit code is all that tells.
func write(signalled context.Context, stdout, stderr io.Writer, answer []byte) int {
	if signalled.Err() != nil {
		return say(stderr, interrupted)
	}
	before := size(stdout)
	written := make(chan error, 1)
	go func() {
		n, err := stdout.Write(answer)
		if err != nil {
			takeBack(stdout, before, n)
		}
		written <- err
	}()
	late := make(chan struct{})
	defer context.AfterFunc(signalled, func() { time.AfterFunc(writeGrace, func() { close(late) }) })()
	select {
	case err := <-written:
		if err == nil {
			return 0
		}
		return say(stderr, notWhole(err))
	case <-late:
		return say(stderr, interrupted, fn.Problem{Field: "stdout", Cause: "the output was not read to its end", Hint: "what was read of it is not to be used"})
	}
}

// notWhole is the problem of an output that stdout has not taken to its end.
func notWhole(err error) fn.Problem {
	return fn.Problem{Field: "stdout", Cause: "the output was not written whole: " + fileFault(err), Hint: "what was read of it is not to be used"}
}

// untilFailed writes to something until that fails, or is not done soon after the run has
// ended, and keeps why.
type untilFailed struct {
	run context.Context
	to  io.Writer
	err error
	// waited is how long it was waited for who reads, since the run has ended.
	waited time.Duration
}

func (u *untilFailed) Write(text []byte) (int, error) {
	if u.err != nil {
		return len(text), nil
	}
	text = slices.Clone(text) // the caller's to change as soon as this returns
	written := make(chan error, 1)
	go func() {
		_, err := u.to.Write(text)
		written <- err
	}()
	select {
	case u.err = <-written:
		return len(text), nil
	case <-u.run.Done():
	}
	began := time.Now()
	select {
	case u.err = <-written:
	case <-time.After(writeGrace - u.waited):
		u.err = errNotRead
	}
	u.waited += time.Since(began)
	return len(text), nil
}

// errNotRead is why an output is not whole whose reader took too long.
var errNotRead = errors.New("nobody reads it")

// say puts problems on stderr, and returns the exit code that goes with them.
func say(stderr io.Writer, problems ...fn.Problem) int {
	fmt.Fprintln(stderr, fn.Problems(problems).Error())
	return 1
}

// size is that of a file, or negative for anything else.
func size(stdout io.Writer) int64 {
	if file, ok := stdout.(*os.File); ok {
		if now, err := file.Stat(); err == nil && now.Mode().IsRegular() {
			return now.Size()
		}
	}
	return -1
}

// takeBack removes the n bytes that were written last from a file of that size before,
// unless somebody else has written there as well. Where it cannot, the exit code tells
// alone.
func takeBack(stdout io.Writer, before int64, n int) {
	if before >= 0 && size(stdout) == before+int64(n) {
		file := stdout.(*os.File)
		_ = file.Truncate(before)
		_, _ = file.Seek(-int64(n), io.SeekCurrent)
	}
}
