package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	aName      = `is not a name: it takes at most 253 characters, lower-case letters, digits, '-' and '.', beginning and ending with a letter or a digit`
	aNamespace = `is not a namespace: it takes at most 63 characters, lower-case letters, digits and '-', beginning and ending with a letter or a digit`
	aKey       = `is not a key: it takes at most 253 characters, letters, digits, '-', '_' and '.'`
	aDuration  = `is not a duration: it takes at most 253 characters, numbers with a unit each, as in 1h30m`
)

// specCase is a spec, as one flow of YAML, with everything that is wrong with it.
type specCase struct {
	name, spec string
	want       []string
}

func judge[T any, P interface {
	*T
	Problems() []Problem
}](t *testing.T, cases []specCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, problemsOf(t, "metadata: {name: db}\nspec: "+tc.spec, P(new(T)))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatTheCRDSays has what Kubernetes would refuse before ESO saw it.
func TestWhatTheCRDSays(t *testing.T) {
	read := func(more string) string {
		return "{" + more + ", secretStoreRef: {name: s}, dataFrom: [{extract: {key: k}}]}"
	}
	remote := func(more string) string {
		return "{secretStoreRef: {name: s}, data: [{secretKey: k, remoteRef: {key: k, " + more + "}}]}"
	}
	from := func(entry string) string { return "{secretStoreRef: {name: s}, dataFrom: [" + entry + "]}" }
	target := func(target string) string { return read("target: {" + target + "}") }
	template := func(template string) string { return target("template: {" + template + "}") }
	long := strings.Repeat("a", 254)
	judge[ExternalSecret](t, []specCase{
		{"nothing wrong", read("target: {}, refreshPolicy: Periodic"), nil},
		{"a store's name that is none", "{secretStoreRef: {name: A_b, kind: Store}, dataFrom: [{extract: {key: k}}]}", []string{
			`spec.secretStoreRef.name: "A_b" ` + aName,
			`spec.secretStoreRef.kind: "Store" is none of SecretStore, ClusterSecretStore`}},
		{"a target's name", target("name: -a"), []string{`spec.target.name: "-a" ` + aName}},
		{"a target's name that is too long", target("name: " + long), []string{`spec.target.name: "` + long + `" ` + aName}},
		{"a target's name with dots", target("name: a.b-c.1"), nil},
		{"a target's policies", target("creationPolicy: Own, deletionPolicy: Keep"), []string{
			`spec.target.creationPolicy: "Own" is none of Owner, Orphan, Merge, CreateOrMerge, None (did you mean Owner?)`,
			`spec.target.deletionPolicy: "Keep" is none of Retain, Delete, Merge`}},
		{"a token for a policy", target("creationPolicy: hvs.CAESmadeup"), []string{
			`spec.target.creationPolicy: what looks like a token is none of Owner, Orphan, Merge, CreateOrMerge, None`}},
		{"booleans of YAML 1.1", target("immutable: on"), nil},
		{"in capitals", target("immutable: YES"), nil},
		{"with one capital", target("immutable: Off"), nil},
		{"with capitals anywhere, a string to kubectl", target("immutable: tRue"), []string{"spec.target.immutable: must be a boolean, is a string (write true or false)"}},
		{"a boolean that is a number", target("immutable: 1"), []string{"spec.target.immutable: must be a boolean, is a number (write true or false)"}},
		{"a boolean that is a map", target("immutable: {}"), []string{"spec.target.immutable: must be a boolean, is a map (write true or false)"}},
		{"a boolean that is another word", target("immutable: ja"), []string{"spec.target.immutable: must be a boolean, is a string (write true or false)"}},

		{"durations", read("refreshInterval: 1h30m"), nil},
		{"no time at all", read(`refreshInterval: "0"`), nil},
		{"a part of a second", read("refreshInterval: 1.5s"), nil},
		{"a duration without a unit", read(`refreshInterval: "15"`), []string{`spec.refreshInterval: "15" ` + aDuration}},
		{"a duration in days", read("refreshInterval: 1d"), []string{`spec.refreshInterval: "1d" ` + aDuration}},
		{"a duration that is a number", read("refreshInterval: 15"), []string{"spec.refreshInterval: must be a string, is a number (write it in quotes)"}},
		{"no duration", read(`refreshInterval: ""`), []string{`spec.refreshInterval: "" ` + aDuration}},
		{"a policy for reading again", read("refreshPolicy: Always"), []string{`spec.refreshPolicy: "Always" is none of CreatedOnce, Periodic, OnChange`}},

		{"windows", read("syncWindows: {kind: deny, windows: [{schedule: '0 1 * * *', duration: 2h}]}"), nil},
		{"windows without what they need", read("syncWindows: {windows: [{}]}"), []string{
			"spec.syncWindows.windows[0].schedule: required, and not given",
			"spec.syncWindows.windows[0].duration: required, and not given",
			"spec.syncWindows.kind: required, and not given"}},
		{"windows of another kind", read("syncWindows: {kind: Allow, windows: [{schedule: a, duration: b}]}"), []string{
			`spec.syncWindows.kind: "Allow" is none of allow, deny (did you mean allow?)`,
			`spec.syncWindows.windows[0].duration: "b" ` + aDuration}},
		{"no window", read("syncWindows: {kind: allow, windows: []}"), []string{
			"spec.syncWindows.windows: is empty (give it a window, or leave syncWindows out)"}},

		{"policies of a value", remote("metadataPolicy: Fetch, conversionStrategy: Unicode, decodingStrategy: Base64URL, nullBytePolicy: Fail"), nil},
		{"policies of a value that are none", remote("metadataPolicy: Get, conversionStrategy: unicode, decodingStrategy: base64, nullBytePolicy: Deny"), []string{
			`spec.data[0].remoteRef.metadataPolicy: "Get" is none of None, Fetch`,
			`spec.data[0].remoteRef.conversionStrategy: "unicode" is none of Default, Unicode (did you mean Unicode?)`,
			`spec.data[0].remoteRef.decodingStrategy: "base64" is none of Auto, Base64, Base64URL, None (did you mean Base64?)`,
			`spec.data[0].remoteRef.nullBytePolicy: "Deny" is none of Ignore, Fail`}},
		{"a policy that is empty", remote(`decodingStrategy: ""`), []string{
			`spec.data[0].remoteRef.decodingStrategy: "" is none of Auto, Base64, Base64URL, None`}},
		{"a key that is empty is one to the CRD", `{data: [{secretKey: k, remoteRef: {key: ""}}]}`, nil},
		{"an entry without anything", "{data: [{}]}", []string{
			"spec.data[0].secretKey: required, and not given",
			"spec.data[0].remoteRef: required, and not given"}},
		{"an entry that is null", "{data: [null]}", []string{"spec.data[0]: must be a map of fields, is null"}},
		{"a Secret's key that is too long", "{data: [{secretKey: " + long + ", remoteRef: {key: k}}]}", []string{
			`spec.data[0].secretKey: "` + long + `" ` + aKey}},
		{"a Secret's key that is empty", `{data: [{secretKey: "", remoteRef: {key: k}}]}`, []string{`spec.data[0].secretKey: "" ` + aKey}},

		{"find", from("{find: {path: a, name: {regexp: b}, tags: {c: d}, conversionStrategy: Unicode, decodingStrategy: Auto, nullBytePolicy: Ignore}}"), nil},
		{"find everything", from("{find: {}}"), nil},
		{"find in v1alpha1's words", from("{find: {regexp: b, tags: [a]}}"), []string{
			"spec.dataFrom[0].find.regexp: no such field",
			"spec.dataFrom[0].find.tags: must be a map of strings, is a list"}},
		{"a tag that is no string", from("{find: {tags: {v: 1}}}"), []string{
			"spec.dataFrom[0].find.tags[v]: must be a string, is a number (write it in quotes)"}},
		{"extract takes no secretKey", from("{extract: {key: a, secretKey: b}}"), []string{
			"spec.dataFrom[0].extract.secretKey: no such field"}},

		{"rewrites", from("{extract: {key: a}, rewrite: [{regexp: {source: a, target: ''}}, {transform: {template: '{{ .value }}'}}, {merge: {}}, {merge: {into: k, priority: [a], priorityPolicy: IgnoreNotFound, conflictPolicy: Ignore, strategy: JSON}}]}"), nil},
		{"no rewrite", from("{extract: {key: a}, rewrite: []}"), nil},
		{"rewrites without what they need", from("{extract: {key: a}, rewrite: [{regexp: {}}, {transform: {}}]}"), []string{
			"spec.dataFrom[0].rewrite[0].regexp.source: required, and not given",
			"spec.dataFrom[0].rewrite[0].regexp.target: required, and not given",
			"spec.dataFrom[0].rewrite[1].transform.template: required, and not given"}},
		{"merges that are none", from("{extract: {key: a}, rewrite: [{merge: {strategy: Json, conflictPolicy: Fail, priorityPolicy: Ignore, priority: a}}]}"), []string{
			`spec.dataFrom[0].rewrite[0].merge.strategy: "Json" is none of Extract, JSON (did you mean JSON?)`,
			`spec.dataFrom[0].rewrite[0].merge.conflictPolicy: "Fail" is none of Error, Ignore`,
			`spec.dataFrom[0].rewrite[0].merge.priorityPolicy: "Ignore" is none of Strict, IgnoreNotFound`,
			`spec.dataFrom[0].rewrite[0].merge.priority: must be a list, is a string`}},

		{"a template", template("type: Opaque, engineVersion: v2, mergePolicy: Merge, metadata: {labels: {a: b}, annotations: {c: d}, finalizers: [e]}, data: {k: '{{ .k }}'}, templateFrom: [{literal: ''}]"), nil},
		{"a template that is none", template("engineVersion: v1, mergePolicy: Add, metadata: {labels: {a: 1}, finalizers: e}, data: {k: 5}"), []string{
			`spec.target.template.engineVersion: "v1" is none of v2 (did you mean v2?)`,
			`spec.target.template.mergePolicy: "Add" is none of Replace, Merge`,
			`spec.target.template.metadata.labels[a]: must be a string, is a number (write it in quotes)`,
			`spec.target.template.metadata.finalizers: must be a list, is a string`,
			`spec.target.template.data[k]: must be a string, is a number (write it in quotes)`}},
		{"templateFrom", template("templateFrom: [{configMap: {name: c, items: [{key: k}]}, secret: {name: s, items: [{key: k, templateAs: KeysAndValues}]}, literal: 'a: b', target: Labels, valuesDecodingStrategy: Base64}]"), nil},
		{"templateFrom without what it needs", template("templateFrom: [{configMap: {}, secret: {items: [{}]}}]"), []string{
			"spec.target.template.templateFrom[0].configMap.name: required, and not given",
			"spec.target.template.templateFrom[0].configMap.items: required, and not given",
			"spec.target.template.templateFrom[0].secret.items[0].key: required, and not given",
			"spec.target.template.templateFrom[0].secret.name: required, and not given"}},
		{"templateFrom that is none", template("templateFrom: [{configMap: {name: C, items: [{key: a/b, templateAs: Value}]}, valuesDecodingStrategy: base32}]"), []string{
			`spec.target.template.templateFrom[0].configMap.name: "C" ` + aName,
			`spec.target.template.templateFrom[0].configMap.items[0].key: "a/b" ` + aKey,
			`spec.target.template.templateFrom[0].configMap.items[0].templateAs: "Value" is none of Values, KeysAndValues (did you mean Values?)`,
			`spec.target.template.templateFrom[0].valuesDecodingStrategy: "base32" is none of Auto, Base64, Base64URL, None (did you mean Base64?)`}},
		{"a manifest without what it needs", target("manifest: {}"), []string{
			"spec.target.manifest.apiVersion: required, and not given",
			"spec.target.manifest.kind: required, and not given"}},
		{"a generator without a name", from("{sourceRef: {generatorRef: {kind: Password}}}"), []string{
			"spec.dataFrom[0].sourceRef.generatorRef.name: required, and not given"}},
	})
}

// TestWhatTheWebhookSays has what ESO's own admission webhook refuses
// (apis/externalsecrets/v1/externalsecret_validator.go), and what its controller
// does whatever Vault holds.
func TestWhatTheWebhookSays(t *testing.T) {
	with := func(target, more string) string {
		return "{target: {" + target + "}, data: [{secretKey: k, remoteRef: {key: k}}" + more + "]}"
	}
	from := func(entry string) string { return "{dataFrom: [" + entry + "]}" }
	const (
		oneOfTwo  = "spec.target.deletionPolicy: Merge needs a Secret to merge into, and creationPolicy is None (leave one of the two out)"
		toCluster = "gives access to the cluster, and is refused as ESO refuses it"
		generator = "esfn reads values and makes none: a generator's would be others in every render (keep what it makes in Vault, or leave this ExternalSecret to the operator)"
	)
	ofItsOwn := func(policy string) []string {
		return []string{"spec.target.deletionPolicy: Delete needs a Secret of its own, and creationPolicy is " + policy + " (set creationPolicy: Owner, or deletionPolicy: Merge)"}
	}
	judge[ExternalSecret](t, []specCase{
		{"nothing to read", "{}", []string{"spec: has neither data nor dataFrom (add an entry under spec.data or spec.dataFrom)"}},
		{"nothing in the lists", "{data: [], dataFrom: []}", []string{"spec: has neither data nor dataFrom (add an entry under spec.data or spec.dataFrom)"}},

		{"Delete and Owner", with("deletionPolicy: Delete", ""), nil},
		{"Delete and Orphan", with("deletionPolicy: Delete, creationPolicy: Orphan", ""), nil},
		{"Delete and Merge", with("deletionPolicy: Delete, creationPolicy: Merge", ""), ofItsOwn("Merge")},
		{"Delete and CreateOrMerge", with("deletionPolicy: Delete, creationPolicy: CreateOrMerge", ""), ofItsOwn("CreateOrMerge")},
		{"Delete and None", with("deletionPolicy: Delete, creationPolicy: None", ""), []string{
			"spec.target.deletionPolicy: Delete needs a Secret of its own, and creationPolicy is None (leave deletionPolicy out)"}},
		{"Merge and None", with("deletionPolicy: Merge, creationPolicy: None", ""), []string{oneOfTwo}},
		{"Merge and Merge", with("deletionPolicy: Merge, creationPolicy: Merge", ""), nil},
		{"Retain and None", with("creationPolicy: None", ""), nil},

		{"a bootstrap token", with("template: {type: bootstrap.kubernetes.io/token}", ""), []string{
			`spec.target.template.type: a Secret of type "bootstrap.kubernetes.io/token" ` + toCluster}},
		{"a service account's token by its type alone", with("template: {type: kubernetes.io/service-account-token}", ""), nil},
		{"a service account's token", with("template: {type: kubernetes.io/service-account-token, metadata: {annotations: {kubernetes.io/service-account.name: a}}}", ""), []string{
			`spec.target.template.type: a Secret of type "kubernetes.io/service-account-token" ` + toCluster}},
		{"a service account's token, by a template that may make the annotation", with("template: {type: kubernetes.io/service-account-token, templateFrom: [{target: annotations, literal: ''}]}", ""), []string{
			`spec.target.template.type: a Secret of type "kubernetes.io/service-account-token" ` + toCluster}},
		{"that annotation on another Secret", with("template: {metadata: {annotations: {kubernetes.io/service-account.name: a}}}", ""), nil},

		{"targets of a template in any case of letters", with("template: {templateFrom: [{target: DATA}, {target: labels}, {target: Annotations}, {target: ''}]}", ""), nil},
		{"a target that no Secret has", with("template: {templateFrom: [{target: spec.x}, {target: Lables}]}", ""), []string{
			`spec.target.template.templateFrom[0].target: "spec.x" is none of Data, Labels, Annotations: a Secret has nothing else to template`,
			`spec.target.template.templateFrom[1].target: "Lables" is none of Data, Labels, Annotations: a Secret has nothing else to template (did you mean Labels?)`}},
		{"a token for a target", with("template: {templateFrom: [{target: hvs.CAESmadeup}]}", ""), []string{
			`spec.target.template.templateFrom[0].target: what looks like a token is none of Data, Labels, Annotations: a Secret has nothing else to template`}},
		{"a template's key that Kubernetes refuses", with("template: {data: {a/b: x, ..c: x, .d: x}}", ""), []string{
			`spec.target.template.data[..c]: "..c" is no key that Kubernetes takes`,
			`spec.target.template.data[a/b]: "a/b" is no key that Kubernetes takes`}},

		{"a ConfigMap to write to", with("manifest: {apiVersion: v1, kind: ConfigMap}", ""), []string{
			"spec.target.manifest: esfn makes Secrets, and puts no values into a ConfigMap (leave it out; ESO needs a flag for it that is called unsafe)"}},
		{"a Secret to write to", with("manifest: {apiVersion: v1, kind: Secret}", ""), []string{
			"spec.target.manifest: a Secret is what a target is without it; with it, ESO makes one that Kubernetes refuses, or one without data (leave it out)"}},

		{"one key twice", with("", ", {secretKey: k, remoteRef: {key: l}}"), []string{`spec.data[1].secretKey: "k" is already the key of spec.data[0]`}},
		{"one key twice, where ESO lets the last one win", with("deletionPolicy: Delete", ", {secretKey: k, remoteRef: {key: l}}"), nil},
		{"and here", with("deletionPolicy: Merge", ", {secretKey: k, remoteRef: {key: l}}"), nil},

		{"extract and find", from("{extract: {key: a}, find: {}}"), []string{"spec.dataFrom[0]: has extract and find, and takes one of them (write an entry for each)"}},
		{"extract and a generator", from("{extract: {key: a}, sourceRef: {generatorRef: {kind: Fake, name: a}}}"), []string{
			"spec.dataFrom[0]: has extract and sourceRef.generatorRef, and takes one of them (write an entry for each)",
			"spec.dataFrom[0].sourceRef.generatorRef: " + generator}},
		{"nothing", from("{}"), []string{"spec.dataFrom[0]: names nothing to read (name the secret to read with extract.key, or choose many with find)"}},
		{"a rewrite of nothing", from("{rewrite: [{merge: {}}]}"), []string{"spec.dataFrom[0]: names nothing to read (name the secret to read with extract.key, or choose many with find)"}},
		{"a store alone, which brings nothing", from("{sourceRef: {storeRef: {name: a}}}"), nil},
		{"a source without a store", from("{extract: {key: a}, sourceRef: {}}"), []string{
			"spec.dataFrom[0].sourceRef: names no store (give it a storeRef, or leave it out to use secretStoreRef)"}},
		{"a store and a generator", from("{sourceRef: {storeRef: {name: a}, generatorRef: {kind: Fake, name: a}}}"), []string{
			"spec.dataFrom[0].sourceRef: has storeRef and generatorRef, and takes one of them (leave generatorRef out: esfn reads values and makes none)"}},
		{"a generator", from("{sourceRef: {generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: a}}}"), []string{
			"spec.dataFrom[0].sourceRef.generatorRef: " + generator}},
		{"a generator under data", "{data: [{secretKey: k, remoteRef: {key: k}, sourceRef: {generatorRef: {kind: Password, name: a}}}]}", []string{
			"spec.data[0].sourceRef.generatorRef: is for dataFrom only: ESO does not act on it here either (write a storeRef)"}},

		{"a rewrite without an operation", from("{extract: {key: a}, rewrite: [{}]}"), []string{
			"spec.dataFrom[0].rewrite[0]: takes exactly one of regexp, transform and merge (write an operation for each; they are applied one after the other)"}},
		{"a rewrite of two operations", from("{extract: {key: a}, rewrite: [{merge: {}, transform: {template: a}}]}"), []string{
			"spec.dataFrom[0].rewrite[0]: takes exactly one of regexp, transform and merge (write an operation for each; they are applied one after the other)"}},
		{"a merge into nothing", from("{extract: {key: a}, rewrite: [{merge: {strategy: JSON}}]}"), []string{
			"spec.dataFrom[0].rewrite[0].merge.into: strategy JSON needs it (name the key that the JSON object is to have)"}},
		{"regular expressions that are none", from("{find: {name: {regexp: '('}}, rewrite: [{regexp: {source: '(?=a)', target: b}}]}"), []string{
			"spec.dataFrom[0].find.name.regexp: is no regular expression: missing closing ): `(` (Go's syntax (RE2) is without look-around and back references)",
			"spec.dataFrom[0].rewrite[0].regexp.source: is no regular expression: invalid or unsupported Perl syntax: `(?=` (Go's syntax (RE2) is without look-around and back references)"}},
		{"regular expressions that are large", from("{find: {name: {regexp: '" + strings.Repeat("a{1000}", 9) + "'}}, rewrite: [{regexp: {source: '" + strings.Repeat("a{1000}", 10) + "', target: b}}]}"), []string{
			"spec.dataFrom[0].rewrite[0].regexp.source: is a regular expression of more than 16 KiB, or of more than 20000 steps (a{1000} is a thousand steps: write a shorter one, or several)"}},
		{"paths that lead out of their mount", "{data: [{secretKey: k, remoteRef: {key: ..}}], dataFrom: [{extract: {key: a/..}}, {find: {path: ../b}}]}", []string{
			"spec.data[0].remoteRef.key: leads out of its mount with .. (write the path without it)",
			"spec.dataFrom[0].extract.key: leads out of its mount with .. (write the path without it)",
			"spec.dataFrom[1].find.path: leads out of its mount with .. (write the path without it)"}},
	})
}

func TestAClusterExternalSecretIsDecodedStrictly(t *testing.T) {
	with := func(more string) string {
		return "{externalSecretSpec: {data: [{secretKey: k, remoteRef: {key: k}}]}" + more + "}"
	}
	judge[ClusterExternalSecret](t, []specCase{
		{"all of it", with(", externalSecretName: a, externalSecretMetadata: {labels: {a: b}, annotations: {c: d}}, namespaceSelector: {matchLabels: {a: b}}, namespaceSelectors: [{}, {matchExpressions: [{key: a, operator: NotIn, values: [b]}]}], namespaces: [x], refreshTime: 1m"), nil},
		{"no spec of an ExternalSecret", "{namespaces: [x]}", []string{"spec.externalSecretSpec: required, and not given"}},
		{"what is wrong with the ExternalSecret", "{externalSecretSpec: {}}", []string{
			"spec.externalSecretSpec: has neither data nor dataFrom (add an entry under spec.externalSecretSpec.data or spec.externalSecretSpec.dataFrom)"}},
		{"and its target", "{externalSecretSpec: {target: {creationPolicy: None, deletionPolicy: Merge}, data: [{secretKey: ..k, remoteRef: {key: k}}]}}", []string{
			`spec.externalSecretSpec.data[0].secretKey: "..k" is no key that Kubernetes takes`,
			"spec.externalSecretSpec.target.deletionPolicy: Merge needs a Secret to merge into, and creationPolicy is None (leave one of the two out)"}},
		{"what the CRD refuses", with(", externalSecretName: A, externalSecretMetadata: {name: x, labels: {a: 1}}, namespaces: [A], namespaceSelectors: {}, refreshTime: often"), []string{
			`spec.externalSecretName: "A" ` + aName,
			"spec.externalSecretMetadata.name: no such field",
			"spec.externalSecretMetadata.labels[a]: must be a string, is a number (write it in quotes)",
			`spec.namespaces[0]: "A" ` + aNamespace,
			"spec.namespaceSelectors: must be a list, is a map",
			`spec.refreshTime: "often" ` + aDuration}},
		{"selectors without what they need", with(", namespaceSelector: {matchExpressions: [{}]}"), []string{
			"spec.namespaceSelector.matchExpressions[0].key: required, and not given",
			"spec.namespaceSelector.matchExpressions[0].operator: required, and not given"}},
		{"selectors that Kubernetes refuses", with(", namespaceSelector: {matchLabels: {a: 'b c'}}, namespaceSelectors: [{}, {matchExpressions: [{key: a, operator: Exists, values: [b]}]}]"), []string{
			"spec.namespaceSelector.matchLabels[a]: is no label that Kubernetes takes",
			"spec.namespaceSelectors[1].matchExpressions[0]: is no condition that Kubernetes takes (In and NotIn need values, Exists and DoesNotExist none, and each value is to be one of a label)"}},
	})
}

// TestWhatIsKnownWithTheStore has what is wrong with an entry only in some
// stores.
func TestWhatIsKnownWithTheStore(t *testing.T) {
	mount := "kv"
	v1, v2 := &VaultProvider{Version: "v1"}, &VaultProvider{Version: "v2"}
	v1At, v2At := &VaultProvider{Version: "v1", Path: &mount}, &VaultProvider{Version: "v2", Path: &mount}
	const (
		empty    = "f.key: is empty (name the secret to read, as in: key: app/db)"
		noMount  = ": cannot tell the mount: the store names none, and there is no /data/ in the path (set the store's spec.provider.vault.path"
		fetchKey = "f.key" + noMount + ", or write the key with data/ after the mount, as in: secret/data/app/db)"
		findPath = "f.path" + noMount + " to the mount, or write the path with data after the mount, as in: secret/data/app)"
		number   = " is no version: versions of a secret are whole numbers (leave it out for the latest version)"
	)
	path := func(path string) *string { return &path }
	for _, tc := range []struct {
		name string
		read interface {
			ProblemsWith(*VaultProvider, string) []Problem
		}
		vault *VaultProvider
		want  []string
	}{
		{"a key", &RemoteRef{Key: "a", Version: "7"}, v2At, nil},
		{"no key, in KV v2", &RemoteRef{}, v2At, []string{empty}},
		{"no key but slashes, in KV v2", &RemoteRef{Key: "//"}, v2, []string{empty}},
		{"no key, in KV v1", &RemoteRef{}, v1At, nil},
		{"versions in all of Go's forms", &RemoteRef{Key: "a", Version: "0x1f"}, v2At, nil},
		{"a version that is no number, in KV v2", &RemoteRef{Key: "a", Version: "latest"}, v2At, []string{`f.version: "latest"` + number}},
		{"a version with a space", &RemoteRef{Key: "a", Version: "1 "}, v2At, []string{`f.version: "1 "` + number}},
		{"a token for a version", &RemoteRef{Key: "a", Version: "hvs.CAESmadeup"}, v2At, []string{`f.version: what looks like a token` + number}},
		{"a version that is no number, in KV v1", &RemoteRef{Key: "a", Version: "latest"}, v1At, nil},
		{"metadata", &RemoteRef{Key: "a", MetadataPolicy: "Fetch"}, v2At, nil},
		{"metadata in KV v1", &RemoteRef{Key: "a", MetadataPolicy: "Fetch"}, v1At, []string{"f.metadataPolicy: KV v1 keeps no metadata (leave it out, or use a KV v2 mount)"}},
		{"metadata without a mount", &RemoteRef{Key: "kv/a", MetadataPolicy: "Fetch"}, v2, []string{fetchKey}},
		{"metadata in a mount that has data in its name", &RemoteRef{Key: "mydatabase/a", MetadataPolicy: "Fetch"}, v2, []string{fetchKey}},
		{"metadata with the mount in the key", &RemoteRef{Key: "kv/data/a", MetadataPolicy: "Fetch"}, v2, nil},
		{"a secret without a mount", &RemoteRef{Key: "kv/a"}, v2, nil},

		{"find", &Find{Path: path("a"), Tags: map[string]string{"a": "b"}}, v2At, nil},
		{"find everything", &Find{}, v2At, nil},
		{"tags in KV v1", &Find{Tags: map[string]string{"a": "b"}}, v1At, []string{"f.tags: KV v1 keeps no metadata to find tags in (choose by name, or use a KV v2 mount)"}},
		{"no tags in KV v1, spelled out", &Find{Tags: map[string]string{}}, v1At, []string{"f.tags: KV v1 keeps no metadata to find tags in (choose by name, or use a KV v2 mount)"}},
		{"find in KV v1 without a mount", &Find{Path: path("kv/a")}, v1, []string{"f: cannot tell the mount: the store names none (set the store's spec.provider.vault.path to the mount)"}},
		{"find without a mount", &Find{}, v2, []string{findPath}},
		{"find without a mount, at a path", &Find{Path: path("kv/a")}, v2, []string{findPath}},
		{"find with the mount in the path", &Find{Path: path("kv/data/a")}, v2, nil},
		{"find with the mount's root in the path", &Find{Path: path("kv/data")}, v2, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, p := range tc.read.ProblemsWith(tc.vault, "f") {
				got = append(got, fmt.Sprintf("%s: %s (%s)", p.Field, p.Cause, p.Hint))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDefaultsOfEverythingThatIsGiven has what the CRDs fill in inside of what an
// author began to write.
func TestDefaultsOfEverythingThatIsGiven(t *testing.T) {
	const document = `metadata: {name: a}
spec:
  secretStoreRef: {name: s}
  target: {template: {templateFrom: [{configMap: {name: c, items: [{key: k}]}}, {literal: ""}]}}
  data: [{secretKey: k, remoteRef: {key: k}, sourceRef: {storeRef: {name: t}}}]
  dataFrom:
  - {find: {}, rewrite: [{merge: {}}]}
  - {sourceRef: {generatorRef: {kind: Fake, name: g}}}
`
	var es ExternalSecret
	if found := Decode(yaml.MustParse(document), &es); len(found) > 0 {
		t.Fatal(found)
	}
	none := Policies{ConversionStrategy: "Default", DecodingStrategy: "None", NullBytePolicy: "Ignore"}
	empty := ""
	want := ExternalSecretSpec{
		SecretStoreRef: &StoreRef{"s", "SecretStore"},
		Target: Target{CreationPolicy: "Owner", DeletionPolicy: "Retain", Template: &Template{EngineVersion: "v2", MergePolicy: "Replace", TemplateFrom: []TemplateFrom{
			{ConfigMap: &TemplateSource{"c", []TemplateItem{{"k", "Values"}}}, Target: "Data", ValuesDecodingStrategy: "None"},
			{Literal: &empty, Target: "Data", ValuesDecodingStrategy: "None"},
		}}},
		Data: []DataEntry{{SecretKey: "k", RemoteRef: RemoteRef{Key: "k", MetadataPolicy: "None", Policies: none}, SourceRef: &SourceRef{StoreRef: &StoreRef{"t", "SecretStore"}}}},
		DataFrom: []DataFromEntry{
			{Find: &Find{Policies: none}, Rewrite: []Rewrite{{Merge: &RewriteMerge{PriorityPolicy: "Strict", ConflictPolicy: "Error", Strategy: "Extract"}}}},
			{SourceRef: &SourceRef{GeneratorRef: &GeneratorRef{"generators.external-secrets.io/v1alpha1", "Fake", "g"}}},
		},
	}
	if diff := cmp.Diff(want, es.Spec); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
	var c ClusterExternalSecret
	if found := Decode(yaml.MustParse("metadata: {name: a}\nspec: {externalSecretSpec: {data: [{secretKey: k, remoteRef: {key: k}}]}}"), &c); len(found) > 0 {
		t.Fatal(found)
	}
	if got := c.Spec.ExternalSecretSpec.Target; got.CreationPolicy != "Owner" || got.DeletionPolicy != "Retain" || got.Template != nil || c.Spec.NamespaceSelector != nil {
		t.Errorf("got %+v", c.Spec)
	}
}

// TestWhichNamespacesMayUseAStore is the matrix of ESO's shouldProcessSecret.
func TestWhichNamespacesMayUseAStore(t *testing.T) {
	for _, tc := range []struct {
		kind, conditions string
		want             bool
	}{
		{"ClusterSecretStore", "[]", true},
		{"ClusterSecretStore", "[{}]", false},
		{"ClusterSecretStore", "[{namespaces: [shop]}]", true},
		{"ClusterSecretStore", "[{namespaces: [sho, shops]}]", false},
		{"ClusterSecretStore", "[{}, {namespaces: [other, shop]}]", true},
		{"ClusterSecretStore", "[{namespaceRegexes: [ho]}]", true}, // anywhere in the name
		{"ClusterSecretStore", "[{namespaceRegexes: ['^ho', 'p$']}]", true},
		{"ClusterSecretStore", "[{namespaceRegexes: ['^ho']}]", false},
		{"ClusterSecretStore", "[{namespaceSelector: {}}]", true},
		{"ClusterSecretStore", "[{namespaceSelector: {matchLabels: {team: a}}}]", true},
		{"ClusterSecretStore", "[{namespaceSelector: {matchLabels: {team: a, kubernetes.io/metadata.name: other}}}]", false},
		{"ClusterSecretStore", "[{namespaceSelector: {matchLabels: {team: b}}, namespaces: [shop]}]", true}, // any of a condition will do
		{"ClusterSecretStore", "[{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]", false},
		{"SecretStore", "[{}]", true},
		{"SecretStore", "[{namespaces: [other]}]", true},
	} {
		var store Store
		if found := Decode(yaml.MustParse("kind: "+tc.kind+"\nmetadata: {name: a}\nspec: {provider: {vault: {server: s}}, conditions: "+tc.conditions+"}"), &store); len(found) > 0 {
			t.Fatal(found)
		}
		if got := store.Allows("shop", map[string]string{"team": "a", "kubernetes.io/metadata.name": "shop"}); got != tc.want {
			t.Errorf("%s with %s: got %v", tc.kind, tc.conditions, got)
		}
	}
}

func TestSelectorsChooseByLabels(t *testing.T) {
	labels := map[string]string{"a": "1", "b": ""}
	for selector, want := range map[string]bool{
		"{}":                            true,
		"{matchLabels: {a: '1'}}":       true,
		"{matchLabels: {a: '2'}}":       false,
		"{matchLabels: {b: ''}}":        true,
		"{matchLabels: {c: ''}}":        false,
		"{matchLabels: {a: '1', c: x}}": false,
		"{matchExpressions: [{key: a, operator: In, values: ['2', '1']}]}":                              true,
		"{matchExpressions: [{key: a, operator: NotIn, values: ['1']}]}":                                false,
		"{matchExpressions: [{key: c, operator: NotIn, values: ['1']}]}":                                true, // as in Kubernetes
		"{matchExpressions: [{key: b, operator: Exists}]}":                                              true,
		"{matchExpressions: [{key: b, operator: DoesNotExist}]}":                                        false,
		"{matchLabels: {a: '1'}, matchExpressions: [{key: c, operator: Exists}]}":                       false,
		"{matchExpressions: [{key: c, operator: DoesNotExist}, {key: a, operator: In, values: ['1']}]}": true,
	} {
		var s LabelSelector
		if found := Decode(yaml.MustParse(selector), &s); len(found) > 0 {
			t.Fatal(selector, found)
		}
		if got := s.Matches(labels); got != want {
			t.Errorf("%s: got %v", selector, got)
		}
	}
}

func TestStoresOfAnotherController(t *testing.T) {
	for class, want := range map[string]bool{"": false, "default": false, "Default": true, "blue": true} {
		if got := (&Store{Spec: StoreSpec{Controller: class}}).IsForeign(); got != want {
			t.Errorf("%q: got %v", class, got)
		}
	}
}

func TestWhatATemplateIsFor(t *testing.T) {
	for target, want := range map[string]TemplateTarget{
		"": DataTarget, "Data": DataTarget, "dATA": DataTarget, "labels": LabelsTarget, "ANNOTATIONS": AnnotationsTarget,
		"spec": "", "data.x": "", "label": "", " Data": "",
	} {
		part, ok := (&TemplateFrom{Target: target}).Part()
		if ok != (want != "") || ok && part != want {
			t.Errorf("%q: got %s, %v", target, part, ok)
		}
	}
	for _, tc := range []struct {
		name     string
		template *Template
		keeps    bool
	}{
		{"none", nil, true},
		{"an empty one", &Template{}, true},
		{"a type and metadata", &Template{Type: "t", Metadata: TemplateMetadata{Labels: map[string]string{"a": "b"}}}, true},
		{"data", &Template{Data: map[string]string{"a": "b"}}, false},
		{"labels by templateFrom", &Template{TemplateFrom: []TemplateFrom{{Target: "Labels"}}}, false},
		{"data, to be merged", &Template{MergePolicy: "Merge", Data: map[string]string{"a": "b"}}, true},
	} {
		if got := tc.template.KeepsData(); got != tc.keeps {
			t.Errorf("%s: keeps data: %v", tc.name, got)
		}
	}
	for policy, want := range map[string]bool{"Owner": false, "Orphan": false, "None": false, "Merge": true, "CreateOrMerge": true} {
		if got := (&Target{CreationPolicy: policy}).Merges(); got != want {
			t.Errorf("%s: merges: %v", policy, got)
		}
	}
}

func TestKeysOfASecret(t *testing.T) {
	for key, want := range map[string]bool{
		"": false, ".": false, "..": false, "..a": false, ".a": true, "a..": true, "...": false, "A-b_c.1": true, "a b": false, "a/b": false,
		"é": false, "٣": false, "a\n": false, strings.Repeat("a", 253): true, strings.Repeat("a", 254): false,
	} {
		if got := IsSecretKey(key); got != want {
			t.Errorf("%.20q: got %v", key, got)
		}
	}
}

func TestATargetOfARewriteIsNoLongerThanItMay(t *testing.T) {
	spec := func(length int) string {
		return "{secretStoreRef: {name: s}, dataFrom: [{extract: {key: a}, rewrite: [{regexp: {source: a, target: " + strings.Repeat("x", length) + "}}]}]}"
	}
	judge[ExternalSecret](t, []specCase{
		{"as long", spec(longestTarget), nil},
		{"longer", spec(longestTarget + 1), []string{"spec.dataFrom[0].rewrite[0].regexp.target: is longer than 4096 bytes"}},
	})
}
