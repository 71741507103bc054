package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/esfn/esfn/fn"
)

// interrupted is the problem of a run that a signal ended.
var interrupted = fn.Problem{Cause: "interrupted"}

// endWithin is how long a run may take to end after a signal. What goes on then is left:
// a stdout or a stderr that nobody reads, or a list that is still being encoded.
const endWithin = 900 * time.Millisecond

// late is the problem of a run that took longer.
var late = fn.Problem{Cause: "interrupted, and it did not end in time", Hint: "a token that it got and had not revoked yet ends with its lease"}

// untilSignal gives a context that ends with the first signal to end the process. The
// second one ends it at once, and so does time, unless stop is called before; stderr is
// told then, if it listens.
func untilSignal(stderr io.Writer) (signalled context.Context, stop context.CancelFunc) {
	signalled, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	stopped := make(chan struct{})
	unneeded := context.AfterFunc(signalled, func() {
		cancel()
		select {
		case <-time.After(endWithin):
			told := make(chan struct{})
			go func() {
				say(stderr, late)
				close(told)
			}()
			select {
			case <-told:
			case <-time.After(50 * time.Millisecond):
			}
			os.Exit(1)
		case <-stopped:
		}
	})
	return signalled, sync.OnceFunc(func() {
		unneeded()
		close(stopped)
		cancel()
	})
}

// outlivePipes has a write to a pipe that nobody reads any more be an error like any
// other: Go would end the process, and with no word and no exit status.
func outlivePipes() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
