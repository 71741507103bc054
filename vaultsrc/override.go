package vaultsrc

import (
	"cmp"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// endpoint is a connection after the operator's settings have taken the place
// of what the store says, with where the parts came from. Endpoints that are ==
// share one session.
type endpoint struct {
	fn.Connection
	// addressFrom, tokenFrom and trustFrom are the variables that the server, the
	// token and the authorities came from; empty where they are the store's own.
	addressFrom, tokenFrom, trustFrom string
}

// location is one thing to read.
type location struct {
	at     endpoint
	part   fn.Part
	engine fn.Engine
	// path below /v1/, and the version or "". A secret's metadata and a folder
	// have none.
	path, version string
}

// noun is what a message calls the thing that stands there.
func (at location) noun() string {
	if at.part == fn.FolderPart {
		return "folder"
	}
	return "secret"
}

// override applies the settings to a connection. What is overridden is gone, so
// that stores that differ in nothing else come to the same endpoint.
func (s *Settings) override(c fn.Connection) endpoint {
	e := endpoint{Connection: c}
	if s.Address != "" {
		e.Server, e.addressFrom = s.Address, "VAULT_ADDR"
	}
	// A header in place of namespace does what namespace does
	// (vault/api sends what is last set, in ESO as here).
	for name, value := range e.Headers.All() {
		if strings.EqualFold(name, api.NamespaceHeaderName) {
			e.Namespace = cmp.Or(e.Namespace, value)
		}
	}
	if s.Namespace != "" {
		// Of the login as well: an auth method is configured by whoever the namespace
		// belongs to, and learns what is logged in with.
		e.Namespace, e.Login.HasNamespace = s.Namespace, false
	}
	if s.Roots != nil {
		e.Trust, e.trustFrom = fn.Trust{}, "VAULT_CACERT"
	}
	switch l := &e.Login; {
	case !s.Token.IsEmpty():
		e.tokenFrom = s.TokenFrom
		*l = fn.Login{Method: fn.TokenLogin, Credential: fn.Credential{Value: s.Token}}
	case l.Method == fn.KubernetesLogin && s.KubernetesTokenFile != "":
		l.ServiceAccount, l.Credential = fn.ServiceAccount{}, fn.Credential{}
	case l.Method == fn.JWTLogin && s.KubernetesTokenFile != "":
		l.ServiceAccount = fn.ServiceAccount{}
	case l.Method == fn.KubernetesLogin && l.ServiceAccount != fn.ServiceAccount{}:
		l.Credential = fn.Credential{}
	}
	// What follows is written in many ways that mean the same.
	if e.Login.Method == fn.AWSLogin {
		e.Login.AWS.Region = cmp.Or(e.Login.AWS.Region, defaultAWSRegion)
	}
	e.Server = strings.TrimRight(e.Server, "/")
	if u, err := parseServer(e.Server); err == nil {
		e.Server = addressOf(u)
	}
	e.Namespace = strings.Trim(e.Namespace, "/")
	if !e.Login.HasNamespace {
		e.Login.Namespace = e.Namespace
	}
	e.Login.Namespace, e.Login.HasNamespace = strings.Trim(e.Login.Namespace, "/"), false
	e.Login.Mount = strings.Trim(e.Login.Mount, "/")
	return e
}

// anyOrigin forgets whose the store is, and which Secrets the credentials stand in,
// so that copies of one in several namespaces come to the same endpoint: a wrong
// password in five of them would be five wrong logins, after which Vault locks the
// user out. That a credential is the operator's stays: the rules of redirects ask.
func (e endpoint) anyOrigin() endpoint {
	e.Operator = false
	l := &e.Login
	for _, c := range []*fn.Credential{
		&l.Credential, &l.ID, &l.AWS.AccessKeyID, &l.AWS.SecretAccessKey, &l.AWS.SessionToken,
		&l.Certificate.Certificate, &l.Certificate.Key, &e.Certificate.Certificate, &e.Certificate.Key,
	} {
		c.Secret = ""
	}
	return e
}

// locate says what a ref reads.
func (s *Settings) locate(ref fn.Ref) (location, *fn.Fault) {
	path, fault := pathOf(ref)
	at := location{at: s.override(ref.Connection).anyOrigin(), part: ref.Part, engine: ref.Engine, path: path}
	if ref.Part == fn.SecretPart {
		at.version = ref.Version
	}
	return at, fault
}
