package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/esfn/esfn/fn"
)

// interrupted is the problem of a run that a signal ended.
var interrupted = fn.Problem{Cause: "interrupted"}

// untilSignal gives a context that ends with the first signal to end the process. The
// second one ends it at once, as does the first outside of stop.
func untilSignal() (signalled context.Context, stop context.CancelFunc) {
	signalled, stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(signalled, stop)
	return signalled, stop
}

// outlivePipes has a write to a pipe that nobody reads any more be an error like any
// other: Go would end the process, and with no word and no exit status.
func outlivePipes() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
