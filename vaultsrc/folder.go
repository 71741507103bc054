package vaultsrc

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn"
)

// folder takes the names out of the answer to a LIST (listSecrets in ESO's
// providers/v1/vault/client_get_all_secrets.go). Vault has no empty folders: what
// is empty is a 404, and a 200 without names is none of Vault's. ESO takes an
// answer without keys for an empty folder, and would empty a Secret where the
// KV version is mixed up.
func (at location) folder(e envelope, data map[string]json.RawMessage) (fn.Answer, error) {
	keys := data["keys"]
	if isNull(keys) {
		switch {
		case at.engine == fn.KV1 && e.warns("Invalid path for a versioned K/V"):
			return fn.Answer{}, &fn.Fault{Missing: true, Cause: "no folder at " + at.path,
				Hint: "the mount is KV v2; set the store's spec.provider.vault.version: v2"}
		case at.engine == fn.KV2 && len(e.Warnings.items) > 0:
			return fn.Answer{}, at.notVersioned(e, "folder")
		}
		return fn.Answer{}, at.nameless()
	}
	var names []string
	if json.Unmarshal(keys, &names) != nil {
		return fn.Answer{}, at.nameless()
	}
	for _, name := range names {
		if !isName(name) {
			return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("%s holds something whose name no path can hold", at.path),
				Hint: "delete what is named . or .. or with a slash too many: it came there with %2E or %2F in its path"}
		}
	}
	return fn.Answer{Names: names, Path: at.path}, nil
}

// isName tells whether a path can hold a name from a listing. Vault keeps others
// too, where a slash or a dot came escaped, and lists them; a path with them is
// cleaned to another one, which a walk would be led to again and again.
func isName(name string) bool {
	name = strings.TrimSuffix(name, "/")
	return name != "" && name != "." && name != ".." && !strings.Contains(name, "/")
}

// nameless is the fault of an answer that is no listing.
func (at location) nameless() *fn.Fault {
	return &fn.Fault{Cause: fmt.Sprintf("the answer for %s is no list of names", at.path),
		Hint: "does the address lead to Vault's API, and the path to a KV mount?"}
}

// noFolder is the fault of a folder that is not there. Vault answers the same
// for a secret, for a mount without secrets and for KV v1 that is taken for v2.
func (at location) noFolder() *fn.Fault {
	hint := "a folder is named without the store's spec.provider.vault.path, and has secrets in it, or folders; a secret is none"
	if at.engine == fn.KV2 {
		hint += "; a KV v1 mount read as v2 looks the same"
	}
	return &fn.Fault{Missing: true, Cause: "no folder at " + at.path, Hint: hint}
}
