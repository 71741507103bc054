package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/esfn/esfn/tests/bench/workload"
)

// The commands that are measured, with the files that they read.

// file writes a file into the run's folder, unless it is there already, and gives its
// path. What goes wrong is kept: it is looked at before anything runs.
func (b *bench) file(name, text string) string {
	path := filepath.Join(b.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil && b.unwritten == nil {
		b.unwritten = err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil && b.unwritten == nil {
		b.unwritten = err
	}
	return path
}

// esfnOf is esfn as a function, on ExternalSecrets for the secrets at these paths,
// with an AppRole from the manifests. It gets nothing from its environment.
func (b *bench) esfnOf(key func(int) string) command {
	name := "list.yaml"
	if key(0) == key(1) {
		name = "list-of-one-path.yaml"
	}
	items := append(workload.AppRoleStore(b.proxy.address, b.access), workload.ExternalSecrets(workload.Secrets, key)...)
	return command{args: []string{b.programs.esfn}, stdin: b.file(name, workload.List(items...)),
		mark: workload.ValueMarkBase64, times: workload.Secrets * workload.Fields}
}

// readerOf is the bare reader. It is given a token: it logs in nowhere.
func (b *bench) readerOf(name string, requests []string) command {
	return command{args: []string{b.programs.reader, "-connections", fmt.Sprint(connections), "-address", b.proxy.address, "-token-file", b.tokenFile},
		stdin: b.file(name, strings.Join(requests, "\n")+"\n")}
}

// avp is argocd-vault-plugin on a folder with a file for each Secret. It is given a
// token, so that it has no login to make.
func (b *bench) avp(folder string, secret func(int) string) command {
	for i := range workload.Secrets {
		b.file(fmt.Sprintf("%s/made-%d.yaml", folder, i), secret(i))
	}
	return command{args: []string{b.programs.avp, "generate", filepath.Join(b.folder, folder)},
		environment: []string{"AVP_TYPE=vault", "AVP_AUTH_TYPE=token", "VAULT_ADDR=" + b.proxy.address, "VAULT_TOKEN=" + b.access.Token},
		mark:        workload.ValueMark, times: workload.Secrets * workload.Fields}
}

// vals is one of vals' commands on all Secrets, in documents of these. It is given a
// token, too.
func (b *bench) vals(does, name string, documents ...string) command {
	return command{args: []string{b.programs.vals, does, "-s", "-f", b.file(name, strings.Join(documents, "---\n"))},
		environment: []string{"VAULT_ADDR=" + b.proxy.address, "VAULT_TOKEN=" + b.access.Token},
		mark:        workload.ValueMark, times: workload.Secrets * workload.Fields}
}
