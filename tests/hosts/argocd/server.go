package main

import (
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	"github.com/argoproj/argo-cd/v3/common"
)

// serve is argocd-cmp-server itself, as it is in a sidecar of the repo-server. It
// prints one READY line when a plugin can be asked.
func serve() error {
	go func() {
		for {
			sockets, _ := filepath.Glob(filepath.Join(common.GetPluginSockFilePath(), "*.sock"))
			for _, socket := range sockets {
				if conn, err := net.Dial("unix", socket); err == nil {
					conn.Close()
					fmt.Printf("READY socket=%s\n", socket)
					return
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return commands.NewCommand().Execute()
}
