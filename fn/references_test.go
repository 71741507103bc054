package fn

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestWhatACAProviderHolds is as ESO has it: one certificate that can be read is
// enough, whatever stands before it, and it is not decoded
// (newConfig in its providers/v1/vault/client.go).
func TestWhatACAProviderHolds(t *testing.T) {
	certificate, err := os.ReadFile("template/testdata/root.crt")
	if err != nil {
		t.Fatal(err)
	}
	const key = "-----BEGIN PRIVATE KEY-----\nbWFkZS11cA==\n-----END PRIVATE KEY-----\n"
	const none = `: what key "ca.crt" holds is no certificate in PEM form`
	for name, tc := range map[string]struct{ text, cause, hint string }{
		"a certificate":           {text: string(certificate)},
		"one after a key":         {text: key + string(certificate)},
		"one after another":       {text: "made-up.example\n-----BEGIN CERTIFICATE-----\nbWFkZS11cA==\n-----END CERTIFICATE-----\n" + string(certificate)},
		"a key alone":             {key, none, "it begins with -----BEGIN CERTIFICATE-----"},
		"a certificate in base64": {base64.StdEncoding.EncodeToString(certificate), none, "it is the base64 of one: write the PEM itself"},
	} {
		for _, kind := range []string{"ConfigMap", "Secret"} {
			part := map[string]string{"ConfigMap": "data", "Secret": "stringData"}[kind]
			object := fmt.Sprintf("apiVersion: v1\nkind: %s\nmetadata: {name: ca, namespace: shop}\n%s: {ca.crt: %q}\n---\n", kind, part, tc.text)
			c, problems := connected(t, strings.Replace(clusterStore("{kubernetes: {role: r}}"), "server: s,", "server: s, caProvider: {type: "+kind+", name: ca, namespace: shop, key: ca.crt},", 1)+object+clusterES("shop"))
			want := tc.cause
			if want != "" {
				want = kind + " shop/ca" + want
			}
			if got := c.Trust; len(problems) > 0 || got.Unresolved != want || got.Hint != tc.hint || (got.Certificates.Reveal() == tc.text) != (want == "") {
				t.Errorf("%s, in a %s: got %q (%s), %v", name, kind, got.Unresolved, got.Hint, problems)
			}
		}
	}
}

// TestWhatIsNearAReferenceThatLeadsNowhere says where the object or the key is that
// was meant.
func TestWhatIsNearAReferenceThatLeadsNowhere(t *testing.T) {
	const token = "{tokenSecretRef: {name: login, key: token}}"
	secret := func(namespace, body string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: " + namespace + "}\nstringData: " + body + "\n---\n"
	}
	for _, tc := range []struct{ name, auth, objects, operator, want string }{
		{"a namespace that is left out", token, secret("vault", "{token: made-up}"), "", `there is one in namespace "vault": set the reference's namespace to it`},
		{"another namespace", "{tokenSecretRef: {name: login, key: token, namespace: other}}", secret("vault", "{token: made-up}"), "", `there is one in namespace "vault": set the reference's namespace to it`},
		{"a Secret that names no namespace", token, secret("", "{token: made-up}"), "", `there is one in namespace "default": set the reference's namespace to it`},
		{"the operator's", token, "", secret("vault", "{token: made-up}"), "give esfn that Secret: with the manifests, in ESFN_STORES or in ESFN_SECRETS_DIR; or set VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own"},
		{"a key like it", token, secret("shop", "{tokn: made-up, password: made-up}"), "", "did you mean tokn?"},
		{"other keys", token, secret("shop", "{b: made-up, a: made-up}"), "", "name the key that holds it: it has a, b"},
		{"no key", token, secret("shop", "{}"), "", "name the key that holds it"},
		{"many keys", token, secret("shop", "{aa: '', bb: '', cc: '', dd: '', ee: '', ff: '', gg: '', hh: '', ii: ''}"), "", "name the key that holds it"},
		{"the operator's keys", token, "", secret("shop", "{tokn: made-up}"), "name the key that holds it"},
	} {
		source := &fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}
		if _, problems := Run(context.Background(), Input{Items: items(t, clusterStore(tc.auth)+tc.objects+clusterES("shop")), Operator: operators(t, tc.operator)}, source); len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := source.read[0].Connection.Login.Credential; got.Unresolved == "" || got.Hint != tc.want {
			t.Errorf("%s: got %q (%s)", tc.name, got.Unresolved, got.Hint)
		}
	}
}

func TestWhatIsNearACAProviderThatLeadsNowhere(t *testing.T) {
	object := func(namespace string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ca, namespace: " + namespace + "}\ndata: {tls.crt: x}\nbinaryData: {bin: eA==}\n---\n"
	}
	for _, tc := range []struct{ name, key, objects, want string }{
		{"nowhere", "tls.crt", "", "give esfn that ConfigMap, or set VAULT_CACERT to the file with the certificate authority's certificate"},
		{"in another namespace", "tls.crt", object("vault"), `there is one in namespace "vault": a SecretStore refers to its own namespace only`},
		{"under another key", "ca.crt", object("shop"), "did you mean tls.crt?"},
		{"as bytes", "bin", object("shop"), "binaryData is not looked at: write the PEM under data"},
	} {
		documents := strings.Replace(clusterStore("{kubernetes: {role: r}}"), "server: s,", "server: s, caProvider: {type: ConfigMap, name: ca, key: "+tc.key+"},", 1) + tc.objects + clusterES("shop")
		documents = strings.NewReplacer("ClusterSecretStore", "SecretStore", "{name: vault}", "{name: vault, namespace: shop}").Replace(documents)
		c, problems := connected(t, strings.Replace(documents, "secretStoreRef: {name: vault, namespace: shop}", "secretStoreRef: {name: vault}", 1))
		if got := c.Trust; len(problems) > 0 || got.Unresolved == "" || got.Hint != tc.want {
			t.Errorf("%s: got %q (%s), %v", tc.name, got.Unresolved, got.Hint, problems)
		}
	}
}

// TestWhatCanTakeTheSecretsPlace names what the environment has for it: nothing
// takes the place of a client certificate.
func TestWhatCanTakeTheSecretsPlace(t *testing.T) {
	const give = "give esfn that Secret: with the manifests, in ESFN_STORES or in ESFN_SECRETS_DIR"
	store := strings.Replace(clusterStore("{kubernetes: {role: r, secretRef: {name: login}}}"), "server: s,", "server: s, tls: {certSecretRef: {name: c}, keySecretRef: {name: c}},", 1)
	c, problems := connected(t, store+clusterES("shop"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, want := c.Login.Credential.Hint, give+"; or set ESFN_KUBERNETES_TOKEN_FILE, VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own"; got != want {
		t.Errorf("a service account's token: got %q", got)
	}
	if got := c.Certificate.Key.Hint; got != give {
		t.Errorf("a certificate's key: got %q", got)
	}
}
