//go:build !linux

package main

import "time"

// nap waits for so long, or some more.
func nap(delay time.Duration) { time.Sleep(delay) }
