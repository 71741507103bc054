package tests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/tests/testbed"
	"github.com/esfn/esfn/vaultsrc"
)

// TestFoldersAndMetadata reads folders and metadata from a real Vault: what it
// answers, and that the policy that a message names is the one that helps.
func TestFoldersAndMetadata(t *testing.T) {
	s := storyFor(t)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"dev/config", "dev/db/main", "old/gone", "top", "secret/app", "weird key!"} {
		must(nil, s.vault.Put("secret", path, "2", `{"a":"made-up"}`))
	}
	must(s.vault.Do("DELETE", "secret/data/old/gone", ""))
	must(s.vault.Write("secret/metadata/dev/config", map[string]any{"delete_version_after": "1h", "custom_metadata": map[string]any{"env": "dev", "created_time": "mine", "n": 1}}))
	must(nil, s.vault.Put("dots", "%2E%2E/x", "2", `{"a":"made-up"}`))
	must(nil, s.vault.Put("kv1", "dev/config", "1", `{"a":"made-up"}`))
	must(nil, s.vault.Put("kv1", "round/%2Fx", "1", `{"a":"made-up"}`))
	must(nil, s.vault.Mount("team/kv", "2"))

	const folder, metadata = fn.FolderPart, fn.MetadataPart
	for _, tc := range []struct {
		part    fn.Part
		engine  fn.Engine
		mount   string // "" for a store without one
		key     string
		want    string // the names, the fields, or a piece of the cause
		missing bool
	}{
		{folder, fn.KV2, "secret", "", "[dev/ old/ secret/ top weird key!]", false},
		{folder, fn.KV2, "", "secret/data", "[dev/ old/ secret/ top weird key!]", false},
		{folder, fn.KV2, "secret", "dev/", "[config db/]", false},
		{folder, fn.KV2, "", "secret/data/dev/db", "[main]", false},
		{folder, fn.KV2, "secret", "secret", "[app]", false},
		{folder, fn.KV2, "secret", "old", "[gone]", false},
		{folder, fn.KV2, "secret", "top", "no folder at secret/metadata/top", true},
		{folder, fn.KV2, "secret", "nothing", "no folder at secret/metadata/nothing", true},
		{folder, fn.KV2, "dots", "", "dots/metadata holds something whose name no path can hold", false},
		{folder, fn.KV2, "team/kv", "", "no folder at team/kv/metadata", true},
		{folder, fn.KV2, "team", "kv", "no secrets engine is mounted where team/metadata/kv is read", true},
		{folder, fn.KV2, "secret/dev", "db", "secret/dev/metadata/db is no path that KV v2 reads", false},
		{folder, fn.KV2, "kv1", "", "no folder at kv1/metadata", true},
		{folder, fn.KV1, "kv1", "", "[dev/ round/]", false},
		{folder, fn.KV1, "", "kv1/dev", "[config]", false},
		{folder, fn.KV1, "kv1", "round", "kv1/round holds something whose name no path can hold", false},
		{folder, fn.KV1, "secret", "dev", "no folder at secret/dev", true},
		{metadata, fn.KV2, "secret", "secret/dev/config", "map[created_time:mine current_version:1 delete_version_after:1h0m0s env:dev n:1]", false},
		{metadata, fn.KV2, "", "secret/data/old/gone", "map[created_time:20", false},
		{metadata, fn.KV2, "secret", "nothing", "no metadata at secret/metadata/nothing", true},
		{metadata, fn.KV2, "secret", "dev", "no metadata at secret/metadata/dev", true},
		{metadata, fn.KV2, "secret", "", "secret/metadata is the mount itself, and no secret", false},
		{metadata, fn.KV2, "kv1", "dev/config", "no metadata at kv1/metadata/dev/config", true},
	} {
		ref := fn.Ref{Part: tc.part, Engine: tc.engine, Mount: tc.mount, HasMount: tc.mount != "", Key: tc.key}
		got, missing := readPart(t, s, testbed.RootToken, ref)
		if !strings.HasPrefix(got, tc.want) || missing != tc.missing {
			t.Errorf("%s %s %s %q: got %q, missing %v; want %q", tc.engine, tc.part, tc.mount, tc.key, got, missing, tc.want)
		}
	}

	// A token that may do nothing is told the policy that it needs, and with
	// that one it reads what it may not without.
	for _, ref := range []fn.Ref{
		{Part: folder, Engine: fn.KV2, Mount: "secret", HasMount: true},
		{Part: folder, Engine: fn.KV2, Mount: "secret", HasMount: true, Key: "dev"},
		{Part: folder, Engine: fn.KV1, Key: "kv1/dev"},
		{Part: metadata, Engine: fn.KV2, Mount: "secret", HasMount: true, Key: "dev/config"},
	} {
		token, err := s.vault.Token("service", "1h", "default")
		must(nil, err)
		got, missing := readPart(t, s, token, ref)
		denied, policy, ok := strings.Cut(got, "the policy needs: ")
		if !ok || missing || !strings.HasPrefix(denied, "permission denied") {
			t.Errorf("%s %q: got %q, missing %v", ref.Part, ref.Key, got, missing)
			continue
		}
		must(s.vault.Write("sys/policies/acl/needed", map[string]string{"policy": policy}))
		token, err = s.vault.Token("service", "1h", "needed")
		must(nil, err)
		if got, _ := readPart(t, s, token, ref); strings.Contains(got, "denied") {
			t.Errorf("with the policy %s: %s", policy, got)
		}
	}
}

// readPart returns the names, the fields, or cause and hint of the fault.
func readPart(t *testing.T, s *story, token string, ref fn.Ref) (got string, missing bool) {
	t.Helper()
	settings, problems := vaultsrc.ParseSettings(func(string) string { return "" }, os.ReadFile)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	source := vaultsrc.New(settings)
	defer source.Close()
	ref.Connection = fn.Connection{Server: s.vault.Address, Login: fn.Login{Method: fn.TokenLogin, Credential: fn.Credential{Value: secret.New(token)}}}
	answer, err := source.Read(context.Background(), ref)
	var fault *fn.Fault
	if errors.As(err, &fault) {
		return fault.Cause + "; " + fault.Hint, fault.Missing
	}
	if err != nil {
		t.Fatal(err)
	}
	if ref.Part == fn.FolderPart {
		return fmt.Sprint(answer.Names), false
	}
	var fields map[string]string
	if err := json.Unmarshal([]byte(answer.Fields.Reveal()), &fields); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(fields), false
}
