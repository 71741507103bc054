// Supply answers for what esfn's binary is made of: the modules linked into it, their
// licences and vulnerabilities, and that anyone can build the same bytes again.
//
//	go -C supply run . audit      what docs/modules.md says against what is there
//	go -C supply run . sbom       a list of what a binary is made of, in SPDX
//	go -C supply run . licences   the licence texts of what is linked, in one file
//	go -C supply run . labels     what `docker build` is to say of a binary
//	go -C supply run . reproduce  two clones, two builds, the same bytes
//
// The Makefile has a target for each.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

// root is esfn's folder, from that of this module, which `go -C supply` runs in.
const root = ".."

const usage = `usage: go -C supply run . COMMAND

audit [-vulndb VERSION|FOLDER|URL] [-release]   modules, licences, vulnerabilities
sbom BINARY FILE                                what the binary is made of: SPDX 2.3, JSON
licences PROGRAM FILE                           licence texts of esfn, or of kustomize
labels BINARY                                   arguments for docker build
reproduce                                       build the last commit twice, and compare
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	command, args := args[0], args[1:]
	switch {
	case command == "audit":
		return auditCommand(ctx, args)
	case command == "sbom" && len(args) == 2:
		return writeSBOM(args[0], args[1])
	case command == "licences" && len(args) == 2:
		return writeLicences(ctx, args[0], args[1])
	case command == "labels" && len(args) == 1:
		return printLabels(os.Stdout, args[0])
	case command == "reproduce" && len(args) == 0:
		return reproduce(ctx)
	}
	return fmt.Errorf("%s %q is not understood\n%s", command, args, usage)
}

func auditCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	database := flags.String("vulndb", "latest", "version of the vulnerability database, its folder, or its address")
	release := flags.Bool("release", false, "for every target, and let Go have no vulnerability either")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("audit takes no argument %q", flags.Arg(0))
	}
	return audit(ctx, os.Stdout, *database, *release)
}
