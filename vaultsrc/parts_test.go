package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

const (
	invalidPath = `"warnings":["Invalid path for a versioned K/V secrets engine."]`
	rootPath    = `"warnings":["Non-listing operations on the root of a K/V v2 mount are not supported."]`
	denied      = `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`
	noHandler   = `{"errors":["no handler for route \"kv/metadata/app/\". route entry not found."]}`
)

// TestWhatTheAnswerForAPartMeans has what Vault 1.21.4 answers; the cases marked
// * no Vault gives.
func TestWhatTheAnswerForAPartMeans(t *testing.T) {
	t.Parallel()
	const folder, metadata = fn.FolderPart, fn.MetadataPart
	for _, tc := range []struct {
		name    string
		part    fn.Part
		engine  fn.Engine
		status  int
		body    string
		want    string // the names, the fields, or a piece of the cause
		missing bool
		hint    string // a piece of it
	}{
		{"names", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":["b","a","dev/"]},"mount_type":"kv"}`, "[b a dev/]", false, ""},
		{"names of KV v1", folder, fn.KV1, 200, `{"request_id":"made-up","data":{"keys":["a"," ..b","c d/"]}}`, "[a  ..b c d/]", false, ""},
		{"no folder", folder, fn.KV2, 404, `{"errors":[]}`, "no folder at kv/metadata/app", true, "a KV v1 mount read as v2 looks the same"},
		{"no folder in KV v1", folder, fn.KV1, 404, `{"errors":[]}`, "no folder at kv/app", true, "without the store's spec.provider.vault.path"},
		{"no mount", folder, fn.KV2, 404, noHandler, "no secrets engine is mounted where kv/metadata/app is read", true, `is "kv" the mount?`},
		{"KV v2 listed as v1", folder, fn.KV1, 404, `{"request_id":"made-up","data":null,` + invalidPath + `}`, "no folder at kv/app", true, "version: v2"},
		{"KV v2 elsewhere", folder, fn.KV2, 404, `{"request_id":"made-up","data":null,` + invalidPath + `}`, "kv/metadata/app is no path that KV v2 reads", false, "has to be the store's spec.provider.vault.path"},
		{"denied", folder, fn.KV2, 403, denied, "permission denied to list kv/metadata/app", false, `path "kv/metadata/app/*" { capabilities = ["list"] }`},
		{"names of something else", folder, fn.KV1, 200, `{"request_id":"made-up","data":{"keys":["made-up"]},"mount_type":"token"}`, "kv/app is no folder of a KV mount", false, ""},
		{"a name that is a slash", folder, fn.KV1, 200, `{"request_id":"made-up","data":{"keys":["made-up","/"]}}`, "whose name no path can hold", false, "%2F"},
		{"a name that is a dot", folder, fn.KV1, 200, `{"request_id":"made-up","data":{"keys":["./"]}}`, "whose name no path can hold", false, ""},
		{"a name that is two dots", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":[".."]}}`, "whose name no path can hold", false, ""},
		{"* a name that is a path", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":["made/up"]}}`, "whose name no path can hold", false, ""},
		{"* a name that is null", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":[null]}}`, "whose name no path can hold", false, ""},
		{"* an empty folder", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":[]}}`, "[]", false, ""},
		{"* no keys", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"KEYS":["made-up"]}}`, "the answer for kv/metadata/app is no list of names", false, ""},
		{"* null keys", folder, fn.KV1, 200, `{"request_id":"made-up","data":{"keys":null}}`, "the answer for kv/app is no list of names", false, ""},
		{"* no data", folder, fn.KV2, 200, `{"request_id":"made-up","data":null}`, "the answer for kv/metadata/app is no list of names", false, ""},
		{"* keys that are no list", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":"made-up"}}`, "the answer for kv/metadata/app is no list of names", false, ""},
		{"* keys that are no texts", folder, fn.KV2, 200, `{"request_id":"made-up","data":{"keys":[1]}}`, "the answer for kv/metadata/app is no list of names", false, ""},
		{"* another warning", folder, fn.KV1, 404, `{"request_id":"made-up","data":null,"warnings":["made-up"]}`, "the answer for kv/app is no list of names", false, ""},
		{"* data that is no object", folder, fn.KV2, 200, `{"request_id":"made-up","data":["made-up"]}`, "what kv/metadata/app holds has no fields", false, ""},
		{"* not Vault", folder, fn.KV2, 404, `<html>made-up</html>`, "the answer for kv/metadata/app is not Vault's", false, ""},

		{"custom metadata", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"created_time":"2026","current_version":3,"delete_version_after":"0s","max_versions":0,"versions":{},"custom_metadata":{"created_time":"mine","x":"<&>"}}}`,
			`{"created_time":"mine","current_version":"3","delete_version_after":"0s","x":"\u003c\u0026\u003e"}`, false, ""},
		{"no custom metadata", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"created_time":"2026","current_version":0,"custom_metadata":null}}`, `{"created_time":"2026","current_version":"0"}`, false, ""},
		{"* values of all kinds", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"created_time":12345678901234567890,"delete_version_after":null,"custom_metadata":{"n":1.50,"e":1e3,"z":null,"b":true,"o":{"b":1,"a":null},"l":["x",2]}}}`,
			`{"b":"true","created_time":"12345678901234567890","e":"1e3","l":"[x 2]","n":"1.50","o":"map[a:\u003cnil\u003e b:1]","z":"\u003cnil\u003e"}`, false, ""},
		{"no metadata", metadata, fn.KV2, 404, `{"errors":[]}`, "no metadata at kv/metadata/app", true, "KV v1 keeps no metadata"},
		{"metadata where no mount is", metadata, fn.KV2, 404, noHandler, "no secrets engine is mounted where kv/metadata/app is read", true, ""},
		{"metadata of a mount", metadata, fn.KV2, 404, `{"request_id":"made-up","data":null,` + rootPath + `}`, "kv/metadata/app is the mount itself, and no secret", false, "name the secret below it"},
		{"metadata elsewhere", metadata, fn.KV2, 404, `{"request_id":"made-up","data":null,` + invalidPath + `}`, "kv/metadata/app is no path that KV v2 reads", false, ""},
		{"metadata denied", metadata, fn.KV2, 403, denied, "permission denied for kv/metadata/app", false, `path "kv/metadata/app" { capabilities = ["read"] }`},
		{"a KV v1 secret in a folder metadata", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"password":"made-up"},"mount_type":"kv"}`, "kv/metadata/app holds no metadata as KV v2 has it", false, "is the mount KV v1?"},
		{"metadata of something else", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"created_time":"made-up"},"mount_type":"pki"}`, "kv/metadata/app is no secret of a KV mount", false, ""},
		{"* custom metadata that is no object", metadata, fn.KV2, 200, `{"request_id":"made-up","data":{"created_time":"2026","custom_metadata":["made-up"]}}`, "kv/metadata/app holds no metadata as KV v2 has it", false, ""},
		{"* metadata that is null", metadata, fn.KV2, 200, `{"request_id":"made-up","data":null}`, "kv/metadata/app holds no metadata as KV v2 has it", false, ""},
		{"metadata of KV v1", metadata, fn.KV1, 200, `{"request_id":"made-up","data":{"a":"made-up"}}`, "KV v1 keeps no metadata of a secret", false, "version: v2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			address, _ := fakeVault(t, tc.status, tc.body)
			got, err := readPart(t, address, fn.Ref{Part: tc.part, Engine: tc.engine, Key: "app"})
			var fault *fn.Fault
			switch {
			case err == nil && tc.part == folder && fmt.Sprint(got.Names) != tc.want:
				t.Errorf("got %q", got.Names)
			case err == nil && tc.part == metadata && got.Fields.Reveal() != tc.want:
				t.Errorf("got %s", got.Fields.Reveal()) // made up
			case err == nil && (got.Path != pathFor(tc.engine) || got.Version != 0):
				t.Errorf("got %s, version %d", got.Path, got.Version)
			case err == nil:
			case !errors.As(err, &fault):
				t.Errorf("got %T", err)
			case !strings.Contains(fault.Cause, tc.want) || fault.Missing != tc.missing || !strings.Contains(fault.Hint, tc.hint) || fault.Scope != fn.EntryScope && !strings.Contains(tc.name, "not Vault"):
				t.Errorf("got %q, missing %v, hint %q", fault.Cause, fault.Missing, fault.Hint)
			case strings.Contains(fault.Cause+fault.Hint, "made-up"):
				t.Errorf("the fault shows what the server said: %q", fault.Cause)
			}
		})
	}
}

func pathFor(engine fn.Engine) string {
	return map[fn.Engine]string{fn.KV1: "kv/app", fn.KV2: "kv/metadata/app"}[engine]
}

// readPart reads from the mount kv.
func readPart(t *testing.T, address string, ref fn.Ref) (fn.Answer, error) {
	t.Helper()
	source := New(settingsOf(t, nil))
	defer source.Close()
	ref.Connection, ref.Mount, ref.HasMount = packageToken(address), "kv", true
	return source.Read(context.Background(), ref)
}

func TestPartsThatAreNoKVAreNotAskedFor(t *testing.T) {
	t.Parallel()
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"keys":["made-up"]}}`)
	source := New(settingsOf(t, nil))
	defer source.Close()
	for _, ref := range []fn.Ref{
		{Part: fn.FolderPart, Engine: fn.KV1, Mount: "auth/token", HasMount: true, Key: "accessors"},
		{Part: fn.FolderPart, Engine: fn.KV1, Key: "/sys/policies/acl"},
		{Part: fn.FolderPart, Engine: fn.KV2, Mount: "/", HasMount: true, Key: "x/../../identity"},
		{Part: fn.FolderPart, Engine: fn.KV2, Key: "cubbyhole/data"},
		{Part: fn.MetadataPart, Engine: fn.KV2, Key: "sys/data/x"},
		// And paths that would be guessed.
		{Part: fn.MetadataPart, Engine: fn.KV2, Key: "secret/x"},
		{Part: fn.FolderPart, Engine: fn.KV2, Key: "secret"},
		{Part: fn.FolderPart, Engine: fn.KV1},
		{Part: fn.MetadataPart, Engine: fn.KV1, Mount: "kv", HasMount: true, Key: "x"},
	} {
		ref.Connection = packageToken(address)
		_, err := source.Read(context.Background(), ref)
		var fault *fn.Fault
		if !errors.As(err, &fault) || fault.Scope != fn.EntryScope || fault.Missing {
			t.Errorf("%s: got %v", ref.Key, err)
		}
	}
	if len(*seen) > 0 {
		t.Errorf("%d requests", len(*seen))
	}
}

// TestHowPartsAreAskedFor also has that one part, asked for by many and in
// several spellings, is one read, and that parts of one path are several.
func TestHowPartsAreAskedFor(t *testing.T) {
	t.Parallel()
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"keys":["a"],"current_version":1,"data":{}}}`)
	source := New(settingsOf(t, nil))
	defer source.Close()
	var all sync.WaitGroup
	for i := range 60 {
		ref := fn.Ref{Connection: packageToken(address), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: []string{"dev", "dev/", "./dev"}[i%3]}
		ref.Part = []fn.Part{fn.FolderPart, fn.MetadataPart, fn.SecretPart}[i/3%3]
		if ref.Part != fn.SecretPart {
			ref.Version = fmt.Sprint(i) // means nothing here
		}
		all.Go(func() {
			if _, err := source.Read(context.Background(), ref); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := map[string]int{}
	for _, r := range *seen {
		got[r.Method+" "+r.URL.RequestURI()]++
	}
	for _, want := range []string{"GET /v1/kv/metadata/dev?list=true", "GET /v1/kv/metadata/dev", "GET /v1/kv/data/dev"} {
		if got[want] != 1 {
			t.Errorf("%d times %s", got[want], want)
		}
	}
	if len(*seen) != 3 {
		t.Errorf("requests: %v", got)
	}
}

func TestAMixOfPartsIsBounded(t *testing.T) {
	t.Parallel()
	var now, together atomic.Int32
	var full sync.Once
	three := make(chan struct{}) // are under way
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for most := together.Load(); n > most && !together.CompareAndSwap(most, n); most = together.Load() {
		}
		if n == 3 {
			full.Do(func() { close(three) })
		}
		select { // however slow the machine is
		case <-three:
			time.Sleep(time.Millisecond)
		case <-time.After(10 * time.Second):
		}
		fmt.Fprint(w, `{"request_id":"made-up","data":{"keys":["a"],"current_version":1,"data":{}}}`)
	}))
	defer server.Close()
	settings := settingsOf(t, nil)
	settings.Concurrency = 3
	source := New(settings)
	defer source.Close()
	// Not by the number of connections alone.
	transport, fault := source.sessions.transports.of(settings.override(packageToken(server.URL)))
	if fault != nil {
		t.Fatal(fault)
	}
	transport.MaxConnsPerHost = 0
	var all sync.WaitGroup
	for i := range 90 {
		part := []fn.Part{fn.FolderPart, fn.MetadataPart, fn.SecretPart}[i%3]
		all.Go(func() {
			_, err := source.Read(context.Background(), fn.Ref{Connection: packageToken(server.URL), Part: part, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := together.Load(); n != 3 {
		t.Errorf("%d requests at a time, want 3", n)
	}
}
