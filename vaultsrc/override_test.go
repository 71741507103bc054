package vaultsrc

import (
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// TestWhatComesToOneLogin has pairs of connections that are written otherwise and
// mean the same: two logins would be two tokens, and two tries with a wrong password.
func TestWhatComesToOneLogin(t *testing.T) {
	change := func(c fn.Connection, how ...func(*fn.Connection)) fn.Connection {
		for _, one := range how {
			one(&c)
		}
		return c
	}
	// in gives the credentials a Secret to stand in, one that is another's copy.
	in := func(name string) func(*fn.Connection) {
		return func(c *fn.Connection) {
			l := &c.Login
			for _, credential := range []*fn.Credential{
				&l.Credential, &l.ID, &l.AWS.AccessKeyID, &l.AWS.SecretAccessKey, &l.AWS.SessionToken,
				&l.Certificate.Certificate, &l.Certificate.Key, &c.Certificate.Certificate, &c.Certificate.Key,
			} {
				credential.Value, credential.Secret = secret.New("made-up"), "Secret "+name+", key made-up"
			}
		}
	}
	withAccount := serviceAccount("https://vault.example")
	for _, tc := range []struct {
		name       string
		one, other fn.Connection
		same       bool
	}{
		{"copies of credentials in two namespaces", change(packageToken("https://a"), in("one/a")), change(packageToken("https://a"), in("two/a")), true},
		{"other values", packageToken("https://a"), change(packageToken("https://a"), in("one/a")), false},
		{"a Secret that a service account comes before", withAccount, change(withAccount, func(c *fn.Connection) { c.Login.Credential = fn.Credential{Unresolved: "no Secret"} }), true},
		{"two service accounts", withAccount, change(withAccount, func(c *fn.Connection) { c.Login.ServiceAccount.Name = "other" }), false},
		{"AWS's default region", awsStore("https://a"), change(awsStore("https://a"), func(c *fn.Connection) { c.Login.AWS.Region = "" }), false},
		{"AWS's default region by its name", change(awsStore("https://a"), func(c *fn.Connection) { c.Login.AWS.Region = "us-east-1" }),
			change(awsStore("https://a"), func(c *fn.Connection) { c.Login.AWS.Region = "" }), true},
		{"the namespace of the login in two spellings", change(withAccount, func(c *fn.Connection) { c.Login.HasNamespace, c.Login.Namespace = true, "/team/" }),
			change(withAccount, func(c *fn.Connection) { c.Login.HasNamespace, c.Login.Namespace = true, "team" }), true},
		{"and where the store's is the same", change(withAccount, func(c *fn.Connection) { c.Namespace = "team/" }),
			change(withAccount, func(c *fn.Connection) { c.Namespace, c.Login.HasNamespace, c.Login.Namespace = "team", true, "team" }), true},
		{"the root namespace, and the store's", change(withAccount, func(c *fn.Connection) { c.Namespace, c.Login.HasNamespace = "team", true }),
			change(withAccount, func(c *fn.Connection) { c.Namespace = "team" }), false},
	} {
		s := settingsOf(t, nil)
		if same := s.override(tc.one).anyOrigin() == s.override(tc.other).anyOrigin(); same != tc.same {
			t.Errorf("%s: same is %v", tc.name, same)
		}
	}
}
