package main

import (
	"io"
	"path/filepath"

	"github.com/esfn/esfn/tests/testbed"
)

// programs are the binaries: esfn, Vault, and bench/launch, which measures one process
// and is small enough itself for that.
type programs struct{ esfn, launch, vault string }

func build(folder string, progress io.Writer) (p programs, err error) {
	if p.esfn, err = testbed.BuildEsfn(folder); err != nil {
		return p, err
	}
	p.launch = filepath.Join(folder, "launch")
	if err = testbed.GoBuildBelow("tests/bench/launch", p.launch); err != nil {
		return p, err
	}
	p.vault, err = testbed.VaultProgram.Build(progress)
	return p, err
}
