// Prepare builds the programs that the tests run against, all or those named,
// with a word on each that takes time: go test would swallow it.
package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/esfn/esfn/tests/testbed"
)

func main() {
	for _, p := range testbed.Programs {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], p.Name) {
			continue
		}
		if _, err := p.Build(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
