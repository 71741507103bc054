package fn

import (
	"crypto/ed25519"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/esfn/esfn/tests/canary"
)

// large are values that are too much for something, or that a function reads and does not
// take: each holds a mark, also where most of it says nothing.
func (c *canaryRun) large() map[string]string {
	m := c.marks
	mark := m.Text("in a large value")
	seed := m.Text("the seed of a key")
	key := ed25519.NewKeyFromSeed([]byte(seed))
	inURL := base64.RawURLEncoding.EncodeToString
	public := inURL(key.Public().(ed25519.PublicKey))
	type safe struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"tag:0,explicit"`
	}
	older, err := asn1.Marshal(struct {
		Version int
		Safe    safe
	}{2, safe{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}, []byte(m.Text("in an archive of an older version"))}})
	if err != nil {
		c.Fatal(err)
	}
	values := map[string]string{
		"older": string(older),
		"a":     m.Text("beside a large value"), "o": m.Odd("odd, beside a large value"), "long": mark + strings.Repeat("x", 7<<19), "less": mark + strings.Repeat("x", 1<<20), "key": strings.Repeat(mark, 600), "expression": strings.Repeat("a{1000}", 20) + mark,
		"yaml": "a: " + mark + "\n" + strings.Repeat("k: v\n", 1<<17), "aliases": "a: &a " + mark + strings.Repeat("x", 1<<16) + "\nb: [" + strings.Repeat("*a, ", 70) + "]\n", "bytes": "\xff" + m.Text("bytes for YAML"), "null": "null",
		"private": `{"kty":"OKP","crv":"Ed25519","d":"` + inURL([]byte(seed)) + `","x":"` + public + `"}`, "public": `{"kty":"OKP","crv":"Ed25519","x":"` + public + `"}`, "oct": `{"kty":"oct","k":"` + m.Text("a symmetric key") + `"}`, "bad": `{"kty":"RSA","n":"` + m.Text("n, and more") + `!"}`, "none": `{"kty":"` + m.Text("no kind of key") + `"}`, "archive": "MI" + m.Text("an archive in base64"),
	}
	for _, file := range []string{"rsa.key", "ec.key", "rsa.crt", "self.crt", "child.crt", "rc2.p12"} {
		text, err := os.ReadFile("template/testdata/" + file)
		if err != nil {
			c.Fatal(err)
		}
		m.KeepLines(file, string(text))
		values[strings.ReplaceAll(file, ".", "_")] = string(text)
	}
	return values
}

// overdone are templates over such values.
var overdone = []string{
	`{{ $d := dict "a" .a }}{{ $_ := set $d "a" $d }}`, `{{ $d := dict "a" .a }}{{ $l := list $d $d $d $d $d }}{{ $_ := set $d "b" .less }}{{ $l }}`,
	`{{ regexMatch .expression .a }}`, `{{ regexReplaceAll "x{300}y" .less .a }}`, `{{ fromYaml .aliases }}`, `{{ semver .key }}`, `{{ jwkPrivateKeyPem .key }}`, `{{ append (until 5000) .a | uniq }}`,
	`{{ jwkPublicKeyPem .private }}`, `{{ jwkPrivateKeyPem .public }}`, `{{ jwkPublicKeyPem .oct }}`, `{{ jwkPublicKeyPem .bad }}`, `{{ jwkPublicKeyPem .none }}`, `{{ rsaDecrypt .a "SHA256" .a .rsa_key }}`, `{{ rsaDecrypt "RSA-OAEP" "SHA256" .a .rsa_key }}`, `{{ rsaDecrypt "RSA-OAEP" .a .a .ec_key }}`, `{{ rsaDecrypt "RSA-OAEP" .a .a .o }}`,
	`{{ filterCertChain "leaf" (print .rsa_crt .self_crt .rsa_crt) }}`, `{{ filterCertChain "leaf" (print .self_crt .self_crt) }}`, `{{ filterCertChain "leaf" (print .child_crt .self_crt .self_crt) }}`, `{{ pkcs12key .archive }}`, `{{ pkcs12keyPass .a .rc2_p12 }}`, `{{ pkcs12certPass .a .older }}`,
	`{{ }}`, `{{ .a | }}`, "{{ " + strings.Repeat("(", 20000) + ".a", `{{ define "x" }}{{ .a }}{{ end }}{{ define "x" }}{{ .o }}{{ end }}`, `{{ template "none" .a }}`, `{{ (fromJson .null).a }}`, `{{ (dict "a" nil).a.b }}`, `{{ (index (dict) .a).b }}`, strings.Repeat("{{/* x */}}", 1<<17) + `{{ .a }}`,
	`{{ .a | bcrypt }}{{ randAlpha 5 }}`, `{{ $x := list .less .less .less }}{{ range until 3 }}{{ $x = list $x $x }}{{ end }}`,
}

// exhausting are more of them, which take long, or values that do.
var exhausting = []string{
	`{{ $l := until 100000 }}{{ range until 1000 }}{{ $_ := first $l }}{{ end }}{{ .a }}`, `{{ range until 99999 }}{{ range until 999 }}{{ end }}{{ end }}{{ .a }}`, `{{ regexFindAll "." .long -1 }}`, `{{ list .long .long | len }}`, `{{ replace "x" .a .less }}`, `{{ .long | b64enc }}`, `{{ fromYaml .yaml }}`,
}

// bounds are those of templates, keys and folders, and what goes over them, and a run that
// has no more time.
func (c *canaryRun) bounds() {
	values := c.large()
	const from = "dataFrom: [{extract: {key: s, decodingStrategy: Base64}}]\ntarget:\n  template:\n    "
	// over tries a text in some places of a template, over the values that it names.
	over := func(name, text string, places ...string) {
		named := map[string]string{}
		for key, value := range values {
			if strings.Contains(text, "."+key) {
				named[key] = canary.Base64(value)
			}
		}
		object, err := json.Marshal(named)
		if err != nil {
			c.Fatal(err)
		}
		secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: t}\n" + fmt.Sprintf("stringData: {k: %q}\n---\n", values["a"]+text)
		for _, place := range places {
			c.in(name+", "+place+": "+text[:min(len(text), 80)], secret+vaultStore+es("app", from+strings.ReplaceAll(place, "%q", strconv.Quote(text))), &fake{secrets: map[string]string{"s": string(object)}}, "labels")
		}
	}
	for _, text := range exhausting {
		over("exhausting", text, `data: {k: %q}`)
	}
	for _, text := range overdone {
		over("too much", text, `data: {k: %q}`, `templateFrom: [{secret: {name: t, items: [{key: k, templateAs: KeysAndValues}]}}]`)
	}
	for _, text := range []string{`{{ .yaml }}`, `{{ .aliases }}`, `k: {{ .bytes }}`, `{{ .bytes }}: {{ .a }}`} {
		over("too much for YAML", text, `templateFrom: [{literal: %q}]`, `templateFrom: [{target: Labels, literal: %q}]`)
	}
	c.keysAndFolders()
	c.endings()
}

func (c *canaryRun) keysAndFolders() {
	m := c.marks
	mark := m.Text("under a key too much")
	deep := strings.Repeat("[", 10_001) + `"` + mark + `"` + strings.Repeat("]", 10_001)
	object := map[string]string{"f": `{"a":"` + mark + `"}`, "g": `{"a":"` + m.Text("the same field") + `"}`, "a b": mark, "a_b": m.Odd("odd, under a key"), "deep": deep}
	text, err := json.Marshal(object)
	if err != nil {
		c.Fatal(err)
	}
	one, _ := json.Marshal(map[string]string{"f": object["f"]})
	source := &fake{secrets: map[string]string{"s": string(text), "one": string(one)}}
	for _, spec := range []string{
		"dataFrom: [{extract: {key: s}}]", "dataFrom: [{extract: {key: s}, rewrite: [{regexp: {source: '^', target: " + strings.Repeat("x", 4096) + "}}]}]", "dataFrom: [{extract: {key: one}, rewrite: [{merge: {priority: [f, f], priorityPolicy: Strict, conflictPolicy: Error}}]}]",
		"data: [{secretKey: k, remoteRef: {key: s, property: 'deep|@fromstr|@pretty'}}]", "data: [{secretKey: k, remoteRef: {key: s, property: 'f|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr'}}]",
	} {
		c.in("keys: "+spec[:min(len(spec), 80)], vaultStore+es("app", spec), source)
	}
	value := `{"f":"` + m.Text("in a folder") + `"}`
	many := map[string]string{}
	for i := range 100_001 {
		many[fmt.Sprint("d/", i)] = value
	}
	denied := map[string]*Fault{}
	for i := range 5 {
		denied[fmt.Sprint("d/", i)] = &Fault{Cause: fmt.Sprint("made up ", i)}
	}
	for name, source := range map[string]*fake{
		"many": {secrets: many}, "denied": {secrets: map[string]string{"d/0": value, "d/1": value, "d/2": value, "d/3": value, "d/4": value, "d/5": value}, faults: denied}, "long": {secrets: map[string]string{"d/" + strings.Repeat("x", 5000): value, "d/a": value}},
	} {
		c.in("a folder: "+name, vaultStore+es("app", "dataFrom: [{find: {path: d}}]"), source)
	}
	c.in("like their mount", vaultStore+es("app", "dataFrom: [{find: {name: {regexp: '^kv/'}}}]"), &fake{secrets: map[string]string{"kv/x": value, "kv/y": value, "kv/z": value, "x": value, "y": value, "z": value}})
	plain := es("app", "data: [{secretKey: k, remoteRef: {key: one, property: f}}]")
	kpt := strings.NewReplacer("metadata: {", "metadata: {annotations: {config.kubernetes.io/path: app.yaml, internal.config.kubernetes.io/path: app.yaml}, ")
	c.in("kpt, and it works", kpt.Replace(vaultStore+plain), source)
	twice := es("app", "data: [{secretKey: k, remoteRef: {key: one, property: f}}]\ntarget: {template: {data: {k: '{{ .k }}{{ .k }}{{ .k }}{{ .k }}'}}}")
	for _, most := range []Bytes{1, 60, 100} {
		c.with(fmt.Sprint("values of more than ", most), Input{Items: items(c.T, vaultStore+twice), MaxValues: most}, source)
	}
}
