// Argocd is the two ends of a config management plugin of Argo CD, for tests, by
// Argo CD's own code at the version that go.mod pins.
//
//	argocd cmp-server --config-dir-path FOLDER
//	argocd generate [-plugin NAME] [-env NAME=VALUE]… [-parameter NAME=VALUE]… [-root FOLDER] [-timeout 60s] FOLDER
//
// Both find the plugins' sockets in the folder $ARGOCD_PLUGINSOCKFILEPATH.
package main

import (
	"fmt"
	"os"
)

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
		os.Args = append(os.Args[:1], os.Args[2:]...)
	}
	var err error
	switch command {
	case "cmp-server":
		err = serve()
	case "generate":
		err = generate(os.Args[1:])
	default:
		err = fmt.Errorf("usage: argocd cmp-server|generate …")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
