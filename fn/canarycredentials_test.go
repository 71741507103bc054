package fn

import (
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/tests/canary"
)

// login is a Secret with marks, which stores refer to.
func (c *canaryRun) login() string {
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {token: %q}\ndata: {other: %s}\n---\n",
		c.marks.Text("a store's credential"), canary.Base64(c.marks.Text("beside a store's credential")))
}

// store is one with more under vault, and its Secret.
func (c *canaryRun) store(more string) string {
	return c.login() + "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: {provider: {vault: {server: \"https://vault.example\", path: kv, " + more +
		"auth: {tokenSecretRef: {name: login, key: token}}}}}\n---\n"
}

// credentials are what stores refer to, in every state.
func (c *canaryRun) credentials() {
	source := &fake{secrets: map[string]string{"s": `{"f":"x"}`}}
	entry := "---\n" + es("app", `data: [{secretKey: k, remoteRef: {key: s, property: f}}]`)
	m := c.marks
	states := map[string]string{
		"good": `stringData: {token: ` + m.Text("good") + `}`, "not base64": `data: {token: "` + m.Text("not base64") + `!"}`, "a list": `stringData: [` + m.Text("a list of a Secret") + `]`,
		"a text": `stringData: ` + m.Text("a text of a Secret"), "nested": `stringData: {token: {a: ` + m.Text("nested in a Secret") + `}}`, "a number": `data: {token: ` + m.Number("number in a Secret") + `}`,
		"tagged": `data: {token: !!binary ` + canary.Base64(m.Text("tagged")) + `}`, "a null": `data: {token: null, other: ` + canary.Base64(m.Text("beside null")) + `}`, "empty": `data: {token: ""}`,
		"another key": `data: {tokens: ` + canary.Base64(m.Text("under another key")) + `}`, "an alias": `data: {a: &a ` + canary.Base64(m.Text("of an anchor")) + `, token: *a}`,
		"in both": `data: {token: ` + canary.Base64(m.Text("in data")) + "}\nstringData: {token: " + m.Text("in stringData") + `}`, "lines": fmt.Sprintf("stringData: {token: %q}", m.Odd("odd credential")),
		"PEM": fmt.Sprintf("stringData: {token: %q}", "-----BEGIN RSA PRIVATE KEY-----\n"+canary.Base64(m.Text("key in PEM"))+"\n-----END RSA PRIVATE KEY-----\n"), "twice": `data: {token: ` + canary.Base64(m.Text("first")) + `, token: ` + m.Text("second") + `}`,
		"a sealed one": `spec: {encryptedData: {token: ` + m.Text("sealed") + `}}`,
	}
	for state, body := range states {
		secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\n" + body + "\n---\n"
		for method, store := range c.wholeStores() {
			// As it is, and without what is refused for itself.
			sound := withoutMarked(store)
			name := state + ", " + method
			config := strings.ReplaceAll(secret, "kind: Secret", "kind: ConfigMap")
			c.in(name, secret+store+entry, source)
			c.in(name+", sound", secret+sound+entry, source)
			c.in(name+", twice", secret+secret+sound+entry, source)
			c.in(name+", of a ConfigMap", config+secret+strings.Replace(sound, "caProvider: {type: Secret", "caProvider: {type: ConfigMap", 1)+entry, source)
			c.byOperator(name, secret+sound, entry, source)
		}
	}
}

// withoutMarked is a store without those of its fields that are marked, and wrong.
func withoutMarked(store string) string {
	var lines []string
	for line := range strings.SplitSeq(store, "\n") {
		if field := strings.TrimSpace(line); !strings.HasPrefix(field, "caBundle:") && !strings.HasPrefix(field, "headers:") && !strings.HasPrefix(field, "checkAndSet:") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// byOperator has the same be the operator's own, for a run and for who asks what
// stores there are.
func (c *canaryRun) byOperator(name, operators, documents string, source Source) {
	c.Helper()
	in := Input{Items: items(c.T, documents), Operator: Operator{Items: items(c.T, operators)}}
	c.with(name+", the operator's", in, source)
	uses, found := Uses(in)
	c.says(name+", the operator's", found)
	if found := c.marks.In(fmt.Sprintf("%#v", uses)); found != nil {
		c.Errorf("%s, the operator's: what is used shows %v", name, found)
	}
}

// logins are what package vaultsrc is given to log in with: it cannot be printed.
func (c *canaryRun) logins() {
	for method, store := range c.wholeStores() {
		store = withoutMarked(store)
		uses, _ := Uses(Input{Items: items(c.T, c.login()+store+"---\n"+es("app", `data: [{secretKey: k, remoteRef: {key: s}}]`))})
		for _, use := range uses {
			if printed := fmt.Sprintf("%v %+v %#v", use, use, use.Connection.Login); c.marks.In(printed) != nil {
				c.Errorf("%s: what is used shows %v", method, c.marks.In(printed))
			}
		}
		if len(uses) == 0 {
			c.Errorf("%s: no store is used", method)
		}
	}
	if _, problem := (&api.VaultProvider{CABundle: c.marks.Text("caBundle")}).Certificates(); problem == nil || c.marks.In(fmt.Sprint(*problem)) != nil {
		c.Errorf("caBundle: %v", problem)
	}
}
