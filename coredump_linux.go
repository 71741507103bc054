package main

import "golang.org/x/sys/unix"

// leaveNoCoreDump keeps the system from writing the memory of this process, with the
// secrets in it, to a file or to a program that collects dumps, whatever limits it was
// started with; and others of the same user from looking into it. What it starts is
// not concerned.
func leaveNoCoreDump() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
