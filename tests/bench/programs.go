package main

import (
	"io"
	"path/filepath"

	"github.com/esfn/esfn/tests/testbed"
)

// programs are the binaries, each built in the same way: static, trimmed, stripped.
type programs struct{ esfn, noop, reader, launch, vault, avp, vals string }

// build builds what changes into a folder, and what is pinned into the tests' cache.
func build(folder string, progress io.Writer) (p programs, err error) {
	for _, own := range []struct {
		binary *string
		source string
	}{{&p.esfn, "."}, {&p.noop, "tests/bench/noop"}, {&p.reader, "tests/bench/reader"}, {&p.launch, "tests/bench/launch"}} {
		*own.binary = filepath.Join(folder, "esfn")
		if own.source != "." {
			*own.binary = filepath.Join(folder, filepath.Base(own.source))
		}
		if err := testbed.GoBuild(own.source, *own.binary); err != nil {
			return p, err
		}
	}
	for _, pinned := range []struct {
		binary  *string
		program testbed.Program
	}{{&p.vault, testbed.VaultProgram}, {&p.vals, testbed.ValsProgram}, {&p.avp, testbed.AVPProgram}} {
		if *pinned.binary, err = pinned.program.Build(progress); err != nil {
			return p, err
		}
	}
	return p, nil
}
