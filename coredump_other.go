//go:build !unix

package main

// leaveNoCoreDump has nothing to do: there are none.
func leaveNoCoreDump() {}
