package vaultsrc

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// settingsOf parses settings from variables; files are all empty of meaning.
func settingsOf(t *testing.T, variables map[string]string) Settings {
	t.Helper()
	s, problems := ParseSettings(func(name string) string { return variables[name] }, func(string) ([]byte, error) { return []byte("made-up-jwt\n"), nil })
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s.closeTimeout = time.Minute
	return s
}

func packageToken(server string) fn.Connection {
	return fn.Connection{Server: server, Login: fn.Login{Method: fn.TokenLogin, Field: "auth.tokenSecretRef", Credential: fn.Credential{Value: secret.New("made-up")}}}
}

func serviceAccount(server string) fn.Connection {
	return fn.Connection{Server: server, Login: fn.Login{Method: fn.KubernetesLogin, Field: "auth.kubernetes", Role: "r", ServiceAccount: fn.ServiceAccount{Namespace: "ns", Name: "sa"}}}
}

// TestWhoMaySendWhatWhere is the table of the rules: nothing here sends
// anything.
func TestWhoMaySendWhatWhere(t *testing.T) {
	const vault = "https://vault.example:8200"
	const notAllowed = "nothing in the environment says that it may be"
	env := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	unresolved := packageToken(vault)
	unresolved.Login.Credential = fn.Credential{Unresolved: "no Secret a/b among the manifests given"}
	noAuth := fn.Connection{Server: vault, Login: fn.Login{Field: "auth"}}
	jwtOfThePackage := serviceAccount(vault)
	jwtOfThePackage.Login.ServiceAccount = fn.ServiceAccount{}
	jwtOfThePackage.Login.Credential = fn.Credential{Value: secret.New("made-up-jwt")}
	mounted := serviceAccount(vault)
	mounted.Login.ServiceAccount = fn.ServiceAccount{}
	refused := fn.Connection{Server: vault, Login: fn.Login{Method: fn.RefusedLogin, Field: "auth.gcp.workloadIdentity"}}
	jwt := serviceAccount(vault)
	jwt.Login.Method, jwt.Login.Field = fn.JWTLogin, "auth.jwt"
	storedJWT := jwtOfThePackage
	storedJWT.Login.Method = fn.JWTLogin
	noJWT := jwt
	noJWT.Login.ServiceAccount = fn.ServiceAccount{}
	unresolvedJWT := noJWT
	unresolvedJWT.Login.Credential = fn.Credential{Field: "auth.jwt.secretRef", Unresolved: "no Secret a/b among the manifests given"}
	cert := fn.Connection{Server: vault, Login: fn.Login{Method: fn.CertLogin, Field: "auth.cert", Certificate: certificateOf(newKeyPair(t))}}
	certOverHTTP := cert
	certOverHTTP.Server = "http://vault.example"
	certOverSocket := cert
	certOverSocket.Server = "unix:///run/agent.sock"
	otherKey := cert
	otherKey.Login.Certificate.Key = certificateOf(newKeyPair(t)).Key
	unresolvedCert := cert
	unresolvedCert.Login.Certificate.Certificate = fn.Credential{Field: "auth.cert.clientCert", Unresolved: "no Secret a/b among the manifests given"}
	unresolvedCert.Login.Certificate.Key = fn.Credential{Field: "auth.cert.secretRef", Unresolved: "no Secret a/b among the manifests given"}
	operatorsCert := cert
	operatorsCert.Login.Certificate.Key.Operator = "Secret a/b"
	const socket = "unix:///run/vault/agent.sock"
	onSocket := fn.Connection{Server: socket, Login: fn.Login{Field: "auth"}}
	atLoopback := fn.Connection{Server: "http://127.0.0.1:8100", Login: fn.Login{Field: "auth"}}
	operators := func(c fn.Connection) fn.Connection {
		c.Operator = true
		return c
	}
	// operatorsSecret is a package's store that refers to a Secret which the operator
	// gave, in ESFN_STORES or ESFN_SECRETS_DIR.
	operatorsSecret := func(place func(*fn.Connection) *fn.Credential, method fn.LoginMethod) fn.Connection {
		c := packageToken(vault)
		c.Login.Method = method
		*place(&c) = fn.Credential{Value: secret.New("made-up"), Operator: "Secret a/b"}
		return c
	}
	inToken := func(c *fn.Connection) *fn.Credential { return &c.Login.Credential }
	lineBreak := packageToken(vault)
	lineBreak.Login.Credential.Value = secret.New("made-up\n")

	for _, tc := range []struct {
		name string
		env  map[string]string
		uses []fn.Connection
		want []string // field: cause
	}{
		{"the package's own token goes where the package says", nil, []fn.Connection{packageToken(vault)}, nil},
		{"but not over plain http", nil, []fn.Connection{packageToken("http://vault.example")}, []string{
			"spec.provider.vault.server: http://vault.example is plain http, which shows credentials and secrets to the network"}},
		{"plain http to loopback", nil, []fn.Connection{packageToken("http://127.0.0.1:8200"), packageToken("http://localhost:8200"), packageToken("http://[::1]:8200")}, nil},
		{"a name that only looks like loopback", nil, []fn.Connection{packageToken("http://127.0.0.1.evil.example")}, []string{
			"spec.provider.vault.server: http://127.0.0.1.evil.example is plain http, which shows credentials and secrets to the network"}},
		{"plain http that is listed", env("ESFN_ALLOWED_SERVERS", "http://vault.example"), []fn.Connection{packageToken("http://vault.example")}, nil},

		{"the operator's token and the package's address", env("VAULT_TOKEN", "made-up"), []fn.Connection{packageToken(vault)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token of VAULT_TOKEN, and " + notAllowed}},
		{"loopback is no exception", env("VAULT_TOKEN", "made-up"), []fn.Connection{packageToken("http://127.0.0.1:8200")}, []string{
			"spec.provider.vault.server: http://127.0.0.1:8200 would be sent the token of VAULT_TOKEN, and " + notAllowed}},
		{"listed", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", "https://a.example, "+vault), []fn.Connection{packageToken(vault)}, nil},
		{"listed, in other spellings", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", "https://VAULT.example"), []fn.Connection{packageToken("https://vault.example:443/")}, nil},
		{"another port", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", "https://vault.example"), []fn.Connection{packageToken(vault)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token of VAULT_TOKEN, and " + notAllowed}},
		{"another scheme", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", vault), []fn.Connection{packageToken("http://vault.example:8200")}, []string{
			"spec.provider.vault.server: http://vault.example:8200 is plain http, which shows credentials and secrets to the network"}},
		{"below a listed path", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", vault+"/one/"), []fn.Connection{packageToken(vault + "/one/two")}, nil},
		{"beside a listed path", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", vault+"/one"), []fn.Connection{packageToken(vault + "/oneself")}, []string{
			"spec.provider.vault.server: " + vault + "/oneself would be sent the token of VAULT_TOKEN, and " + notAllowed}},
		{"the operator's address as well", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", "http://vault.internal"), []fn.Connection{packageToken("https://evil.example")}, nil},
		{"the operator's address for stores of two servers", env("VAULT_ADDR", vault), []fn.Connection{packageToken("https://a.example"), packageToken("https://b.example")}, []string{
			"VAULT_ADDR: it would take the place of 2 different servers: https://a.example:443, https://b.example:443"}},
		{"the operator's address for stores of one server at two paths", env("VAULT_ADDR", vault), []fn.Connection{packageToken("https://a.example/b"), packageToken("https://a.example/a")}, []string{
			"VAULT_ADDR: it would take the place of 2 different servers: https://a.example:443/a, https://a.example:443/b"}},
		{"a question in the address", nil, []fn.Connection{packageToken("https://a.example?b")}, []string{
			"spec.provider.vault.server: the address of a.example has a ? or a # in it"}},
		{"a token with a space", nil, []fn.Connection{{Server: vault, Login: fn.Login{Method: fn.TokenLogin, Field: "auth.tokenSecretRef", Credential: fn.Credential{Value: secret.New("made up")}}}}, []string{
			"auth.tokenSecretRef: the token has characters in it that no token has"}},
		{"the operator's address for stores of one server in two spellings", env("VAULT_ADDR", vault), []fn.Connection{packageToken("https://a.example/"), packageToken("https://A.example:443")}, nil},

		{"a service account's token and the package's address", nil, []fn.Connection{serviceAccount(vault)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent a token of the service account ns/sa, and " + notAllowed}},
		{"a service account's token and the operator's address", env("VAULT_ADDR", vault), []fn.Connection{serviceAccount("https://elsewhere.example")}, nil},
		{"a token file and the package's address", env("ESFN_KUBERNETES_TOKEN_FILE", "/jwt"), []fn.Connection{serviceAccount(vault)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token in ESFN_KUBERNETES_TOKEN_FILE, and " + notAllowed}},
		{"the pod's own token and the package's address", nil, []fn.Connection{mounted}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token of the service account that esfn runs as, and " + notAllowed}},
		{"a JWT of the package", nil, []fn.Connection{jwtOfThePackage}, nil},

		{"a service account's token by the jwt method", nil, []fn.Connection{jwt}, []string{
			"spec.provider.vault.server: " + vault + " would be sent a token of the service account ns/sa, and " + notAllowed}},
		{"a token file by the jwt method", env("ESFN_KUBERNETES_TOKEN_FILE", "/jwt"), []fn.Connection{jwt}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token in ESFN_KUBERNETES_TOKEN_FILE, and " + notAllowed}},
		{"a JWT of the package by the jwt method, and a token file beside it", env("ESFN_KUBERNETES_TOKEN_FILE", "/jwt"), []fn.Connection{storedJWT}, nil},
		{"no JWT: the pod's own token is none", env("VAULT_ADDR", vault), []fn.Connection{noJWT}, []string{"auth.jwt: names no JWT"}},
		{"a JWT that is not there, and a token file beside it", env("ESFN_KUBERNETES_TOKEN_FILE", "/jwt", "VAULT_ADDR", vault), []fn.Connection{unresolvedJWT}, []string{
			"auth.jwt.secretRef: no Secret a/b among the manifests given"}},
		{"a JWT that is not there, and the operator's token in its place", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", vault), []fn.Connection{unresolvedJWT}, nil},

		{"a certificate of the package", nil, []fn.Connection{cert}, nil},
		{"a certificate of the operator's", nil, []fn.Connection{operatorsCert}, []string{
			"spec.provider.vault.server: " + vault + " would be sent what the operator's Secret a/b holds, and " + notAllowed}},
		{"a certificate over plain http", env("ESFN_ALLOWED_SERVERS", "http://vault.example"), []fn.Connection{certOverHTTP}, []string{
			"spec.provider.vault.server: auth.cert logs in with a client certificate, and over http:// none is shown"}},
		{"a certificate over the operator's plain http", env("VAULT_ADDR", "http://127.0.0.1:8200"), []fn.Connection{cert}, []string{
			"VAULT_ADDR: auth.cert logs in with a client certificate, and over http:// none is shown"}},
		{"a certificate over plain http that is not listed", nil, []fn.Connection{certOverHTTP}, []string{
			"spec.provider.vault.server: auth.cert logs in with a client certificate, and over http:// none is shown"}},
		{"a certificate over a socket", nil, []fn.Connection{certOverSocket}, []string{
			"spec.provider.vault.server: auth.cert logs in with a client certificate, and over unix:// none is shown"}},
		{"a certificate and another one's key", nil, []fn.Connection{otherKey}, []string{
			"auth.cert.secretRef: is not the private key of the certificate"}},
		{"a certificate that is not there", nil, []fn.Connection{unresolvedCert}, []string{
			"auth.cert.clientCert: no Secret a/b among the manifests given"}},
		{"certificates that are wrong, and the operator's token in their place", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", vault), []fn.Connection{unresolvedCert, otherKey, cert}, nil},

		{"a Secret that is not there", nil, []fn.Connection{unresolved}, []string{
			"auth.tokenSecretRef: no Secret a/b among the manifests given"}},
		{"a Secret that is not there, and the operator's token in its place", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", vault), []fn.Connection{unresolved}, nil},
		{"no auth", nil, []fn.Connection{noAuth}, []string{
			"auth: not given: " + vault + " would be sent requests that a Vault Agent or Proxy there answers with its own token, and " + notAllowed}},
		{"no auth, and an address that is listed", env("ESFN_ALLOWED_SERVERS", vault), []fn.Connection{noAuth}, nil},
		{"no auth, and the operator's token", env("VAULT_TOKEN_FILE", "/t", "VAULT_ADDR", vault), []fn.Connection{noAuth}, nil},
		{"auth that esfn refuses", nil, []fn.Connection{refused}, []string{"auth.gcp.workloadIdentity: esfn does not trade a cluster's tokens at Google"}},
		{"auth that esfn refuses, and the operator's token in its place", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", vault), []fn.Connection{refused}, nil},
		{"a token with a line break", nil, []fn.Connection{lineBreak}, []string{
			"auth.tokenSecretRef: the token has characters in it that no token has"}},
		{"no address at all, and no Secret", nil, []fn.Connection{{Server: "vault.example", Login: unresolved.Login}}, []string{
			"auth.tokenSecretRef: no Secret a/b among the manifests given",
			`spec.provider.vault.server: what it holds is not an address that begins with https:// or http://, or with unix:// for a socket`}},
		{"an address that is empty", nil, []fn.Connection{packageToken("")}, []string{
			"spec.provider.vault.server: it is empty, and no address that begins with https:// or http://, or with unix:// for a socket"}},
		{"a password in the address", nil, []fn.Connection{packageToken("https://user:made-up@vault.example")}, []string{
			"spec.provider.vault.server: the address of vault.example has a user or a password in it"}},
		{"a password in an address that is none", nil, []fn.Connection{packageToken("user:made-up@vault.example:8200")}, []string{
			`spec.provider.vault.server: "vault.example:8200" is not an address that begins with https:// or http://, or with unix:// for a socket`}},
		{"out of a listed path, in every spelling", env("VAULT_TOKEN", "made-up", "ESFN_ALLOWED_SERVERS", vault+"/one"), []fn.Connection{
			packageToken(vault + "/one/../two"), packageToken(vault + "/one/%2e%2e/two"), packageToken(vault + "/one%2f..%2ftwo"), packageToken(vault + "/one//two"), packageToken(vault + "/one/two,https://evil.example")}, slices.Repeat([]string{
			"spec.provider.vault.server: the address of vault.example:8200 has a path with something else in it than words and single slashes"}, 5)},
		{"a host that is none", nil, []fn.Connection{packageToken("https://vault.example\u202e"), packageToken("https://vault.example.")}, []string{
			`spec.provider.vault.server: "vault.example\u202e" is no name of a host`, `spec.provider.vault.server: "vault.example." is no name of a host`}},
		{"a password in one of two addresses that VAULT_ADDR would take the place of", env("VAULT_ADDR", vault), []fn.Connection{packageToken("https://a.example"), packageToken("https://user:made-up@b.example")}, []string{
			"VAULT_ADDR: it would take the place of 2 different servers: https://a.example:443, one that is no address"}},
		{"a socket", nil, []fn.Connection{onSocket, packageToken(socket)}, slices.Repeat([]string{
			"spec.provider.vault.server: " + socket + " is a socket of this machine, and nothing in the environment says that it may be used"}, 2)},
		{"a socket that is listed", env("ESFN_ALLOWED_SERVERS", socket), []fn.Connection{onSocket, packageToken(socket)}, nil},
		{"a socket beside one that is listed", env("ESFN_ALLOWED_SERVERS", "unix:///run/vault"), []fn.Connection{onSocket}, []string{
			"spec.provider.vault.server: " + socket + " is a socket of this machine, and nothing in the environment says that it may be used"}},
		{"a socket that the operator's address is", env("VAULT_ADDR", socket), []fn.Connection{onSocket}, nil},
		{"a socket in other spellings", env("ESFN_ALLOWED_SERVERS", socket), []fn.Connection{packageToken("unix:///run/../run/vault/agent.sock"), packageToken("unix://run/vault/agent.sock"), packageToken("unix:/run/vault/agent.sock?x")}, slices.Repeat([]string{
			"spec.provider.vault.server: the address of a socket is unix:// and its path from the root, as in unix:///run/vault/agent.sock"}, 3)},
		{"a socket that every server is listed for", env("ESFN_ALLOWED_SERVERS", "https://run,http://localhost"), []fn.Connection{onSocket}, []string{
			"spec.provider.vault.server: " + socket + " is a socket of this machine, and nothing in the environment says that it may be used"}},
		{"an Agent at loopback", nil, []fn.Connection{atLoopback}, []string{
			"auth: not given: http://127.0.0.1:8100 would be sent requests that a Vault Agent or Proxy there answers with its own token, and " + notAllowed}},
		{"an Agent at loopback that is listed", env("ESFN_ALLOWED_SERVERS", "http://127.0.0.1:8100"), []fn.Connection{atLoopback}, nil},

		{"the operator's Secret for the token of a store of the package", nil, []fn.Connection{operatorsSecret(inToken, fn.TokenLogin)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent what the operator's Secret a/b holds, and " + notAllowed}},
		{"and for its service account", nil, []fn.Connection{operatorsSecret(inToken, fn.KubernetesLogin)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent what the operator's Secret a/b holds, and " + notAllowed}},
		{"and for its client certificate", nil, []fn.Connection{
			operatorsSecret(func(c *fn.Connection) *fn.Credential { return &c.Certificate.Key }, fn.TokenLogin)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent what the operator's Secret a/b holds, and " + notAllowed}},
		{"the operator's Secret and a listed server", env("ESFN_ALLOWED_SERVERS", vault), []fn.Connection{operatorsSecret(inToken, fn.TokenLogin)}, nil},
		{"the operator's Secret and the operator's store", nil, []fn.Connection{operators(operatorsSecret(inToken, fn.TokenLogin))}, nil},
		{"the operator's Secret and the operator's token in its place", env("VAULT_TOKEN", "made-up", "VAULT_ADDR", vault), []fn.Connection{operatorsSecret(inToken, fn.TokenLogin)}, nil},

		{"the operator's stores need no permission", env("VAULT_TOKEN", "made-up"), []fn.Connection{
			operators(packageToken(vault)), operators(packageToken("http://vault.internal")), operators(onSocket), operators(atLoopback), operators(serviceAccount("https://a.example"))}, nil},
		{"and give none to the package's", env("VAULT_TOKEN", "made-up"), []fn.Connection{operators(packageToken(vault)), packageToken(vault)}, []string{
			"spec.provider.vault.server: " + vault + " would be sent the token of VAULT_TOKEN, and " + notAllowed}},
		{"the operator's address for the operator's stores of two servers", env("VAULT_ADDR", vault), []fn.Connection{operators(packageToken("https://a.example")), operators(packageToken("https://b.example"))}, []string{
			"VAULT_ADDR: it would take the place of 2 different servers: https://a.example:443, https://b.example:443"}},
		{"an operator's store that is no address", nil, []fn.Connection{operators(packageToken("vault.example"))}, []string{
			`spec.provider.vault.server: what it holds is not an address that begins with https:// or http://, or with unix:// for a socket`}},

		{"the API's path at the end", nil, []fn.Connection{packageToken("https://vault.example/team/v1/"), packageToken("https://vault.example/ui")}, []string{
			"spec.provider.vault.server: the address of vault.example is to be without /v1 at its end",
			"spec.provider.vault.server: the address of vault.example is to be without /ui at its end"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, refusal := range New(settingsOf(t, tc.env)).Admit(tc.uses) {
				got = append(got, refusal.Fault.Field+": "+refusal.Fault.Cause)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettingsSayWhatIsWrongWithEachVariable(t *testing.T) {
	variables := map[string]string{
		"VAULT_ADDR":           "vault.example",
		"VAULT_TOKEN":          "made-up",
		"VAULT_TOKEN_FILE":     "/token",
		"VAULT_CACERT":         "/ca",
		"ESFN_ALLOWED_SERVERS": "https://ok.example,nonsense",
		"ESFN_TIMEOUT":         "soon",
		"ESFN_CONCURRENCY":     "many",
	}
	_, problems := ParseSettings(func(name string) string { return variables[name] }, func(string) ([]byte, error) { return nil, errors.New("no such file") })
	const want = `error: VAULT_ADDR: what it holds is not an address that begins with https:// or http://, or with unix:// for a socket
  hint: write it as in https://vault.example.com:8200
error: ESFN_ALLOWED_SERVERS: what it holds is not an address that begins with https:// or http://, or with unix:// for a socket
  hint: separate addresses with commas, each as in https://vault.example.com:8200
error: VAULT_TOKEN_FILE: VAULT_TOKEN is set as well
  hint: unset one of the two
error: VAULT_CACERT: /ca cannot be read: no such file
error: ESFN_TIMEOUT: "soon" is no time
  hint: write it as in 30s or 2m
error: ESFN_CONCURRENCY: "many" is no number of reads at a time
  hint: write a number from 1 to 256`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestSettingsThatAreFilesTimesAndNumbers(t *testing.T) {
	for _, tc := range []struct{ variable, value, file, want string }{
		{"ESFN_TIMEOUT", "-1s", "", `ESFN_TIMEOUT: "-1s" is no time`},
		{"ESFN_TIMEOUT", "0s", "", `ESFN_TIMEOUT: "0s" is no time`},
		{"ESFN_CONCURRENCY", "0", "", `ESFN_CONCURRENCY: "0" is no number of reads at a time`},
		{"ESFN_CONCURRENCY", "-1", "", `ESFN_CONCURRENCY: "-1" is no number of reads at a time`},
		{"ESFN_CONCURRENCY", "257", "", `ESFN_CONCURRENCY: "257" is no number of reads at a time`},
		{"ESFN_CONCURRENCY", "1.5", "", `ESFN_CONCURRENCY: "1.5" is no number of reads at a time`},
		{"VAULT_CACERT", "/ca", "no certificate", "VAULT_CACERT: /ca holds no certificate in PEM form"},
		{"VAULT_TOKEN_FILE", "/token", " \n", "VAULT_TOKEN_FILE: /token is empty"},
	} {
		_, problems := ParseSettings(func(name string) string {
			if name == tc.variable {
				return tc.value
			}
			return ""
		}, func(string) ([]byte, error) { return []byte(tc.file), nil })
		if len(problems) != 1 || !strings.Contains(problems.Error(), tc.want) {
			t.Errorf("%s=%s: got %v", tc.variable, tc.value, problems)
		}
	}
}

func TestOnlyHTTPSGoesThroughAProxy(t *testing.T) {
	s := settingsOf(t, map[string]string{"HTTP_PROXY": "http://one.example", "HTTPS_PROXY": "http://two.example:3128", "no_proxy": "inside.example"})
	for address, want := range map[string]string{
		"https://vault.example":         "http://two.example:3128",
		"http://vault.example":          "",
		"https://vault.inside.example":  "",
		"https://vault.inside.example.": "http://two.example:3128",
	} {
		request, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := s.Proxy(request)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if proxy != nil {
			got = proxy.String()
		}
		if got != want {
			t.Errorf("%s: through %q, want %q", address, got, want)
		}
	}
}

func TestTokensAreTrimmed(t *testing.T) {
	for name, variables := range map[string]map[string]string{
		"variable": {"VAULT_TOKEN": " made-up-jwt\n"},
		"file":     {"VAULT_TOKEN_FILE": "/token"},
	} {
		if s := settingsOf(t, variables); s.Token.Reveal() != "made-up-jwt" {
			t.Errorf("%s: the token keeps its white space", name)
		}
	}
}
