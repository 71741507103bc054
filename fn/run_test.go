package fn

import (
	"context"
	"encoding/base64"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/secret"
)

// fake is a source with made-up secrets, by key. It says what it was asked.
type fake struct {
	secrets  map[string]string // key → JSON object; "" for one whose latest version is deleted
	metadata map[string]string // key → JSON object
	faults   map[string]*Fault // key → what reading it fails with; see asked
	refuse   map[string]*Fault // server → what Admit has against it

	mu   sync.Mutex
	read []Ref
}

func (f *fake) Admit(connections []Connection) (refusals []Refusal) {
	for i, c := range connections {
		if fault := f.refuse[c.Server]; fault != nil {
			refusals = append(refusals, Refusal{i, fault})
		}
	}
	return refusals
}

// asked is what a ref reads, as Vault takes it: a/b, folder a/b, metadata a/b.
func asked(ref Ref) string {
	key := strings.Trim(path.Clean("/"+ref.Key), "/")
	if ref.Part == SecretPart {
		return strings.TrimPrefix(key, "kv/")
	}
	return strings.TrimSpace(string(ref.Part) + " " + key)
}

func (f *fake) Read(_ context.Context, ref Ref) (Answer, error) {
	f.mu.Lock()
	f.read = append(f.read, ref)
	f.mu.Unlock()
	what := asked(ref)
	if fault := f.faults[what]; fault != nil {
		return Answer{}, fault
	}
	var object string
	switch ref.Part {
	case FolderPart:
		if names := f.list(strings.TrimPrefix(what, "folder")); len(names) > 0 {
			return Answer{Names: names, Path: "kv/metadata/" + ref.Key}, nil
		}
	case MetadataPart:
		object = f.metadata[strings.TrimPrefix(what, "metadata ")]
	default:
		object = f.secrets[what]
	}
	if object == "" {
		return Answer{}, &Fault{Missing: true, Cause: strings.TrimSpace("no secret at kv/data/" + ref.Key)}
	}
	return Answer{Fields: secret.New(object), Version: 3, Path: "kv/data/" + ref.Key}, nil
}

// list gives what stands in a folder, as Vault does: once each and sorted.
func (f *fake) list(folder string) []string {
	names := map[string]bool{}
	for key := range f.secrets {
		if inside, ok := strings.CutPrefix("/"+key, strings.TrimRight("/"+strings.TrimSpace(folder), "/")+"/"); ok {
			name, _, deeper := strings.Cut(inside, "/")
			if deeper {
				name += "/"
			}
			names[name] = true
		}
	}
	return sortedKeys(names)
}

func items(t *testing.T, documents string) (objects []*manifest.Object) {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: strings.NewReader(documents), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes {
		objects = append(objects, manifest.New(node))
	}
	return objects
}

func written(t *testing.T, objects []*manifest.Object) string {
	t.Helper()
	var all []string
	for _, o := range objects {
		all = append(all, strings.TrimSpace(o.Node().MustString()))
	}
	return strings.Join(all, "\n---\n") + "\n"
}

const vaultStore = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example", path: kv, auth: {tokenSecretRef: {name: login, key: token}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {token: made-up-token}
---
`

func es(name, spec string) string {
	return "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: " + name + "}\nspec:\n  secretStoreRef: {name: vault}\n  " +
		strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  ") + "\n"
}

func TestASecretStandsWhereItsExternalSecretStood(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"user":"made-up-user","n":12345678901234567890}`}}
	in := Input{Items: items(t, "# first\nkind: A\n---\n"+vaultStore+es("db", `data: [{secretKey: u, remoteRef: {key: app, property: user}}]`)+"---\nkind: Z # last\n")}
	before := written(t, in.Items)
	out, problems := Run(context.Background(), in, source)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const want = `# first
kind: A
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {token: made-up-token}
---
apiVersion: v1
kind: Secret
metadata:
  name: db
type: Opaque
data:
  u: bWFkZS11cC11c2Vy
---
kind: Z # last
`
	if diff := cmp.Diff(want, written(t, out.Items)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, written(t, in.Items)); diff != "" {
		t.Errorf("the input was changed:\n%s", diff)
	}
}

// TestWhatGoesIntoTheSecret has the parts of the Secret that each field shapes.
func TestWhatGoesIntoTheSecret(t *testing.T) {
	source := &fake{secrets: map[string]string{
		"app":  `{"a":"1","b.c":"dot","b":{"c":"path","d":[1,2.50]},"html":"<&>","n":12345678901234567890,"f":1.50,"t":true,"nil":null,"json":"{\"h\":1}"}`,
		"odd":  `{"a/b":"x","é":"y"}`,
		"odd2": `{"a/b":"x","a b":"y"}`,
		"none": `{}`,
		"nums": `{"neg":-12345678901234567890,"exp":1e21,"small":1e-7,"in":{"exp":1e21,"neg":-12345678901234567890}}`,
		"huge": `{"fine":"x","huge":1e400}`,
		"anon": `{"":"nameless","one½":"y"}`,
		"text": `{"nothing":"null","behind":"{\"h\":1}}"}`,
	}}
	for _, tc := range []struct {
		name, spec string
		want       map[string]string // data, decoded; nil for no Secret
		problem    string
	}{
		{"the whole secret", `data: [{secretKey: k, remoteRef: {key: app}}]`, map[string]string{
			"k": `{"a":"1","b":{"c":"path","d":[1,2.50]},"b.c":"dot","f":1.50,"html":"\u003c\u0026\u003e","json":"{\"h\":1}","n":12345678901234567890,"nil":null,"t":true}`}, ""},
		{"a field", `data: [{secretKey: k, remoteRef: {key: app, property: a}}]`, map[string]string{"k": "1"}, ""},
		{"a field of that very name before a path", `data: [{secretKey: k, remoteRef: {key: app, property: b.c}}]`, map[string]string{"k": "dot"}, ""},
		{"a path", `data: [{secretKey: k, remoteRef: {key: app, property: b.d.1}}]`, map[string]string{"k": "2.5"}, ""},
		{"a list", `data: [{secretKey: k, remoteRef: {key: app, property: b.d}}]`, map[string]string{"k": "[1,2.50]"}, ""},
		{"null", `data: [{secretKey: k, remoteRef: {key: app, property: nil}}]`, map[string]string{"k": ""}, ""},
		{"digits are kept", `data: [{secretKey: k, remoteRef: {key: app, property: "n"}}]`, map[string]string{"k": "12345678901234567890"}, ""},
		{"no such field", `data: [{secretKey: k, remoteRef: {key: app, property: zz}}]`, nil,
			`ExternalSecret db: spec.data[0].remoteRef.property: no field "zz" at kv/data/app (version 3); it has 9 fields`},
		{"extract", `dataFrom: [{extract: {key: app}}]`, map[string]string{
			"a": "1", "b": `{"c":"path","d":[1,2.5]}`, "b.c": "dot", "f": "1.5", "html": "<&>", "n": "12345678901234567890", "nil": "", "json": `{"h":1}`, "t": "true"}, ""},
		{"extract of JSON in a string", `dataFrom: [{extract: {key: app, property: json}}]`, map[string]string{"h": "1"}, ""},
		{"extract of numbers", `dataFrom: [{extract: {key: nums}}]`, map[string]string{
			"neg": "-12345678901234567890", "exp": "1000000000000000000000", "small": "0.0000001", "in": `{"exp":1e+21,"neg":-12345678901234567890}`}, ""},
		{"extract of a number that is none", `dataFrom: [{extract: {key: huge}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract.key: kv/data/huge (version 3): field "huge": holds a number too large to be read`},
		{"a field of a number that is none", `data: [{secretKey: k, remoteRef: {key: huge, property: huge}}]`, map[string]string{"k": "1e400"}, ""},
		{"a field without a name is dropped, and ½ is a number", `dataFrom: [{extract: {key: anon, conversionStrategy: Unicode}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract: kv/data/anon (version 3): "one½" would become the key "one½", which Kubernetes refuses`},
		{"one key twice, where the last one wins", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: app, property: a}}, {secretKey: k, remoteRef: {key: app, property: b.c}}]", map[string]string{"k": "dot"}, ""},
		{"extract of null in a string", `dataFrom: [{extract: {key: text, property: nothing}}]`, nil, ""},
		{"extract of an object with something behind it", `dataFrom: [{extract: {key: text, property: behind}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract.property: "behind" at kv/data/text (version 3): not a JSON object, and its fields are asked for`},
		{"a store and nothing to read there", "target: {deletionPolicy: Merge}\ndataFrom: [{sourceRef: {storeRef: {name: vault}}}]", map[string]string{}, ""},
		{"a version that is none", `data: [{secretKey: k, remoteRef: {key: app, version: latest}}]`, nil,
			`ExternalSecret db: spec.data[0].remoteRef.version: "latest" is no version: versions of a secret are whole numbers`},
		{"no key", `data: [{secretKey: k, remoteRef: {key: /}}]`, nil, `ExternalSecret db: spec.data[0].remoteRef.key: is empty`},
		{"extract of what is no object", `dataFrom: [{extract: {key: app, property: a}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract.property: "a" at kv/data/app (version 3): not a JSON object, and its fields are asked for`},
		{"data wins over dataFrom", "dataFrom: [{extract: {key: app, property: json}}]\ndata: [{secretKey: h, remoteRef: {key: app, property: a}}]", map[string]string{"h": "1"}, ""},
		{"keys that no Secret has are converted", `dataFrom: [{extract: {key: odd2}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract: kv/data/odd2 (version 3): "a b" and "a/b" both become the key "a_b"`},
		{"keys are spelled out", `dataFrom: [{extract: {key: odd2, conversionStrategy: Unicode}}]`, map[string]string{"a_U0020_b": "y", "a_U002f_b": "x"}, ""},
		{"keys that Kubernetes refuses", `dataFrom: [{extract: {key: odd}}]`, nil,
			`ExternalSecret db: spec.dataFrom[0].extract: kv/data/odd (version 3): "é" would become the key "é", which Kubernetes refuses`},
		{"missing, and that is a fault", `data: [{secretKey: k, remoteRef: {key: zz}}]`, nil,
			`ExternalSecret db: spec.data[0].remoteRef.key: no secret at kv/data/zz`},
		{"missing, and that leaves one key out", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: zz}}, {secretKey: l, remoteRef: {key: app, property: a}}]", map[string]string{"l": "1"}, ""},
		{"all missing, and so there is no Secret", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: zz}}]", nil, ""},
		{"all missing, and an empty Secret", "target: {deletionPolicy: Merge}\ndata: [{secretKey: k, remoteRef: {key: zz}}]", map[string]string{}, ""},
		{"nothing in it, and nothing made of it", `dataFrom: [{extract: {key: none}}]`, nil, ""},
		{"a missing field is never tolerated", "target: {deletionPolicy: Delete}\ndata: [{secretKey: k, remoteRef: {key: app, property: zz}}]", nil,
			`ExternalSecret db: spec.data[0].remoteRef.property: no field "zz" at kv/data/app (version 3); it has 9 fields`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", tc.spec))}, source)
			if tc.problem != "" {
				if len(problems) != 1 || !strings.HasPrefix(problems.Error(), "error: "+tc.problem+"\n") && problems.Error() != "error: "+tc.problem {
					t.Fatalf("problems:\n%s\nwant:\n%s", problems.Error(), tc.problem)
				}
				if out.Items != nil {
					t.Error("something came out")
				}
				return
			}
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(tc.want, dataOf(t, out.Items, "db")); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
		})
	}
}

// dataOf decodes the data of a Secret; nil where there is none of that name.
func dataOf(t *testing.T, objects []*manifest.Object, name string) map[string]string {
	t.Helper()
	var data map[string]string
	for _, object := range objects {
		node := object.Node()
		if node.GetKind() != "Secret" || node.GetName() != name {
			continue
		}
		data = map[string]string{}
		for _, key := range dataKeys(t, node) {
			value, _, err := secretKey(node, key)
			if err != nil {
				t.Fatal(err)
			}
			data[key] = value.Reveal()
		}
	}
	return data
}

// specCase is one ExternalSecret, db, what it makes, and all that is said about
// it: problems or warnings, word for word, without the name of the ExternalSecret.
type specCase struct {
	name, spec string
	want       map[string]string // data, decoded; nil for no Secret
	says       string
}

// testSpecs runs each spec, beside the documents, with what the source has.
func testSpecs(t *testing.T, source *fake, documents string, cases []specCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			out, problems := Run(context.Background(), Input{Items: items(t, documents+es("db", tc.spec))}, source)
			if diff := cmp.Diff(tc.want, dataOf(t, out.Items, "db")); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// said is all that a run says, which is never a value.
func said(t *testing.T, out Output, problems Problems) string {
	t.Helper()
	if len(problems) > 0 && len(out.Items)+len(out.Warnings) > 0 {
		t.Error("something came out beside the problems")
	}
	all := problems.Error() + out.Warnings.Warnings()
	for skip := range 3 { // base64 looks different by where in a text a value begins
		tail := value[skip : skip+(len(value)-skip)/3*3]
		for _, form := range []string{value, base64.StdEncoding.EncodeToString([]byte(tail))} {
			if strings.Contains(all, form) {
				t.Errorf("a value is in: %s", all)
			}
		}
	}
	return strings.ReplaceAll(all, ": ExternalSecret db: ", ": ")
}

// value is in what no message may hold.
const value = "made-up-Zq7"

func dataKeys(t *testing.T, node *yaml.RNode) []string {
	t.Helper()
	data := node.Field("data")
	if data == nil {
		return nil
	}
	keys, err := data.Value.Fields()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestNothingIsReadWhereTheEnvironmentOrTheSourceHasSomethingAgainstIt(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}, refuse: map[string]*Fault{
		"https://evil.example": {Scope: StoreScope, Field: "spec.provider.vault.server", Cause: "not yours"},
	}}
	evil := strings.NewReplacer("name: vault", "name: evil", "vault.example", "evil.example", "name: login}\nstring", "name: other}\nstring").Replace(vaultStore)
	out, problems := Run(context.Background(), Input{
		Known: Problems{{Field: "VAULT_ADDR", Cause: "is not an address"}},
		Items: items(t, vaultStore+evil+
			es("good", `data: [{secretKey: k, remoteRef: {key: app}}]`)+"---\n"+
			es("typo", `data: [{secretKey: k, remoteRef: {kee: app}}]`)+"---\n"+
			es("lost", "target: {name: x}\ndata: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: nowhere}}}]")+"---\n"+
			es("same", "target: {name: x}\ndata: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: evil}}}]")+"---\n"+
			es("login", "data: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: vault, kind: ClusterSecretStore}}}]"))}, source)
	const want = `error: VAULT_ADDR: is not an address
error: ExternalSecret login: spec.data[0].sourceRef.storeRef: no ClusterSecretStore "vault" among the manifests given
  hint: there is a SecretStore of that name; set kind: SecretStore
error: ExternalSecret login: spec.target.name: a Secret "login" is among the manifests already, and was not made from this ExternalSecret
  hint: remove that Secret, set another spec.target.name, or add to it with creationPolicy: Merge
error: ExternalSecret lost: spec.data[0].sourceRef.storeRef: no SecretStore "nowhere" in namespace "default" among the manifests given
  hint: give esfn the store together with the ExternalSecret
error: ExternalSecret same: spec.target.name: ExternalSecret lost makes the Secret "x", too
  hint: give one of the two another spec.target.name
error: ExternalSecret typo: spec.data[0].remoteRef.kee: no such field
  hint: did you mean key?
error: ExternalSecret typo: spec.data[0].remoteRef.key: required, and not given
error: SecretStore evil: spec.provider.vault.server: not yours`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if len(source.read) > 0 || out.Items != nil {
		t.Error("something was read or came out")
	}
}

// TestWhatIsWrongWithOneDoesNotHideWhatIsWrongWithAnother has an ExternalSecret
// that is wrong by itself, one by what is read, and one that is right.
func TestWhatIsWrongWithOneDoesNotHideWhatIsWrongWithAnother(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
	out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+
		es("broken", "target: {deletionPolicy: Delete, creationPolicy: Orphan}\ndata: [{secretKey: k, remoteRef: {key: unread, propperty: a}}]")+"---\n"+
		es("lost", "data: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: nowhere}}}, {secretKey: l, remoteRef: {key: gone}}]")+"---\n"+
		es("right", "data: [{secretKey: k, remoteRef: {key: app}}]")+"---\n"+
		es("zz", "data: [{secretKey: k, remoteRef: {key: app, property: z}}]"))}, source)
	const want = `error: ExternalSecret broken: spec.data[0].remoteRef.propperty: no such field
  hint: did you mean property?
error: ExternalSecret lost: spec.data[0].sourceRef.storeRef: no SecretStore "nowhere" in namespace "default" among the manifests given
  hint: give esfn the store together with the ExternalSecret
error: ExternalSecret lost: spec.data[1].remoteRef.key: no secret at kv/data/gone
error: ExternalSecret zz: spec.data[0].remoteRef.property: no field "z" at kv/data/app (version 3); it has 1 field
  hint: field names are case-sensitive, and a dot in a name is written as \\.`
	if diff := cmp.Diff(strings.ReplaceAll(want, `\\`, `\`), problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if out.Items != nil {
		t.Error("something came out")
	}
	for _, ref := range source.read {
		if ref.Key == "unread" {
			t.Error("an entry of the broken one was read")
		}
	}
}

func TestAllProblemsOfVaultAtOnceAndAStoresOnlyOnce(t *testing.T) {
	down := &Fault{Scope: StoreScope, Field: "spec.provider.vault.server", Cause: "does not answer"}
	source := &fake{faults: map[string]*Fault{"d1": down, "d2": down}}
	_, problems := Run(context.Background(), Input{Plain: true, Places: []Place{{"store.yaml", 0}, {"login.yaml", 0}, {"es.yaml", 0}, {"es.yaml", 3}}, Items: items(t, vaultStore+
		es("a", "data: [{secretKey: k, remoteRef: {key: d1}}, {secretKey: l, remoteRef: {key: gone}}]")+"---\n"+
		es("b", "data: [{secretKey: k, remoteRef: {key: d2}}]"))}, source)
	const want = `error: ExternalSecret a: spec.data[1].remoteRef.key: no secret at kv/data/gone
  file: es.yaml
error: SecretStore vault: spec.provider.vault.server: does not answer
  file: store.yaml`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestNoMessageHoldsAValue has an ExternalSecret for everything that can go wrong
// once values are there, and hears of all of them in one run.
func TestNoMessageHoldsAValue(t *testing.T) {
	source := &fake{secrets: map[string]string{
		"app":    `{"v":"` + value + `","json":"{\"a\":\"` + value + `\"","o":{"a/b":"` + value + `"},"nul":"` + value + `\u0000","multi":"` + value + `\n: ` + value + `"}`,
		"broken": `{"v":"` + value,
		"list":   `["` + value + `"]`,
		"two":    `{"v":"` + value + `"} {"w":"` + value + `"}`,
		"a/x":    `{"v":"` + value + `"}`, "a/y": `{"v":"` + value + `"}`,
	}}
	read := func(key, more string) string {
		return "data: [{secretKey: k, remoteRef: {key: " + key + ", " + more + "}}]"
	}
	extract := func(key, more, rewrite string) string {
		return "dataFrom: [{extract: {key: " + key + ", " + more + "}, rewrite: [" + rewrite + "]}]"
	}
	made := func(template string) string {
		return "target: {template: {" + template + "}}\n" + extract("app", "", "")
	}
	literal := func(text, more string) string {
		return made("templateFrom: [{literal: '" + text + "', " + more + "}]")
	}
	specs := []string{
		read("broken", ""), read("list", ""), read("two", "property: v"), read("app", "property: v.deeper"), read("app", "property: v, decodingStrategy: Base64"),
		read("app", "property: nul, nullBytePolicy: Fail"),
		extract("broken", "", ""), extract("app", "property: v", ""), extract("app", "property: json", ""), extract("app", "property: o", "{regexp: {source: x, target: z}}"),
		extract("app", "", "{merge: {}}"), extract("app", "decodingStrategy: Base64URL", ""), extract("app", "nullBytePolicy: Fail", ""),
		"dataFrom: [{find: {path: a}, rewrite: [{merge: {}}]}]",
		"dataFrom: [{find: {path: a, decodingStrategy: Base64}}]",
		made("data: {k: '{{ fail .v }}'}"), made("data: {k: '{{ index . .v 1 }}'}"), made("data: {k: '{{ mustFromJson .v }}'}"), made("data: {k: '{{ mustToDate \"2006\" .v }}'}"),
		made("data: {k: '{{ mustRegexMatch (print \"(\" .v) .v }}'}"), made("data: {k: '{{ template .v }}'}"), made("data: {k: '{{ (fromYaml .multi).x }}'}"), made("data: {k: '{{ filterPEM \"X\" .v }}'}"),
		literal("{{ .v | quote }}", ""), literal("{{ .v }}: [{{ .v }}]", ""), literal("x: {{ .multi }}", ""), literal("{{ .multi | quote }}: x", ""), literal("null: {{ .v }}", ""),
		literal("{{ .v }}: {{ .v }}", "valuesDecodingStrategy: Base64"),
		literal("{{ .v }}: {{ .v }}", "target: Labels, valuesDecodingStrategy: Base64"),
	}
	documents := vaultStore
	for i, spec := range specs {
		documents += es("no"+strconv.Itoa(i), spec) + "---\n"
	}
	out, problems := Run(context.Background(), Input{Items: items(t, strings.TrimSuffix(documents, "---\n"))}, source)
	all := said(t, out, problems)
	for i, spec := range specs {
		if n := strings.Count(all, "ExternalSecret no"+strconv.Itoa(i)+": "); n != 1 {
			t.Errorf("%d problems with %s", n, spec)
		}
	}
	for _, result := range problems.Results("error") {
		if strings.Contains(result.Message, value) {
			t.Errorf("a value is in the result %q", result.Message)
		}
	}
}

func TestPoliciesAndTheOrderOfEntries(t *testing.T) {
	source := &fake{secrets: map[string]string{
		"a": `{"a":"A","b":"A"}`, "b": `{"a":"B"}`, "none": `{}`, "deleted": "",
	}}
	const merge, del = "target: {deletionPolicy: Merge}\n", "target: {deletionPolicy: Delete}\n"
	const extracts = "dataFrom: [{extract: {key: a}}, {extract: {key: deleted}}]"
	const missing = "spec.dataFrom[1].extract.key: no secret at kv/data/deleted"
	const static = "template: {data: {k: static}}}\ndataFrom: [{extract: {key: none}}]"
	const two = "data: [{secretKey: k, remoteRef: {key: a, property: a}}, {secretKey: k, remoteRef: {key: b, property: a}}]"
	testSpecs(t, source, vaultStore+strings.NewReplacer("{name: vault}", "{name: other}", "path: kv", "path: other").Replace(strings.Split(vaultStore, "---\n")[0])+"---\n", []specCase{
		{"one that is missing", extracts, nil, "error: " + missing},
		{"which may be", merge + extracts, map[string]string{"a": "A", "b": "A"}, "warning: " + missing + ", so this is left out: deletionPolicy is Merge"},
		{"nothing in it, and a template", "target: {" + static, nil, nothing},
		{"and it is to be made all the same", "target: {deletionPolicy: Merge, " + static, map[string]string{"k": "static"}, ""},
		{"later ones win, and data over dataFrom", "data: [{secretKey: b, remoteRef: {key: b, property: a}}]\ndataFrom: [{extract: {key: a}}, {extract: {key: b}}]", map[string]string{"a": "B", "b": "B"}, ""},
		{"a key twice", two, nil, `error: spec.data[1].secretKey: "k" is already the key of spec.data[0]`},
		{"a key twice, where the last wins", merge + two, map[string]string{"k": "B"}, ""},
		{"Delete and Merge", "target: {deletionPolicy: Delete, creationPolicy: Merge}\n" + extracts, nil,
			"error: spec.target.deletionPolicy: Delete needs a Secret of its own, and creationPolicy is Merge\n  hint: set creationPolicy: Owner, or deletionPolicy: Merge"},
		{"a field that is missing", del + "data: [{secretKey: k, remoteRef: {key: b, property: b}}]", nil,
			`error: spec.data[0].remoteRef.property: no field "b" at kv/data/b (version 3); it has 1 field` + "\n  hint: field names are case-sensitive, and a dot in a name is written as \\."},
		{"None reads all the same", "target: {creationPolicy: None}\n" + extracts, nil, "error: " + missing},
		{"a store that brings nothing", merge + "dataFrom: [{sourceRef: {storeRef: {name: other}}}]", map[string]string{},
			"warning: spec.dataFrom[0]: brings nothing, as in ESO: it names a store, and nothing to read there\n  hint: add extract.key or find"},
		{"generators", "data: [{secretKey: k, remoteRef: {key: b}, sourceRef: {generatorRef: {kind: Fake, name: f}}}]\ndataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]", nil,
			"error: spec.data[0].sourceRef.generatorRef: is for dataFrom only: ESO does not act on it here either\n  hint: write a storeRef\n" +
				"error: spec.dataFrom[0].sourceRef.generatorRef: esfn reads values and makes none: a generator's would be others in every render\n  hint: keep what it makes in Vault, or leave this ExternalSecret to the operator"},
	})
	source.read = nil
	_, problems := Run(context.Background(), Input{Items: items(t, vaultStore+strings.NewReplacer("{name: vault}", "{name: other}", "path: kv", "path: other").Replace(strings.Split(vaultStore, "---\n")[0])+"---\n"+
		es("db", "data: [{secretKey: k, remoteRef: {key: a}}, {secretKey: l, remoteRef: {key: b}, sourceRef: {storeRef: {name: other}}}]"))}, source)
	mounts := map[string]string{}
	for _, ref := range source.read {
		mounts[ref.Key] = ref.Mount
	}
	if diff := cmp.Diff(map[string]string{"a": "kv", "b": "other"}, mounts); diff != "" || len(problems) > 0 {
		t.Errorf("an entry's own store is not its own: %v %s", problems, diff)
	}
}
