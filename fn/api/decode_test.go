package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// problemsOf decodes a document and gives its problems as lines of
// "field: cause (hint)".
func problemsOf(t *testing.T, document string, into interface{ Problems() []Problem }) []string {
	t.Helper()
	node, err := yaml.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	found := Decode(node, into)
	if len(found) == 0 {
		found = into.Problems()
	}
	var lines []string
	for _, p := range found {
		line := p.Field + ": " + p.Cause
		if p.Hint != "" {
			line += " (" + p.Hint + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

// sound is an ExternalSecret that nothing is wrong with; each case changes one
// line of it.
const sound = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  target: {name: out}
  data:
  - secretKey: user
    remoteRef: {key: app/db, property: user}
`

func TestExternalSecretIsDecodedStrictly(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"sound", "", "", nil},
		{"what only a controller acts on", "spec:\n", "spec:\n  refreshInterval: 15s\n  refreshPolicy: OnChange\n  syncWindows: {kind: allow, windows: [{schedule: '0 1 * * *', duration: 1h}]}\n", nil},
		{"unknown field with its neighbour", "secretStoreRef:", "secretStoreReff:", []string{
			"spec.secretStoreReff: no such field (did you mean secretStoreRef?)"}},
		{"another case", "secretStoreRef:", "secretstoreref:", []string{
			"spec.secretstoreref: no such field (did you mean secretStoreRef?)"}},
		{"unknown field without a neighbour", "property: user", "property: user, zzzzzzzzzz: 1", []string{
			"spec.data[0].remoteRef.zzzzzzzzzz: no such field"}},
		{"a boolean is none in quotes", "{name: out}", "{name: out, immutable: 'true'}", []string{
			"spec.target.immutable: must be a boolean, is a string (write true or false)"}},
		{"a boolean in any of YAML 1.1's words", "{name: out}", "{name: out, immutable: Yes}", nil},
		{"a value outside the enum", "{name: out}", "{creationPolicy: owner}", []string{
			`spec.target.creationPolicy: "owner" is none of Owner, Orphan, Merge, CreateOrMerge, None (did you mean Owner?)`}},
		{"dataFrom as v1alpha1 had it", "  data:", "  dataFrom: [{key: app/db, versions: x}]\n  data:", []string{
			"spec.dataFrom[0].key: no such field (write it below extract, as in: extract: {key: app/db})",
			"spec.dataFrom[0].versions: no such field"}},
		{"a token in the wrong field is not shown", "{name: vault}", "{name: hvs.CAESmadeup}", []string{
			`spec.secretStoreRef.name: what looks like a token is not a name: it takes at most 253 characters, lower-case letters, digits, '-' and '.', beginning and ending with a letter or a digit`}},
		{"a name that Kubernetes refuses", "  name: db\n", "  name: DB\n  namespace: a_b\n", []string{
			`metadata.name: "DB" is not a name: it takes at most 253 characters, lower-case letters, digits, '-' and '.', beginning and ending with a letter or a digit`,
			`metadata.namespace: "a_b" is not a namespace: it takes at most 63 characters, lower-case letters, digits and '-', beginning and ending with a letter or a digit`}},
		{"a required field is missing", "{key: app/db, property: user}", "{property: user}", []string{
			"spec.data[0].remoteRef.key: required, and not given"}},
		{"null is the same as left out", "property: user", "property: null, version: ~", nil},
		{"null is no key", "key: app/db", "key: null", []string{
			"spec.data[0].remoteRef.key: required, and not given"}},
		{"a number is no string", "property: user", "property: user, version: 1", []string{
			"spec.data[0].remoteRef.version: must be a string, is a number (write it in quotes)"}},
		{"a number in quotes is one", "property: user", `property: user, version: "1"`, nil},
		{"YAML 1.1 booleans are no strings", "property: user", "property: yes", []string{
			"spec.data[0].remoteRef.property: must be a string, is a boolean or a number to kubectl (YAML 1.1) (write it in quotes)"}},
		{"a date is a string", "property: user", "property: 2026-11-24", nil},
		{"a map is no string", "property: user", "property: {a: b}", []string{
			"spec.data[0].remoteRef.property: must be a string, is a map"}},
		{"a string is no list", "  - secretKey: user\n    remoteRef: {key: app/db, property: user}", "    nothing", []string{
			"spec.data: must be a list, is a string"}},
		{"given twice", "property: user", "property: user, property: pass", []string{
			"spec.data[0].remoteRef.property: given twice (keep one of the two)"}},
		{"a label that is no string", "name: db\n", "name: db\n  labels: {version: 1.10}\n", []string{
			"metadata.labels[version]: must be a string, is a number (write it in quotes)"}},
		{"a key that no Secret has", "secretKey: user", "secretKey: a/b", []string{
			`spec.data[0].secretKey: "a/b" is not a key: it takes at most 253 characters, letters, digits, '-', '_' and '.'`}},
		{"a path out of the mount", "key: app/db", "key: app/../../sys/x", []string{
			"spec.data[0].remoteRef.key: leads out of its mount with .. (write the path without it)"}},
		{"two dots inside a name", "key: app/db", "key: app/a..b", nil},
		{"a key that the CRD lets through and Kubernetes refuses", "secretKey: user", "secretKey: ..data", []string{
			`spec.data[0].secretKey: "..data" is no key that Kubernetes takes`}},
		{"one key twice", "  - secretKey: user", "  - {secretKey: user, remoteRef: {key: x}}\n  - secretKey: user", []string{
			`spec.data[1].secretKey: "user" is already the key of spec.data[0]`}},
		{"nothing to read", sound[strings.Index(sound, "  data:"):], "", []string{
			"spec: has neither data nor dataFrom (add an entry under spec.data or spec.dataFrom)"}},
		{"a dataFrom that says nothing", "  data:", "  dataFrom: [{}]\n  data:", []string{
			"spec.dataFrom[0]: names nothing to read (name the secret to read with extract.key, or choose many with find)"}},
		{"a dataFrom with a store and nothing to read there", "  data:", "  dataFrom: [{sourceRef: {storeRef: {name: x}}}]\n  data:", nil},
		{"a null label is left out", "name: db\n", "name: db\n  labels: {a: null}\n", nil},
		{"a label's key that is no string", "name: db\n", "name: db\n  labels: {yes: b}\n", []string{
			"metadata.labels[yes] (the key): must be a string, is a boolean or a number to kubectl (YAML 1.1) (write it in quotes)"}},
		{"a Secret that is a way into the cluster", "{name: out}", "{template: {type: bootstrap.kubernetes.io/token}}", []string{
			`spec.target.template.type: a Secret of type "bootstrap.kubernetes.io/token" gives access to the cluster, and is refused as ESO refuses it`}},
		{"several things wrong at once", "{name: out}", "{nam: out, immutable: 1}\n  datafrom: []", []string{
			"spec.target.nam: no such field (did you mean name?)",
			"spec.target.immutable: must be a boolean, is a number (write true or false)",
			"spec.datafrom: no such field (did you mean dataFrom?)"}},
		{"an anchor and a merge", "  - secretKey: user\n    remoteRef: {key: app/db, property: user}",
			"  - secretKey: user\n    remoteRef: &at {key: app/db, property: user}\n  - secretKey: pass\n    remoteRef: {<<: *at, property: pass}", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			document := sound
			if tc.old != "" {
				if !strings.Contains(sound, tc.old) {
					t.Fatalf("the case changes nothing: no %q", tc.old)
				}
				document = strings.Replace(sound, tc.old, tc.new, 1)
			}
			if diff := cmp.Diff(tc.want, problemsOf(t, document, &ExternalSecret{})); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStoreIsDecodedStrictly(t *testing.T) {
	const store = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.com
      auth: {kubernetes: {role: shop}}
`
	const at = "spec.provider.vault."
	for _, tc := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"sound", "", "", nil},
		{"a mistyped provider", "vault:\n", "valt:\n", []string{"spec.provider.valt: no such field (did you mean vault?)"}},
		{"another provider", "vault:\n      server: https://vault.example.com\n      auth: {kubernetes: {role: shop}}", "aws: {}", []string{
			`spec.provider.aws: esfn reads HashiCorp Vault, not the provider "aws" (leave ExternalSecrets of this store to a controller, outside what esfn is given)`}},
		{"no provider", "\n    vault:\n      server: https://vault.example.com\n      auth: {kubernetes: {role: shop}}", " {}", []string{
			"spec.provider: names no backend (esfn reads HashiCorp Vault: spec.provider.vault)"}},
		{"another controller's", "spec:\n", "spec:\n  controller: blue\n", nil},
		{"conditions", "spec:\n", "spec:\n  conditions: [{namespaces: [a], namespaceRegexes: ['^a'], namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}]}}]\n", nil},
		{"conditions that are none", "spec:\n", "spec:\n  conditions: [{namespaces: [A], namespaceRegexes: ['('], namespaceSelector: {matchLabels: {-a: b}, matchExpressions: [{key: a, operator: Is}, {key: a, operator: In}]}}]\n", []string{
			`spec.conditions[0].namespaces[0]: "A" is not a namespace: it takes at most 63 characters, lower-case letters, digits and '-', beginning and ending with a letter or a digit`,
			`spec.conditions[0].namespaceSelector.matchExpressions[0].operator: "Is" is none of In, NotIn, Exists, DoesNotExist (did you mean In?)`}},
		{"conditions that Kubernetes and Go refuse", "spec:\n", "spec:\n  conditions: [{namespaceRegexes: ['('], namespaceSelector: {matchLabels: {-a: b}, matchExpressions: [{key: a, operator: In}]}}]\n", []string{
			`spec.conditions[0].namespaceSelector.matchLabels[-a]: is no label that Kubernetes takes`,
			`spec.conditions[0].namespaceSelector.matchExpressions[0]: is no condition that Kubernetes takes (In and NotIn need values, Exists and DoesNotExist none, and each value is to be one of a label)`,
			"spec.conditions[0].namespaceRegexes[0]: is no regular expression: missing closing ): `(` (Go's syntax (RE2) is without look-around and back references)"}},
		{"when the operator looks again", "spec:\n", "spec:\n  refreshInterval: 60\n", nil},
		{"when it looks again, as a duration", "spec:\n", "spec:\n  refreshInterval: 1h\n", nil},
		{"no time", "spec:\n", "spec:\n  refreshInterval: often\n", []string{
			"spec.refreshInterval: must be whole seconds, or a duration as in 1h30m, and not less than zero"}},
		{"a time before", "spec:\n", "spec:\n  refreshInterval: -1\n", []string{
			"spec.refreshInterval: must be whole seconds, or a duration as in 1h30m, and not less than zero"}},
		{"versions that are checked on KV v1", "server:", "version: v1\n      checkAndSet: {required: true}\n      server:", []string{
			at + "checkAndSet.required: KV v1 has no versions to check (leave it out, or set version: v2)"}},
		{"a KV version that is none", "server:", "version: v3\n      server:", []string{at + `version: "v3" is none of v1, v2 (did you mean v1?)`}},
		{"auth without a method", "{kubernetes: {role: shop}}", "{}", []string{
			at + "auth: names no way to log in (add a method, such as kubernetes; for a Vault Agent or Proxy that logs in itself, leave auth out)"}},
		{"every method that is given is judged", "{kubernetes: {role: shop}}", "{appRole: {path: approle}, kubernetes: {}, namespace: x}", []string{
			at + "auth.appRole.secretRef: required, and not given",
			at + "auth.kubernetes.role: required, and not given",
		}},
		{"no role", "{role: shop}", "{mountPath: k8s}", []string{at + "auth.kubernetes.role: required, and not given"}},
		{"a token without a key", "{kubernetes: {role: shop}}", "{tokenSecretRef: {name: t}}", []string{
			at + "auth.tokenSecretRef.key: required, and not given (name the Secret's key that holds the token)"}},
		{"a SecretStore that reaches out of its namespace", "{role: shop}", "{role: shop, serviceAccountRef: {name: a, namespace: other}}", []string{
			at + `auth.kubernetes.serviceAccountRef.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`}},
		{"its own namespace, spelled out", "{role: shop}", "{role: shop, serviceAccountRef: {name: a, namespace: shop}}", nil},
		{"references out of its namespace, of every kind", "{kubernetes: {role: shop}}", "{tokenSecretRef: {name: a, key: k, namespace: other}, kubernetes: {role: shop, secretRef: {name: a, namespace: other}}}", []string{
			at + `auth.tokenSecretRef.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`,
			at + `auth.kubernetes.secretRef.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`}},
		{"a reference without a name", "{role: shop}", "{role: shop, secretRef: {key: k}}", []string{at + "auth.kubernetes.secretRef.name: required, and not given"}},
		{"audiences that are none", "{role: shop}", "{role: shop, serviceAccountRef: {name: a, audiences: [vault, \"\", \"a\\nb\"]}}", []string{
			at + "auth.kubernetes.serviceAccountRef.audiences[1]: is empty (write the audience that the role in Vault asks for, or leave audiences out)",
			at + "auth.kubernetes.serviceAccountRef.audiences[2]: has a line break in it, or another character that cannot be seen (write it as one line)"}},
		{"a JWT from nowhere", "{kubernetes: {role: shop}}", "{jwt: {role: shop}}", []string{
			at + "auth.jwt: names no JWT (set secretRef, or kubernetesServiceAccountToken)"}},
		{"a JWT from both places", "{kubernetes: {role: shop}}", "{jwt: {secretRef: {name: a, key: k}, kubernetesServiceAccountToken: {serviceAccountRef: {name: a}, audiences: [], expirationSeconds: 600}}}", nil},
		{"a JWT in no key", "{kubernetes: {role: shop}}", "{jwt: {path: /, secretRef: {name: a}}}", []string{
			at + "auth.jwt.path: is empty (write where the method is enabled in Vault, or leave it out)",
			at + "auth.jwt.secretRef.key: required, and not given (name the Secret's key that holds the JWT)"}},
		{"a token that is none", "{kubernetes: {role: shop}}", "{jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: a, namespace: other}, audiences: [vault, ''], expirationSeconds: 599}}}", []string{
			at + `auth.jwt.kubernetesServiceAccountToken.serviceAccountRef.namespace: a SecretStore can refer to its own namespace only, not to "other" (leave it out, or make the store a ClusterSecretStore)`,
			at + "auth.jwt.kubernetesServiceAccountToken.audiences[1]: is empty (write the audience that the role in Vault asks for, or leave audiences out)",
			at + "auth.jwt.kubernetesServiceAccountToken.expirationSeconds: must be at least 600: Kubernetes grants no less"}},
		{"a certificate without a key", "{kubernetes: {role: shop}}", "{cert: {path: a/../b, clientCert: {name: a}, secretRef: {key: k}}}", []string{
			at + "auth.cert.path: leads out of its mount with .. (write the path without it)",
			at + "auth.cert.clientCert.key: required, and not given (name the Secret's key that holds the certificate)",
			at + "auth.cert.secretRef.name: required, and not given"}},
		{"names of users", "{kubernetes: {role: shop}}", `{userPass: {username: " team/ada lovelace ", secretRef: {name: a, key: k}}, ldap: {username: "100% ..?", secretRef: {name: a, key: k}}}`, nil},
		{"names that stand in no path", "{kubernetes: {role: shop}}", `{userPass: {username: a/./b, secretRef: {name: a, key: k}}}`, []string{
			at + `auth.userPass.username: is no name that stands in a path: it begins or ends with a slash, or has //, or . or .. between slashes`}},
		{"names that stand nowhere", "{kubernetes: {role: shop}}", `{userPass: {username: " ", secretRef: {name: a, key: k}}}`, []string{
			at + `auth.userPass.username: is empty`}},
		{"a name of two lines", "{kubernetes: {role: shop}}", `{ldap: {username: "a\nb", secretRef: {name: a, key: k}}}`, []string{
			at + `auth.ldap.username: has a line break in it, or another character that cannot be seen (write it as one line)`}},
		{"a name that is none", "{kubernetes: {role: shop}}", `{ldap: {username: .., secretRef: {name: a, key: k}}}`, []string{
			at + `auth.ldap.username: is no name that stands in a path: it begins or ends with a slash, or has //, or . or .. between slashes`}},
		{"a path out of the mount", "server:", "path: kv/../sys\n      server:", []string{at + "path: leads out of its mount with .. (write the path without it)"}},
		{"a mount with dots", "{role: shop}", "{role: shop, mountPath: ../sys}", []string{
			at + "auth.kubernetes.mountPath: leads out of its mount with .. (write the path without it)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			document := store
			if tc.old != "" {
				if !strings.Contains(store, tc.old) {
					t.Fatalf("the case changes nothing: no %q", tc.old)
				}
				document = strings.Replace(store, tc.old, tc.new, 1)
			}
			if diff := cmp.Diff(tc.want, problemsOf(t, document, &Store{})); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultsAreThoseOfTheCRDs(t *testing.T) {
	node := yaml.MustParse("metadata: {name: a}\nspec: {secretStoreRef: {name: s}, dataFrom: [{extract: {key: k}}]}")
	var es ExternalSecret
	if found := Decode(node, &es); len(found) > 0 {
		t.Fatal(found)
	}
	got := []string{es.Spec.Target.CreationPolicy, es.Spec.Target.DeletionPolicy, es.Spec.SecretStoreRef.Kind, es.Spec.DataFrom[0].Extract.ConversionStrategy}
	if diff := cmp.Diff([]string{"Owner", "Retain", "SecretStore", "Default"}, got); diff != "" {
		t.Error(diff)
	}
	var store Store
	node = yaml.MustParse("metadata: {name: a}\nspec: {provider: {vault: {server: x, auth: {kubernetes: {role: r}}}}}")
	if found := Decode(node, &store); len(found) > 0 {
		t.Fatal(found)
	}
	vault := store.Spec.Provider.Vault
	if diff := cmp.Diff([]string{"v2", "kubernetes"}, []string{vault.Version, vault.Auth.Kubernetes.MountPath}); diff != "" {
		t.Error(diff)
	}
	if vault.Path != nil {
		t.Error("a path that is not given is not the empty path")
	}
}

func TestDecodingLeavesTheDocumentAlone(t *testing.T) {
	node, err := yaml.Parse("metadata: {name: &x k}\nspec: {data: [&e {secretKey: *x, remoteRef: {key: k}}, {<<: *e, secretKey: l}]}\n")
	if err != nil {
		t.Fatal(err)
	}
	before := node.MustString()
	var es ExternalSecret
	if found := Decode(node, &es); len(found) > 0 {
		t.Error(found)
	}
	if got := es.Spec.Data[0].SecretKey + es.Spec.Data[1].SecretKey + es.Spec.Data[1].RemoteRef.Key; got != "klk" {
		t.Errorf("aliases and merges give %q", got)
	}
	if diff := cmp.Diff(before, node.MustString()); diff != "" {
		t.Error(diff)
	}
}

// TestMergesThatNeverEnd has one of a map in itself, and one of merges of merges
// that stands for ten billion maps.
func TestMergesThatNeverEnd(t *testing.T) {
	bomb := "status:\n  m0: &m0 {a: b}\n"
	for i := 1; i <= 10; i++ {
		bomb += fmt.Sprintf("  m%d: &m%d {<<: [%s]}\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*m%d, ", i-1), 10), ", "))
	}
	for _, document := range []string{
		"metadata: {name: a}\nspec: &s {<<: *s, data: []}\n",
		bomb + "metadata: {<<: *m10, annotations: *m10}\nspec: {<<: *m10}\n",
	} {
		node, err := yaml.Parse(document)
		if err != nil {
			t.Fatal(err)
		}
		Decode(node, &ExternalSecret{})
		HeaderOf(node)
	}
}
