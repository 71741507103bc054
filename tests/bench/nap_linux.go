package main

import (
	"syscall"
	"time"
)

// nap waits for just so long. Go's own timers are up to a millisecond late where a
// process is idle otherwise, and later where the processor is not: that would be a
// good part of a delay of 5 ms, and come to requests in bunches.
func nap(delay time.Duration) {
	if delay <= 0 {
		return
	}
	for left := syscall.NsecToTimespec(int64(delay)); syscall.Nanosleep(&left, &left) == syscall.EINTR; {
	}
}
