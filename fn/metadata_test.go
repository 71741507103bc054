package fn

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetadataPolicyFetch(t *testing.T) {
	source := &fake{metadata: map[string]string{
		"app": `{"created_time":"x","current_version":"3","delete_version_after":"0s","owner":"me","a b":"<&>"}`,
	}, secrets: map[string]string{"app": `{"owner":"` + value + `"}`}}
	field := func(more string) string {
		return "data: [{secretKey: k, remoteRef: {key: app, metadataPolicy: Fetch, " + more + "}}]"
	}
	k := func(v string) map[string]string { return map[string]string{"k": v} }
	const missing = "error: spec.data[0].remoteRef.key: no secret at kv/data/gone"
	testSpecs(t, source, vaultStore, []specCase{
		{"all", field(""), k(`{"a b":"\u003c\u0026\u003e","created_time":"x","current_version":"3","delete_version_after":"0s","owner":"me"}`), ""},
		{"one", field("property: owner"), k("me"), ""},
		{"the system's", field("property: current_version"), k("3"), ""},
		{"whatever version is asked for", field("property: current_version, version: '1'"), k("3"), ""},
		{"with a strategy", field("property: current_version, decodingStrategy: Base64"), nil,
			`error: spec.data[0].remoteRef.decodingStrategy: the value for "k" is not Base64` + "\n  hint: Auto decodes what it can and leaves the rest"},
		{"extract", "dataFrom: [{extract: {key: app, metadataPolicy: Fetch}}]",
			map[string]string{"created_time": "x", "current_version": "3", "delete_version_after": "0s", "owner": "me", "a_b": "<&>"}, ""},
		{"no such field", field("property: nope"), nil, `error: spec.data[0].remoteRef.property: no field "nope" at kv/data/app (version 3); it has 5 fields` +
			"\n  hint: field names are case-sensitive, and a dot in a name is written as \\."},
		{"missing", "data: [{secretKey: k, remoteRef: {key: gone, metadataPolicy: Fetch}}]", nil, missing},
		{"missing, which metadata may never be", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: gone, metadataPolicy: Fetch}}]", nil, missing},
		{"out of the mount", "data: [{secretKey: k, remoteRef: {key: a/../b, metadataPolicy: Fetch}}]", nil,
			"error: spec.data[0].remoteRef.key: leads out of its mount with ..\n  hint: write the path without it"},
	})
}

func TestMetadataNeedsToKnowItsMount(t *testing.T) {
	source := &fake{metadata: map[string]string{"kv/data/app": `{"current_version":"3"}`}}
	const field = "data: [{secretKey: k, remoteRef: {property: current_version, metadataPolicy: Fetch, key: "
	testSpecs(t, source, storeOf("version: v2"), []specCase{
		{"it does not", field + "kv/app}}]", nil, "error: spec.data[0].remoteRef.key: cannot tell the mount: the store names none, and there is no /data/ in the path" +
			"\n  hint: set the store's spec.provider.vault.path, or write the key with data/ after the mount, as in: secret/data/app/db"},
		{"it does", field + "kv/data/app}}]", map[string]string{"k": "3"}, ""},
	})
	testSpecs(t, source, storeOf("version: v1"), []specCase{
		{"KV v1 has none", field + "kv/data/app}}]", nil, "error: spec.data[0].remoteRef.metadataPolicy: KV v1 keeps no metadata\n  hint: leave it out, or use a KV v2 mount"},
	})
}

func TestWhatIsReadForEachEntry(t *testing.T) {
	source := tree()
	source.secrets["app"] = `{"a":"1"}`
	source.metadata["app"] = `{"current_version":"3"}`
	_, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", `data:
- {secretKey: a, remoteRef: {key: /app, property: a, version: "2"}}
- {secretKey: b, remoteRef: {key: app, property: current_version, metadataPolicy: Fetch, version: "2"}}
- {secretKey: c, remoteRef: {key: app, metadataPolicy: None}}
dataFrom: [{find: {path: prod, tags: {env: none}}}]`))}, source)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	type what struct {
		Part         Part
		Key, Version string
	}
	got := map[what]int{}
	for _, ref := range source.read {
		got[what{ref.Part, ref.Key, ref.Version}]++
		if ref.Engine != KV2 || !ref.HasMount || ref.Mount != "kv" {
			t.Errorf("%+v", ref)
		}
	}
	want := map[what]int{
		{SecretPart, "/app", "2"}: 1, {SecretPart, "app", ""}: 1, {MetadataPart, "app", ""}: 1,
		{FolderPart, "prod/", ""}: 1, {MetadataPart, "/prod/config", ""}: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}
