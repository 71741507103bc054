package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnAnswerIsWrittenWholeOrNot says what becomes of stdout, a file and a pipe. Full
// disks and pipes that are closed are in tests/testdata/scripts/half-written.
func TestAnAnswerIsWrittenWholeOrNot(t *testing.T) {
	answer := []byte(strings.Repeat("made-up-answer\n", 100_000)) // more than a pipe holds
	before, after := context.WithCancel(t.Context())
	after()
	ended := before
	for _, tc := range []struct {
		name string
		// reads is what the one at the end of the pipe does, with the means to send
		// a signal.
		reads     func(pipe io.Reader, signal func()) int64
		signalled context.Context
		code      int
		stderr    string
		read      int64
	}{
		{name: "no signal", code: 0, read: int64(len(answer)), signalled: t.Context(),
			reads: func(pipe io.Reader, _ func()) int64 { n, _ := io.Copy(io.Discard, pipe); return n }},
		{name: "a signal before", code: 1, stderr: "error: interrupted\n", signalled: ended,
			reads: func(pipe io.Reader, _ func()) int64 { n, _ := io.Copy(io.Discard, pipe); return n }},
		{name: "a signal in its middle, and a reader that goes on", code: 0, read: int64(len(answer)), signalled: t.Context(),
			reads: func(pipe io.Reader, signal func()) int64 {
				first, _ := io.CopyN(io.Discard, pipe, 1000)
				signal()
				rest, _ := io.Copy(io.Discard, pipe)
				return first + rest
			}},
		{name: "a signal in its middle, and a reader that does not", code: 1, read: 1000, signalled: t.Context(),
			stderr: "error: interrupted\nerror: stdout: the output was not read to its end\n  hint: what was read of it is not to be used\n",
			reads: func(pipe io.Reader, signal func()) int64 {
				first, _ := io.CopyN(io.Discard, pipe, 1000)
				signal()
				return first
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from, to, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer from.Close()
			signalled, signal := context.WithCancel(tc.signalled)
			defer signal()
			read := make(chan int64, 1)
			go func() { read <- tc.reads(from, signal) }()
			var stderr bytes.Buffer
			code := write(signalled, to, &stderr, answer)
			to.Close()
			if n := <-read; code != tc.code || stderr.String() != tc.stderr || n != tc.read {
				t.Errorf("exit status %d, want %d, and %d bytes read, want %d\n%s", code, tc.code, n, tc.read, stderr.String())
			}
		})
	}
}

// TestTakingBack leaves a file alone that has something else at its end.
func TestTakingBack(t *testing.T) {
	for _, tc := range []struct{ name, other, want string }{
		{"its own", "", "before, "},
		{"another's behind it", "another's", "before, half of another's"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file, err := os.OpenFile(filepath.Join(t.TempDir(), "out"), os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			_, _ = io.WriteString(file, "before, ")
			length := size(file)
			n, _ := io.WriteString(file, "half of ")
			_, _ = io.WriteString(file, tc.other)
			takeBack(file, length, n)
			at, err := file.Seek(0, io.SeekCurrent)
			got, readErr := os.ReadFile(file.Name())
			if err := errors.Join(err, readErr); err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want || at != int64(len(tc.want)) {
				t.Errorf("%q is left, and the next write is at %d", got, at)
			}
		})
	}
}

// TestWhoReadsSlowlyHasHalfASecondInAll for what is written after the run has ended.
func TestWhoReadsSlowlyHasHalfASecondInAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		gone := make(chan struct{})
		defer func() {
			from.Close()
			<-gone
		}()
		over, end := context.WithCancel(t.Context())
		told := &untilFailed{run: over, to: to}
		go func() {
			defer close(gone)
			for one := make([]byte, 1); ; {
				time.Sleep(200 * time.Millisecond)
				if _, err := from.Read(one); err != nil {
					return
				}
			}
		}()
		write := func(n int) (took time.Duration) {
			began := time.Now()
			for range n {
				_, _ = told.Write([]byte("x"))
			}
			return time.Since(began)
		}
		if took := write(10); took != 2*time.Second || told.err != nil {
			t.Errorf("while the run goes on: %s, %v", took, told.err)
		}
		end()
		if took := write(10); took != writeGrace || told.err != errNotRead {
			t.Errorf("when it has ended: %s, %v", took, told.err)
		}
	})
}
