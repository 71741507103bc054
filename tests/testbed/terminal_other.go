//go:build !linux

package testbed

import (
	"errors"
	"os"
)

// OpenTerminal opens a pseudo-terminal, on Linux.
func OpenTerminal() (terminal, screen *os.File, err error) {
	return nil, nil, errors.New("a pseudo-terminal is opened on Linux only")
}
