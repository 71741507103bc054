package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/esfn/esfn/fn"
)

const (
	// progressAfter is how long a run says nothing.
	progressAfter = time.Second
	// progressEvery is how often the line is written anew.
	progressEvery = 200 * time.Millisecond
)

// isWatched tells whether somebody looks at what is written to stderr. Where a host
// gives a ResourceList, it may pass stderr on to a terminal, but what is there is the
// host's. A CI system may give its jobs a terminal, whose every state is in its log.
func isWatched(stderr io.Writer, host bool, getenv func(string) string) bool {
	file, ok := stderr.(*os.File)
	if host || !ok || getenv("CI") != "" {
		return false
	}
	name := getenv("TERM")
	return name != "" && name != "dumb" && term.IsTerminal(int(file.Fd()))
}

// show writes how far a run is, in one line that it rewrites in place, once the run
// takes more than a second. The line is gone when stop returns, but for
// a terminal that takes nothing.
func show(stderr io.Writer, progress *fn.Progress) (stop func()) {
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		line := ""
		for wait := progressAfter; ; wait = progressEvery {
			select {
			case <-ended:
				erase(stderr, line)
				return
			case <-time.After(wait):
			}
			if done, known := progress.Count(); known > 0 {
				next := fmt.Sprintf("esfn: %d of %d read", done, known)
				if next != line {
					erase(stderr, line)
					fmt.Fprint(stderr, next)
					line = next
				}
			}
		}
	}()
	return func() {
		close(ended)
		select {
		case <-gone:
		case <-time.After(progressEvery): // a terminal that is stopped takes nothing
		}
	}
}

// erase takes a line away that the cursor stands behind. Blanks do so on every terminal.
func erase(stderr io.Writer, line string) {
	if line != "" {
		fmt.Fprint(stderr, "\r"+strings.Repeat(" ", len(line))+"\r")
	}
}
