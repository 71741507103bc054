package fn

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/esfn/esfn/tests/canary"
)

// listening is a source that hears of connections what package vaultsrc says where it needs
// them: why a credential, or a certificate, is not there.
type listening struct {
	Source
	hears func(Problem)
}

// Admit looks through connections, and asks the source.
func (l listening) Admit(connections []Connection) []Refusal {
	for _, one := range connections {
		unresolved(reflect.ValueOf(one), l.hears)
	}
	return l.Source.Admit(connections)
}

// unresolved tells of every part of a connection that could not be resolved, so that none
// is forgotten that a new login has.
func unresolved(part reflect.Value, tell func(Problem)) {
	if part.Kind() != reflect.Struct {
		return
	}
	if why := part.FieldByName("Unresolved"); why.IsValid() && why.String() != "" {
		tell(Problem{Field: part.FieldByName("Field").String(), Cause: why.String(), Hint: part.FieldByName("Hint").String()})
	}
	for i := range part.NumField() {
		unresolved(part.Field(i), tell)
	}
}

// folders are what is wrong with files of the operator's, and beside each of them others
// that hold marks.
func (c *canaryRun) folders() {
	m := c.marks
	source := &fake{secrets: map[string]string{"s": `{"f":"x"}`}}
	entry := es("app", `data: [{secretKey: k, remoteRef: {key: s, property: f}}]`)
	folder := fstest.MapFS{
		"default/good/token": {Data: []byte(m.Text("a file of the operator's"))}, "default/lacking/other": {Data: []byte(m.Text("in the operator's folder"))},
		"default/empty/token": {}, "default/empty/other": {Data: []byte(m.Text("beside an empty file"))}, "default/file": {Data: []byte(m.Text("in place of a folder"))},
		"default/key/token/x": {Data: []byte(m.Text("below a key"))}, "default/bytes/token": {Data: []byte("\xff\x00" + m.Text("bytes of the operator's"))},
	}
	_, store, _ := strings.Cut(c.store(""), "---\n")
	for _, secret := range []string{"good", "lacking", "empty", "file", "key", "bytes", "none"} {
		for _, key := range []string{"token", "..", "a/b", "tokens"} {
			named := strings.NewReplacer("name: login", "name: "+secret, "key: token", `key: "`+key+`"`).Replace(store)
			for _, deny := range []bool{false, true} {
				c.with("the operator's file "+secret+"/"+key, Input{Items: items(c.T, named+entry), Operator: Operator{Secrets: folder, DenyPackageStores: deny}}, source)
				c.with("for the operator's store, "+secret+"/"+key, Input{Items: items(c.T, entry), Operator: Operator{Secrets: folder, DenyPackageStores: deny, Items: items(c.T, named)}}, source)
			}
		}
	}
	for name, operators := range map[string]string{
		"twice": c.login() + c.login(), "no use": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [" + m.Text("no use") + "]}\n",
		"no name": strings.Replace(c.login(), "name: login", "labels: {}", 1), "no namespace": "apiVersion: v1\nkind: Namespace\nmetadata: {name: A_B, labels: {a: " + m.Text("a label of no namespace") + "}}\n",
		"beside": strings.NewReplacer("name: login", "name: other").Replace(c.login()) + strings.Replace(store, "name: vault", "name: another", 1),
	} {
		c.with("the operator's "+name, Input{Items: items(c.T, c.login()+store+"---\n"+entry), Operator: Operator{Items: items(c.T, operators)}}, source)
		c.with("the operator's alone, "+name, Input{Items: items(c.T, entry), Operator: Operator{Items: items(c.T, operators)}}, source)
	}
}

// authorities are what a caProvider refers to, in every state, for stores of the package
// and of the operator, and what is nowhere, or elsewhere.
func (c *canaryRun) authorities() {
	m := c.marks
	source := &fake{secrets: map[string]string{"s": `{"f":"x"}`}}
	entry := es("app", `data: [{secretKey: k, remoteRef: {key: s, property: f}}]`)
	real, err := os.ReadFile("template/testdata/rsa.crt")
	if err != nil {
		c.Fatal(err)
	}
	private := "-----BEGIN RSA PRIVATE KEY-----\n" + canary.Base64(m.Text("a key for a certificate")) + "\n-----END RSA PRIVATE KEY-----\n"
	beside := m.Text("beside a certificate")
	for kind, holds := range map[string]string{"good": string(real) + beside, "base64": canary.Base64(string(real)), "a key": private, "its base64": canary.Base64(private), "a text": beside, "odd": m.Odd("odd certificate"), "empty": ""} {
		for state, body := range map[string]string{
			"data": "data: {ca: " + strconv.Quote(canary.Base64(holds)) + ", other: " + canary.Base64(beside) + "}", "plain": "stringData: {ca: " + strconv.Quote(holds) + "}\ndata: {ca: " + canary.Base64(beside) + "}", "of a ConfigMap": "data: {ca: " + strconv.Quote(holds) + ", other: " + beside + "}",
			"binary": "binaryData: {ca: " + strconv.Quote(canary.Base64(holds)) + "}\ndata: {other: " + beside + "}", "under another key": "data: {cas: " + strconv.Quote(holds) + "}", "many": "data: {a: " + beside + ", b: x, c: x, d: x, e: x, f: x, g: x, h: x, i: " + strconv.Quote(holds) + "}", "immutable": "immutable: true",
		} {
			for _, of := range []string{"Secret", "ConfigMap"} {
				object := "apiVersion: v1\nkind: " + of + "\nmetadata: {name: trusted}\n" + body + "\n---\n"
				store := c.store("caProvider: {type: " + of + ", name: trusted, key: ca}, ")
				name := kind + ", " + state + ", of a " + of
				c.in(name, object+store+entry, source)
				c.byOperator(name, object+store, entry, source)
				c.byOperator(name+" of the package", store, object+entry, source)
			}
		}
	}
	for method, store := range c.wholeStores() {
		sound := strings.ReplaceAll(withoutMarked(store), "namespace: default}", "namespace: other}")
		cluster := strings.NewReplacer("kind: SecretStore\nmetadata: {name: vault, namespace: default}", "kind: ClusterSecretStore\nmetadata: {name: vault}").Replace(sound)
		of := strings.Replace(entry, "{name: vault}", "{name: vault, kind: ClusterSecretStore}", 1)
		elsewhere := strings.Replace(c.login(), "name: login", "name: login, namespace: shop", 1)
		config := strings.Replace(cluster, "caProvider: {type: Secret", "caProvider: {type: ConfigMap", 1)
		for name, documents := range map[string]string{
			"nowhere": withoutMarked(store) + "---\n" + entry, "elsewhere": elsewhere + withoutMarked(store) + "---\n" + entry, "another's": c.login() + sound + "---\n" + entry,
			"nowhere, of a cluster": cluster + "---\n" + of, "elsewhere, of a cluster": elsewhere + cluster + "---\n" + of, "a ConfigMap elsewhere": strings.Replace(elsewhere, "kind: Secret", "kind: ConfigMap", 1) + config + "---\n" + of,
		} {
			c.in(name+", "+method, documents, source)
		}
	}
}
