package vaultsrc

import (
	"fmt"
	"path"
	"strings"

	"github.com/esfn/esfn/fn"
)

// dataPath is the API path, below /v1/, of what a ref reads (buildPath in ESO's
// providers/v1/vault/client_get.go), cleaned as Vault's own client cleans it: so
// that two spellings of one path are one read.
//
// With a mount, a key may repeat the mount, and then, on KV v2, the data/ of the
// API path. Without a mount the key begins with it: KV v2's data/ goes after the
// first segment, unless the key has a /data/ already.
func dataPath(ref fn.Ref) string {
	key := ref.Key
	if !ref.HasMount {
		if ref.Engine == fn.KV2 && !strings.Contains(key, "/data/") {
			mount, rest, _ := strings.Cut(key, "/")
			key = mount + "/data/" + rest
		}
		return clean(key)
	}
	if inside, repeats := strings.CutPrefix(key, ref.Mount+"/"); repeats {
		key = inside
		if ref.Engine == fn.KV2 {
			key = strings.TrimPrefix(key, "data/")
		}
	}
	if ref.Engine == fn.KV2 {
		key = "data/" + key
	}
	return clean(ref.Mount + "/" + key)
}

// notKV refuses what no KV mount can hold: the parts of Vault's API where a
// manifest would find the tokens and the rights of whoever renders it.
func (at location) notKV() *fn.Fault {
	switch mount, _, _ := strings.Cut(at.path, "/"); mount {
	case "auth", "cubbyhole", "identity", "sys":
		return at.foreign()
	}
	return nil
}

// foreign is the fault of what is not KV: Vault's API would show a token to
// whoever has it, and a leased credential would end with esfn's login.
func (at location) foreign() *fn.Fault {
	return &fn.Fault{Cause: fmt.Sprintf("%s is no secret of a KV mount", at.path), Hint: "esfn reads KV v1 and v2 mounts, and nothing else of Vault"}
}

// clean drops doubled and trailing slashes and "." segments. There is no ".."
// in it: package fn refuses those.
func clean(p string) string { return strings.TrimPrefix(path.Join("/", p), "/") }
