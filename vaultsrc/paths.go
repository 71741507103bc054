package vaultsrc

import (
	"fmt"
	"path"
	"strings"

	"github.com/esfn/esfn/fn"
)

// pathOf is the API path, below /v1/, of what a ref reads, cleaned as Vault's
// own client cleans it: so that two spellings of one path are one read.
func pathOf(ref fn.Ref) (string, *fn.Fault) {
	if ref.Part == fn.SecretPart {
		return dataPath(ref), nil
	}
	return metadataPath(ref)
}

// dataPath is where the fields of a secret stand (buildPath in ESO's
// providers/v1/vault/client_get.go).
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
	key = withoutMount(ref)
	if ref.Engine == fn.KV2 {
		key = "data/" + key
	}
	return clean(ref.Mount + "/" + key)
}

// metadataPath is where KV v2 keeps what it knows about a secret, and where both
// engines list a folder (buildMetadataPath in ESO).
//
// The metadata of a secret has the same key as the secret: a mount that the key
// repeats is dropped here, too, which ESO 2.9 does not do. A folder's key is no
// such key, and may well begin with a folder of the mount's name. Without a mount
// a key has to say with /data/ where the mount ends, since a wrong guess would
// list another place.
func metadataPath(ref fn.Ref) (string, *fn.Fault) {
	key := ref.Key
	switch {
	case ref.Engine == fn.KV1 && ref.Part == fn.MetadataPart:
		return "", &fn.Fault{Cause: "KV v1 keeps no metadata of a secret", Hint: "is the mount KV v2? Then the store needs spec.provider.vault.version: v2"}
	case ref.Engine == fn.KV1 && clean(ref.Mount+"/"+key) == "":
		return "", &fn.Fault{Cause: "nothing names the mount to list", Hint: "name it in the store's spec.provider.vault.path"}
	case ref.Engine == fn.KV1:
		return clean(ref.Mount + "/" + key), nil // Mount is empty where there is none
	case ref.HasMount && ref.Part == fn.MetadataPart:
		return clean(ref.Mount + "/metadata/" + withoutMount(ref)), nil
	case ref.HasMount:
		return clean(ref.Mount + "/metadata/" + key), nil
	case ref.Part == fn.FolderPart:
		key += "/" // secret/data is the root of secret
	}
	mount, below, ok := strings.Cut(key, "/data/")
	if !ok {
		return "", &fn.Fault{Cause: fmt.Sprintf("%q does not say where the mount ends, as in secret/data/app", ref.Key),
			Hint: "write it with data/ after the mount, or name the mount in the store's spec.provider.vault.path"}
	}
	return clean(mount + "/metadata/" + below), nil
}

// withoutMount drops the mount that a key repeats, and then, on KV v2, a data/.
func withoutMount(ref fn.Ref) string {
	key, repeats := strings.CutPrefix(ref.Key, ref.Mount+"/")
	if repeats && ref.Engine == fn.KV2 {
		key = strings.TrimPrefix(key, "data/")
	}
	return key
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
	return &fn.Fault{Cause: fmt.Sprintf("%s is no %s of a KV mount", at.path, at.noun()), Hint: "esfn reads KV v1 and v2 mounts, and nothing else of Vault"}
}

// clean drops doubled and trailing slashes and "." segments. There is no ".."
// in it: package fn refuses those, and folder those that Vault lists.
func clean(p string) string { return strings.TrimPrefix(path.Join("/", p), "/") }
