//go:build unix && !linux

package main

import "golang.org/x/sys/unix"

// leaveNoCoreDump keeps the system from writing the memory of this process, with the
// secrets in it, to a file.
func leaveNoCoreDump() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
