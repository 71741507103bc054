// Helm is the real helm, for tests: the same commands as upstream's own binary, at
// the version that go.mod pins.
package main

import (
	"os"

	helm "helm.sh/helm/v4/pkg/cmd"
)

func main() {
	command, err := helm.NewRootCmd(os.Stdout, os.Args[1:], helm.SetupLogging)
	if err != nil || command.Execute() != nil {
		os.Exit(1)
	}
}
