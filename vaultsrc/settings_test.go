package vaultsrc

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/secret"
)

// TestFilesBelowHome reads nothing of HOME that no variable names, and expands the
// ~/ of those that do: where a .env file or a host sets them, no shell has.
func TestFilesBelowHome(t *testing.T) {
	pem, err := os.ReadFile("../fn/template/testdata/root.crt")
	if err != nil {
		t.Fatal(err)
	}
	missing := &fs.PathError{Op: "open", Err: fs.ErrNotExist}
	for _, tc := range []struct {
		name                  string
		env                   map[string]string
		files                 map[string]string
		want                  string // the token
		read                  string // files, as they were asked for
		kubernetesFile, fault string
	}{
		{"no variable", nil, map[string]string{"/home/ada/.vault-token": "made-up"}, "", "", "", ""},
		{"a token of vault login", map[string]string{"VAULT_TOKEN_FILE": "~/.vault-token"}, map[string]string{"/home/ada/.vault-token": "made-up"}, "made-up", "/home/ada/.vault-token", "", ""},
		{"as a shell writes it", map[string]string{"VAULT_TOKEN_FILE": "/home/ada/.vault-token"}, map[string]string{"/home/ada/.vault-token": "made-up\n"}, "made-up", "/home/ada/.vault-token", "", ""},
		{"another user's home is not looked up", map[string]string{"VAULT_TOKEN_FILE": "~bob/.vault-token"}, nil, "", "~bob/.vault-token", "",
			"error: VAULT_TOKEN_FILE: ~bob/.vault-token cannot be read: file does not exist\n  hint: vault login puts the token there"},
		{"no token yet", map[string]string{"VAULT_TOKEN_FILE": "~/.vault-token"}, nil, "", "/home/ada/.vault-token", "",
			"error: VAULT_TOKEN_FILE: ~/.vault-token cannot be read: file does not exist\n  hint: vault login puts the token there"},
		{"another file has no such hint", map[string]string{"VAULT_TOKEN_FILE": "~/token"}, nil, "", "/home/ada/token", "",
			"error: VAULT_TOKEN_FILE: ~/token cannot be read: file does not exist"},
		{"no HOME", map[string]string{"HOME": "", "VAULT_TOKEN_FILE": "~/.vault-token"}, nil, "", "~/.vault-token", "",
			"error: VAULT_TOKEN_FILE: ~/.vault-token cannot be read: file does not exist\n  hint: HOME is not set: write the path without ~"},
		{"an empty one", map[string]string{"VAULT_TOKEN_FILE": "~/.vault-token"}, map[string]string{"/home/ada/.vault-token": "\n"}, "", "/home/ada/.vault-token", "",
			"error: VAULT_TOKEN_FILE: ~/.vault-token is empty"},
		{"the other files", map[string]string{"VAULT_CACERT": "~/ca.pem", "ESFN_KUBERNETES_TOKEN_FILE": "~/sa/token"}, map[string]string{"/home/ada/ca.pem": string(pem)}, "", "/home/ada/ca.pem", "/home/ada/sa/token", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := map[string]string{"HOME": "/home/ada"}
			maps.Copy(env, tc.env)
			var read []string
			s, problems := ParseSettings(func(name string) string { return env[name] }, func(name string) ([]byte, error) {
				read = append(read, name)
				text, ok := tc.files[name]
				if !ok {
					return nil, missing
				}
				return []byte(text), nil
			})
			if diff := cmp.Diff(tc.fault, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if got := strings.Join(read, " "); got != tc.read || s.KubernetesTokenFile != tc.kubernetesFile {
				t.Errorf("read %q, to read %q", got, s.KubernetesTokenFile)
			}
			if s.Token != secret.New(tc.want) {
				t.Error("not the token that is meant")
			}
		})
	}
}
