package vaultsrc

import (
	"testing"

	"github.com/esfn/esfn/fn"
)

// TestDataPath has the paths that ESO's own provider was seen to request.
func TestDataPath(t *testing.T) {
	const unset = "\x00"
	for _, tc := range []struct {
		mount  string
		engine fn.Engine
		key    string
		want   string
	}{
		{"secret", fn.KV2, "foo", "secret/data/foo"},
		{"secret", fn.KV2, "/foo", "secret/data/foo"},
		{"secret", fn.KV2, "foo/", "secret/data/foo"},
		{"secret", fn.KV2, "./foo", "secret/data/foo"},
		{"secret", fn.KV2, "secret/foo", "secret/data/foo"},
		{"secret", fn.KV2, "secret/data/foo", "secret/data/foo"},
		{"secret", fn.KV2, "data/foo", "secret/data/data/foo"},
		{"secret", fn.KV2, "/secret/foo", "secret/data/secret/foo"},
		{"secret", fn.KV2, "secret/secret/foo", "secret/data/secret/foo"},
		{"secret", fn.KV2, "dev//config", "secret/data/dev/config"},
		{"secret/", fn.KV2, "foo", "secret/data/foo"},
		{"secret/", fn.KV2, "secret/foo", "secret/data/secret/foo"},
		{"/secret", fn.KV2, "foo", "secret/data/foo"},
		{"secret/data", fn.KV2, "foo", "secret/data/data/foo"},
		{"team/kv", fn.KV2, "foo", "team/kv/data/foo"},
		{"team/kv", fn.KV2, "team/kv/foo", "team/kv/data/foo"},
		{"team", fn.KV2, "kv/foo", "team/data/kv/foo"},
		{"", fn.KV2, "foo", "data/foo"},
		{unset, fn.KV2, "secret/foo", "secret/data/foo"},
		{unset, fn.KV2, "secret/data/foo", "secret/data/foo"},
		{unset, fn.KV2, "/secret/foo", "data/secret/foo"},
		{unset, fn.KV2, "foo", "foo/data"},
		{unset, fn.KV2, "team/kv/foo", "team/data/kv/foo"},
		{unset, fn.KV2, "secret/foo/data/bar", "secret/foo/data/bar"},
		{unset, fn.KV2, "data/foo", "data/data/foo"},
		{"kv1", fn.KV1, "foo", "kv1/foo"},
		{"kv1", fn.KV1, "kv1/foo", "kv1/foo"},
		{"kv1", fn.KV1, "/foo", "kv1/foo"},
		{"kv1", fn.KV1, "kv1/data/foo", "kv1/data/foo"},
		{unset, fn.KV1, "kv1/foo", "kv1/foo"},
		{unset, fn.KV1, "/kv1/foo", "kv1/foo"},
	} {
		ref := fn.Ref{Engine: tc.engine, Mount: tc.mount, HasMount: tc.mount != unset, Key: tc.key}
		if got := dataPath(ref); got != tc.want {
			t.Errorf("mount %q, %s, key %q: got %s, want %s", tc.mount, tc.engine, tc.key, got, tc.want)
		}
	}
}

// TestMetadataPath has the paths of metadata and of folders; "" is one that is
// refused.
func TestMetadataPath(t *testing.T) {
	const unset = "\x00"
	for _, tc := range []struct {
		mount    string
		engine   fn.Engine
		key      string
		metadata string
		folder   string
	}{
		{"secret", fn.KV2, "foo", "secret/metadata/foo", "secret/metadata/foo"},
		{"secret", fn.KV2, "", "secret/metadata", "secret/metadata"},
		{"secret", fn.KV2, "/", "secret/metadata", "secret/metadata"},
		{"secret", fn.KV2, "foo/", "secret/metadata/foo", "secret/metadata/foo"},
		{"secret", fn.KV2, "/foo", "secret/metadata/foo", "secret/metadata/foo"},
		{"secret", fn.KV2, "dev//./db/", "secret/metadata/dev/db", "secret/metadata/dev/db"},
		{"secret", fn.KV2, "secret/foo", "secret/metadata/foo", "secret/metadata/secret/foo"},
		{"secret", fn.KV2, "secret/data/foo", "secret/metadata/foo", "secret/metadata/secret/data/foo"},
		{"secret", fn.KV2, "secret/metadata/foo", "secret/metadata/metadata/foo", "secret/metadata/secret/metadata/foo"},
		{"secret", fn.KV2, "secret/secret/foo", "secret/metadata/secret/foo", "secret/metadata/secret/secret/foo"},
		{"secret", fn.KV2, "/secret/foo", "secret/metadata/secret/foo", "secret/metadata/secret/foo"},
		{"secret", fn.KV2, "data/foo", "secret/metadata/data/foo", "secret/metadata/data/foo"},
		{"secret/", fn.KV2, "secret/foo", "secret/metadata/secret/foo", "secret/metadata/secret/foo"},
		{"team/kv", fn.KV2, "team/kv/foo", "team/kv/metadata/foo", "team/kv/metadata/team/kv/foo"},
		{"", fn.KV2, "foo", "metadata/foo", "metadata/foo"},
		{unset, fn.KV2, "secret/data/foo", "secret/metadata/foo", "secret/metadata/foo"},
		{unset, fn.KV2, "team/kv/data/a/data/b", "team/kv/metadata/a/data/b", "team/kv/metadata/a/data/b"},
		{unset, fn.KV2, "secret/data/", "secret/metadata", "secret/metadata"},
		{unset, fn.KV2, "secret/data", "", "secret/metadata"},
		{unset, fn.KV2, "secret/foo", "", ""},
		{unset, fn.KV2, "secret/metadata/foo", "", ""},
		{unset, fn.KV2, "mydatabase/foo", "", ""},
		{unset, fn.KV2, "data/foo", "", ""},
		{unset, fn.KV2, "", "", ""},
		{"kv1", fn.KV1, "foo", "", "kv1/foo"},
		{"kv1", fn.KV1, "", "", "kv1"},
		{"kv1", fn.KV1, "kv1/foo/", "", "kv1/kv1/foo"},
		{unset, fn.KV1, "kv1/foo", "", "kv1/foo"},
		{unset, fn.KV1, "/kv1", "", "kv1"},
		{unset, fn.KV1, "", "", ""},
		{"/", fn.KV1, "/", "", ""},
	} {
		for part, want := range map[fn.Part]string{fn.MetadataPart: tc.metadata, fn.FolderPart: tc.folder} {
			ref := fn.Ref{Part: part, Engine: tc.engine, Key: tc.key}
			if tc.mount != unset {
				ref.Mount, ref.HasMount = tc.mount, true
			}
			got, fault := pathOf(ref)
			if got != want || (fault == nil) != (want != "") {
				t.Errorf("%s, mount %q, %s, key %q: got %q (%v), want %q", part, tc.mount, tc.engine, tc.key, got, fault, want)
			}
			if fault != nil && (fault.Scope != fn.EntryScope || fault.Missing || fault.Hint == "") {
				t.Errorf("%s, key %q: %+v", part, tc.key, fault)
			}
		}
	}
}
