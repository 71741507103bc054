package main

import (
	"os"
	"testing"
	"time"
)

// TestAShortLoad is make load in little: fewer renders, for seconds.
func TestAShortLoad(t *testing.T) {
	folder := t.TempDir()
	p, err := build(folder, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run(options{duration: 12 * time.Second, atOnce: 12, folder: folder}, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + r.table())
	for _, fault := range r.faults() {
		t.Error(fault)
	}
}
