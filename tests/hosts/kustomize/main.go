// Kustomize is the real kustomize, for tests: the same commands as upstream's
// own binary, at the version that go.mod pins.
package main

import (
	"os"

	"sigs.k8s.io/kustomize/kustomize/v5/commands"
)

func main() {
	if err := commands.NewDefaultCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
