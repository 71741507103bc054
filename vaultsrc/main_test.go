package vaultsrc

import (
	"io"
	"log"
	"os"
	"strings"
	"testing"
)

// TestMain clears what main clears before it makes a client: Vault's client
// reads it, and the tests are not to depend on who runs them.
func TestMain(m *testing.M) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VAULT_") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// discardLog is for servers that are to be failed.
var discardLog = log.New(io.Discard, "", 0)
