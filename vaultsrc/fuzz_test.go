package vaultsrc

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
)

// FuzzPaths builds the path of any key: the same twice, clean, and inside the
// mount wherever neither leads out of it.
func FuzzPaths(f *testing.F) {
	for _, key := range []string{"foo", "/foo", "foo/", "./foo", "secret/foo", "secret/data/foo", "data/foo", "/secret/foo", "secret/secret/foo",
		"dev//config", "", "a/data/b/data/c", "/data/x", "data", "a b%20?#é", "secret/", "//", "."} {
		for _, mount := range []string{"secret", "secret/", "/secret", "team/kv", "", "secret/data", "/", "."} {
			f.Add(mount, key, true, true)
		}
		f.Add("", key, false, true)
		f.Add("secret", key, true, false)
		f.Add("", key, false, false)
	}
	f.Fuzz(func(t *testing.T, mount, key string, hasMount, versioned bool) {
		if slices.Contains(strings.Split(mount+"/"+key, "/"), "..") {
			return // refused by package api
		}
		if !hasMount {
			mount = ""
		}
		ref := fn.Ref{Engine: fn.KV1, Mount: mount, HasMount: hasMount, Key: key}
		if versioned {
			ref.Engine = fn.KV2
		}
		for _, ref.Part = range []fn.Part{fn.SecretPart, fn.MetadataPart, fn.FolderPart} {
			got, fault := pathOf(ref)
			again, _ := pathOf(ref)
			if got != again {
				t.Errorf("%q, and then %q", got, again)
			}
			if fault != nil {
				if got != "" || fault.Cause == "" || fault.Missing {
					t.Errorf("path %q with the fault %+v", got, fault)
				}
				continue
			}
			if got != strings.TrimPrefix(path.Clean("/"+got), "/") {
				t.Errorf("%q is not clean", got)
			}
			if below := strings.Trim(path.Clean("/"+mount), "/"); hasMount && got != below && below != "" && !strings.HasPrefix(got, below+"/") {
				t.Errorf("%q is outside of the mount %q", got, mount)
			}
		}
	})
}
