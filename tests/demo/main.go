// Demo shows esfn's main job with real programs: it starts a Vault, writes one
// secret, and renders examples/quickstart with kustomize. It prints each step as
// the command that it is, and leaves nothing behind.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/esfn/esfn/tests/testbed"
)

func main() {
	if err := demo(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func demo() error {
	folder, err := os.MkdirTemp("", "esfn-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	say("Building esfn, a real Vault and kustomize from source: 3 to 5 minutes the first time, seconds after that.")
	if _, err := testbed.BuildEsfn(folder); err != nil {
		return err
	}
	kustomize, err := testbed.KustomizeProgram.Build(os.Stdout)
	if err != nil {
		return err
	}
	binary, err := testbed.VaultProgram.Build(os.Stdout)
	if err != nil {
		return err
	}

	vault, err := testbed.StartVault(binary)
	if err != nil {
		return err
	}
	defer vault.Stop()
	say("\nA Vault runs at %s. What the walk-through puts into it, and a token that may read just that:", vault.Address)
	if err := seed(vault); err != nil {
		return err
	}
	token, err := vault.Token("service", "10m", "reader")
	if err != nil {
		return err
	}

	say("\nThe ExternalSecret and its store, as they would be applied to a cluster:")
	for _, name := range []string{"externalsecret.yaml", "store.yaml"} {
		say("\n$ cat examples/quickstart/%s", name)
		text, err := os.ReadFile(filepath.Join("examples", "quickstart", name))
		if err != nil {
			return err
		}
		fmt.Print(string(text))
	}

	say("\nAnd what comes of it, with the server and the token of whoever renders in place of the cluster's:")
	say("\n$ export VAULT_ADDR=%s VAULT_TOKEN=…", vault.Address)
	const build = "kustomize build --enable-alpha-plugins --enable-exec examples/quickstart"
	say("$ %s", build)
	args := strings.Fields(build)
	cmd := exec.Command(kustomize, args[1:]...)
	cmd.Env = append(withoutSettings(os.Environ()), "VAULT_ADDR="+vault.Address, "VAULT_TOKEN="+token, "PATH="+folder+":"+os.Getenv("PATH"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", build, err)
	}

	say("\nNo cluster, no controller, and nothing secret in a file. bXlzZWNyZXQ= is mysecret in base64.")
	return nil
}

// withoutSettings drops what would tell esfn something else than the demo does.
func withoutSettings(environment []string) []string {
	return slices.DeleteFunc(environment, func(variable string) bool {
		return strings.HasPrefix(variable, "VAULT_") || strings.HasPrefix(variable, "ESFN_")
	})
}

// seed sets Vault up over its HTTP API: there is no vault command here.
func seed(vault *testbed.Vault) error {
	for _, step := range []struct{ like, path, body string }{
		{"vault secrets enable -path=eso kv-v2", "sys/mounts/eso", `{"type":"kv","options":{"version":"2"}}`},
		{"vault kv put eso/foo my-value=mysecret", "eso/data/foo", `{"data":{"my-value":"mysecret"}}`},
		{`vault policy write reader - <<< 'path "eso/data/foo" { capabilities = ["read"] }'`, "sys/policies/acl/reader",
			`{"policy":"path \"eso/data/foo\" { capabilities = [\"read\"] }"}`},
		{"vault token create -policy=reader -ttl=10m", "", ""},
	} {
		say("  %s", step.like)
		if step.path == "" {
			continue
		}
		if _, err := vault.Do("POST", step.path, step.body); err != nil {
			return err
		}
	}
	return nil
}

func say(text string, args ...any) { fmt.Printf(text+"\n", args...) }
