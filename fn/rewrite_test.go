package fn

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const addOne = "\n  hint: names are not converted where there is a rewrite: add one, as in: regexp: {source: '[^-._a-zA-Z0-9]', target: _}"

func TestRewrite(t *testing.T) {
	source := tree()
	for key, object := range map[string]string{
		"app":  `{"password":"p","user":"u"}`,
		"a/1":  `{"u":"one","h":"<&>","n":12345678901234567890,"f":1.50,"big":1e21,"o":{"h":"<","f":1.50,"n":12345678901234567890}}`,
		"u/a":  `{"u":"a","a":"1"}`,
		"u/b":  `{"u":"b"}`,
		"u/c":  `{"u":"c"}`,
		"text": `{"one":"` + value + `","none":"null","empty":""}`,
		"path": `{"in":{"a/b":"x"}}`,
		"huge": `{"in":"{\"f\":1e400}"}`,
		"nest": `{"x":{"a":"1"},"y":{"b":"2"}}`,
	} {
		source.secrets[key] = object
	}
	find := func(path, operations string) string {
		return "dataFrom: [{find: {path: " + path + "}, rewrite: [" + operations + "]}]"
	}
	extract := func(key, operations string) string {
		return "dataFrom: [{extract: {key: " + key + "}, rewrite: [" + operations + "]}]"
	}
	// flat takes the folder off the names.
	flat := func(operations string) string {
		return find("u", "{regexp: {source: ^u/, target: ''}}, "+operations)
	}
	const rewrite = "error: spec.dataFrom[0].rewrite"
	testSpecs(t, source, vaultStore, []specCase{
		{"regexp, and names are not converted", find("dev", "{regexp: {source: ^dev/, target: ''}}"), nil,
			rewrite + `: "dev/db/main" would become the key "db/main", which Kubernetes refuses` + addOne},
		{"one after the other", find("dev", "{regexp: {source: ^dev/, target: ''}}, {regexp: {source: /, target: _}}"), map[string]string{"config": dev, "db_main": main}, ""},
		{"an empty list is none", "dataFrom: [{find: {path: dev}, rewrite: []}]", map[string]string{"dev_config": dev, "dev_db_main": main}, ""},
		{"conversionStrategy has no say beside it", "dataFrom: [{find: {path: dev, conversionStrategy: Unicode}, rewrite: [{regexp: {source: /, target: .}}]}]", map[string]string{"dev.config": dev, "dev.db.main": main}, ""},
		{"groups", extract("app", `{regexp: {source: "(?P<all>.+)", target: "dev-${1}-${all}"}}, {regexp: {source: "^(dev)-(?P<end>[a-z]).*", target: "$1.$end"}}`), map[string]string{"dev.p": "p", "dev.u": "u"}, ""},
		{"the group 1x is none, and a value without a key is dropped", extract("app", "{regexp: {source: (.*), target: $1x}}"), nil, nothing},
		{"regexp, to one key", extract("app", "{regexp: {source: .+, target: k}}"), nil,
			rewrite + `[0]: kv/data/app (version 3): "password" and "user" both become the key "k"` + "\n  hint: give one of the two another key in an operation before this one"},
		{"transform", find("dev", `{transform: {template: '{{ .value | upper | replace "/" "_" }}'}}`), map[string]string{"DEV_CONFIG": dev, "DEV_DB_MAIN": main}, ""},
		{"transform, to one key", extract("app", "{transform: {template: k}}"), nil,
			rewrite + `[0]: kv/data/app (version 3): "password" and "user" both become the key "k"` + "\n  hint: give one of the two another key in an operation before this one"},
		{"transform of what it has not", extract("app", "{transform: {template: '{{ .nope }}{{ .value }}'}}"), nil,
			rewrite + `: kv/data/app (version 3): "password" would become the key "<no value>password", which Kubernetes refuses` + addOne},
		{"transform that fails", extract("app", "{transform: {template: '{{ .value | fail }}'}}"), nil,
			rewrite + `[0]: kv/data/app (version 3): "password": line 1, column 13: the template calls fail`},
		{"merge of one field in three", flat("{merge: {}}"), nil, rewrite + `[1]: field "u" is in "a" and in "b"` + "\n  hint: set conflictPolicy: Ignore to take the last one; priority says which is last"},
		{"where that is no conflict", flat("{merge: {conflictPolicy: Ignore}}"), map[string]string{"u": "c", "a": "1"}, ""},
		{"with a priority", flat("{merge: {conflictPolicy: Ignore, priority: [b, a]}}"), map[string]string{"u": "a", "a": "1"}, ""},
		{"with one that is not there", flat("{merge: {conflictPolicy: Ignore, priority: [z]}}"), nil, rewrite + `[1]: priority names "z", and there is no such key` + "\n  hint: set priorityPolicy: IgnoreNotFound where it need not be there"},
		{"which may be", flat("{merge: {conflictPolicy: Ignore, priorityPolicy: IgnoreNotFound, priority: [z, a]}}"), map[string]string{"u": "a", "a": "1"}, ""},
		{"with one twice", find("a", "{merge: {priority: [a/1, a/1], strategy: JSON, into: x}}"), nil, rewrite + `[0]: priority names "a/1" twice` + "\n  hint: name it once"},
		{"of values without keys", find("u", "{regexp: {source: .*, target: ''}}, {merge: {}}"), nil, rewrite + `[1]: field "u" is in "" and in ""` + "\n  hint: set conflictPolicy: Ignore to take the last one; priority says which is last"},
		{"merge of kinds of values", find("a", "{merge: {}}"), map[string]string{"u": "one", "h": "<&>", "n": "12345678901234567890", "f": "1.5", "big": "1000000000000000000000",
			"o": `{"f":1.5,"h":"\u003c","n":12345678901234567890}`}, ""},
		{"merge into JSON, where nothing is escaped", find("a", "{regexp: {source: /, target: _}}, {merge: {strategy: JSON, into: all}}"), map[string]string{
			"all": `{"big":1e+21,"f":1.5,"h":"<&>","n":12345678901234567890,"o":{"f":1.5,"h":"<","n":12345678901234567890},"u":"one"}`,
			"a_1": `{"big":1e21,"f":1.50,"h":"\u003c\u0026\u003e","n":12345678901234567890,"o":{"f":1.50,"h":"\u003c","n":12345678901234567890},"u":"one"}`}, ""},
		{"merge into a key that is there", extract("nest", "{merge: {strategy: JSON, into: x}}"), map[string]string{"x": `{"a":"1","b":"2"}`, "y": `{"b":"2"}`}, ""},
		{"merge into nowhere", extract("nest", "{merge: {strategy: JSON}}"), nil, rewrite + "[0].merge.into: strategy JSON needs it\n  hint: name the key that the JSON object is to have"},
		{"merge of keys that Kubernetes refuses", extract("path", "{merge: {}}"), nil,
			rewrite + `: kv/data/path (version 3): "a/b" would become the key "a/b", which Kubernetes refuses` + addOne},
		{"merge of what an extract brought", extract("nest", "{merge: {}}"), map[string]string{"a": "1", "b": "2"}, ""},
		{"merge of a text", extract("text", "{merge: {priority: [one]}}"), nil, rewrite + `[0]: kv/data/text (version 3): "empty": not a JSON object, and its fields are asked for`},
		{"merge of another text", extract("text", "{regexp: {source: e, target: a}}, {merge: {}}"), nil, rewrite + `[1]: kv/data/text (version 3): "ampty": not a JSON object, and its fields are asked for`},
		{"merge of a number that is none", extract("huge", "{merge: {}}"), nil, rewrite + `[0]: kv/data/huge (version 3): "in": field "f": holds a number too large to be read`},
		{"none of the three", extract("app", "{}"), nil, rewrite + "[0]: takes exactly one of regexp, transform and merge\n  hint: write an operation for each; they are applied one after the other"},
		{"keys of one render only", extract("app", "{transform: {template: '{{ .value }}{{ randInt 1 2 }}'}}"), map[string]string{"password1": "p", "user1": "u"},
			"warning: spec.dataFrom[0].rewrite[0].transform.template: what randInt gives is another in every render\n  hint: keep in Vault what is to stay the same; Argo CD sees a difference after every render"},
	})
}

func TestNothingIsReadForAnExternalSecretWithAnOperationThatIsNone(t *testing.T) {
	source := tree()
	out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", `dataFrom:
- extract: {key: app}
  rewrite: [{regexp: {source: '(', target: x}}, {regexp: {source: '(?=x)', target: x}}]
data: [{secretKey: k, remoteRef: {key: gone}}]`)+"---\n"+es("other", `dataFrom:
- extract: {key: app}
  rewrite: [{transform: {template: "{{ .value"}}, {transform: {template: "\n{{ env .value }}"}}]
- extract: {key: app}
  rewrite: [{transform: {template: "{{ end }}"}}]
data: [{secretKey: k, remoteRef: {key: gone}}]`))}, source)
	const want = `error: spec.dataFrom[0].rewrite[0].regexp.source: is no regular expression: missing closing ): ` + "`(`" + `
  hint: Go's syntax (RE2) is without look-around and back references
error: spec.dataFrom[0].rewrite[1].regexp.source: is no regular expression: invalid or unsupported Perl syntax: ` + "`(?=`" + `
  hint: Go's syntax (RE2) is without look-around and back references
error: ExternalSecret other: spec.dataFrom[0].rewrite[0].transform.template: line 1: an action is not closed with }}: unclosed action
error: ExternalSecret other: spec.dataFrom[0].rewrite[1].transform.template: line 2: there is no function env, in ESO neither: a template sees nothing of the machine: env
error: ExternalSecret other: spec.dataFrom[1].rewrite[0].transform.template: line 1: an {{ end }} or {{ else }} belongs to nothing: unexpected {{end}}`
	if diff := cmp.Diff(want, said(t, out, problems)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if len(source.read) > 0 {
		t.Errorf("read: %q", source.refs())
	}
}
