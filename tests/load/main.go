// Load has many renders at once against one real Vault, as an Argo CD repo-server has,
// and takes that Vault out of service in the middle: it is sealed and unsealed, and it
// ends and is started again. It prints what happened, and fails where a render made
// another Secret than the right one, failed without a reason, or left a token without
// saying so; or where memory or Vault's connections grew.
//
//	load [-duration 5m] [-at-once 50]
//
// What is written changes all the time, a version after the other, so that a Secret that
// is old, another tenant's, or of two versions at once is noticed.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	var o options
	flag.DurationVar(&o.duration, "duration", 5*time.Minute, "for how long renders are started")
	flag.IntVar(&o.atOnce, "at-once", 50, "how many renders there are at any time")
	flag.Parse()
	folder, err := os.MkdirTemp("", "esfn-load-")
	if err == nil {
		o.folder = folder
		err = load(o)
		os.RemoveAll(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func load(o options) error {
	p, err := build(o.folder, os.Stdout)
	if err != nil {
		return err
	}
	r, err := run(o, p)
	if err != nil {
		return err
	}
	fmt.Print(r.table())
	faults := r.faults()
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, "load:", fault)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d things are wrong", len(faults))
	}
	return nil
}
