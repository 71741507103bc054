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
