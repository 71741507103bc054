// Argocd-vault-plugin is the real one, to be measured against: the same commands as
// upstream's own binary, at the version that go.mod pins.
package main

import (
	"os"

	"github.com/argoproj-labs/argocd-vault-plugin/cmd"
)

func main() {
	if err := cmd.NewRootCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
