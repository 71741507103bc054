// Noop is a KRM function that does nothing, with kyaml's own framework: it reads a
// ResourceList from stdin and writes it to stdout. What it costs is what a function in
// Go costs that takes the way which kyaml offers.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
)

func main() {
	nothing := framework.ResourceListProcessorFunc(func(*framework.ResourceList) error { return nil })
	if err := framework.Execute(nothing, nil); err != nil {
		fmt.Fprintln(os.Stderr, "noop:", err)
		os.Exit(1)
	}
}
