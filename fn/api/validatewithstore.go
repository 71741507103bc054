package api

import (
	"strconv"
	"strings"
)

// ProblemsWith returns what is wrong with a remoteRef, at a field, as soon as it
// is known what store it is read from: KV v2 refuses an empty key and a version
// that is no whole number (in any form of Go's), and KV v1 takes both.
func (r *RemoteRef) ProblemsWith(vault *VaultProvider, field string) (found []Problem) {
	if vault.Version == "v1" {
		if r.MetadataPolicy == "Fetch" {
			found = append(found, Problem{field + ".metadataPolicy", "KV v1 keeps no metadata", "leave it out, or use a KV v2 mount"})
		}
		return found
	}
	if strings.Trim(r.Key, "/") == "" {
		found = append(found, Problem{field + ".key", "is empty", "name the secret to read, as in: key: app/db"})
	}
	if _, err := strconv.ParseInt(r.Version, 0, 64); err != nil && r.Version != "" && r.MetadataPolicy != "Fetch" { // which ignores it
		found = append(found, Problem{field + ".version", quoted(r.Version) + " is no version: versions of a secret are whole numbers", "leave it out for the latest version"})
	}
	if r.MetadataPolicy == "Fetch" && vault.Path == nil && !strings.Contains(r.Key, "/data/") {
		found = append(found, Problem{field + ".key", noMetadataPath, "set the store's spec.provider.vault.path, or write the key with data/ after the mount, as in: secret/data/app/db"})
	}
	return found
}

// ProblemsWith returns what is wrong with a find, at a field, as soon as it is
// known what store it is read from.
func (f *Find) ProblemsWith(vault *VaultProvider, field string) (found []Problem) {
	if vault.Version == "v1" && f.Tags != nil {
		found = append(found, Problem{field + ".tags", "KV v1 keeps no metadata to find tags in", "choose by name, or use a KV v2 mount"})
	}
	path := ""
	if f.Path != nil {
		path = *f.Path + "/"
	}
	const setPath = "set the store's spec.provider.vault.path to the mount"
	switch {
	case vault.Path != nil:
	case vault.Version == "v1":
		found = append(found, Problem{field, "cannot tell the mount: the store names none", setPath})
	case !strings.Contains(path, "/data/"):
		found = append(found, Problem{field + ".path", noMetadataPath, setPath + ", or write the path with data after the mount, as in: secret/data/app"})
	}
	return found
}

// noMetadataPath is said where a path has to become one of KV v2's metadata, and
// nothing shows where in it the mount ends.
const noMetadataPath = "cannot tell the mount: the store names none, and there is no /data/ in the path"
