package fn

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/secret"
)

// Connection is everything that a store, used from one namespace, says about
// reaching Vault. Two connections that are == are the same client, with one
// login.
type Connection struct {
	// Operator tells that the store is one of the operator's own: its address is
	// to be trusted as the environment is.
	Operator bool
	// Server is spec.provider.vault.server, as written.
	Server string
	// Namespace of Vault Enterprise, or "".
	Namespace string
	// Trust is whose certificates the server may have; the zero Trust for the
	// system's.
	Trust Trust
	// Certificate is the client's own, of spec.provider.vault.tls.
	Certificate ClientCertificate
	Headers     Headers
	// ReadYourWrites sends the state that Vault last told along with the next
	// request; ForwardInconsistent asks a node that is behind it to forward.
	ReadYourWrites, ForwardInconsistent bool
	Retry                               Retry
	Login                               Login
}

// Trust is the certificates of authorities that a server's is to be signed by.
type Trust struct {
	// Certificates in PEM form; empty for the system's. They are no secret, and
	// what stands beside them may be one.
	Certificates secret.Value
	// Field of the store that they come from. Unresolved says why there are none
	// although it names some, and Hint what to do.
	Field, Unresolved, Hint string
}

// ClientCertificate is a certificate with its private key, both in PEM form; the
// zero one is none.
type ClientCertificate struct{ Certificate, Key Credential }

// Headers to send with every request, in a form that is comparable.
type Headers struct{ lines string }

// NewHeaders returns the headers of a map from names to values, which have no line
// breaks in them.
func NewHeaders(all map[string]string) Headers {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, name+": "+all[name])
	}
	return Headers{strings.Join(lines, "\n")}
}

// All iterates over names and values.
func (h Headers) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for line := range strings.SplitSeq(h.lines, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok && !yield(name, value) {
				return
			}
		}
	}
}

// Retry is a store's retrySettings; the zero Retry where it has none.
type Retry struct {
	// Given tells that Max is meant, also where it is 0.
	Given bool
	Max   int
	// Interval is a duration as in 1.5s; empty for the source's own waits.
	Interval string
}

// LoginMethod is a way to get a Vault token.
type LoginMethod string

// The login methods. NoLogin is a store without auth: what is at its address logs
// in itself, as a Vault Agent does. RefusedLogin is one that esfn refuses: the
// operator's token has to take its place.
const (
	NoLogin         LoginMethod = ""
	RefusedLogin    LoginMethod = "refused"
	TokenLogin      LoginMethod = "token"
	AppRoleLogin    LoginMethod = "approle"
	KubernetesLogin LoginMethod = "kubernetes"
	LDAPLogin       LoginMethod = "ldap"
	UserPassLogin   LoginMethod = "userpass"
	JWTLogin        LoginMethod = "jwt"
	CertLogin       LoginMethod = "cert"
	AWSLogin        LoginMethod = "aws"
	GCPLogin        LoginMethod = "gcp"
)

// Login is a store's auth with its references followed.
type Login struct {
	Method LoginMethod
	// Field of the store that this login comes from, for messages.
	Field string
	// Namespace to log in to, where HasNamespace tells that the store says so;
	// else it is that of the secrets.
	Namespace    string
	HasNamespace bool
	// Mount and Role are the auth method's.
	Mount, Role string
	// User is the name that goes with a password.
	User string
	// ID is the role ID of AppRoleLogin.
	ID Credential
	// Credential is what proves who logs in: the token, JWT, password or secret
	// ID from a Secret that the store refers to; the zero Credential where it
	// refers to none.
	Credential Credential
	// ServiceAccount is whose token to ask for; the zero one for none.
	ServiceAccount ServiceAccount
	// Certificate of CertLogin: it takes the place of the connection's.
	Certificate ClientCertificate
	// AWS is what AWSLogin needs besides.
	AWS AWS
}

// Credential is a secret that a store refers to. A reference that leads nowhere
// is not yet an error: what the environment gives may take its place.
type Credential struct {
	Value secret.Value
	// Field of the store that refers to it.
	Field string
	// Secret and the key that it is, as in Secret vault/login, key token; empty for
	// what the store itself says.
	Secret string
	// Operator names the operator's Secret that it comes from; empty where it
	// stands in the manifests.
	Operator string
	// Unresolved says why there is no Value, and Hint what to do; both are
	// empty where there is one.
	Unresolved, Hint string
}

// AWS is who a request to AWS STS is signed by, and how.
type AWS struct {
	// Region of the STS to ask; empty for us-east-1.
	Region string
	// Role to take on first, and the ExternalID that it asks for, or "".
	Role, ExternalID string
	// ServerID is the value of X-Vault-AWS-IAM-Server-ID, or "".
	ServerID string
	// AccessKeyID, SecretAccessKey and SessionToken are credentials from the Secrets
	// that the store refers to; all are zero where it refers to none.
	AccessKeyID, SecretAccessKey, SessionToken Credential
}

// ServiceAccount is a Kubernetes service account to request a token for.
type ServiceAccount struct {
	Namespace, Name string
	// Field of the store that names it.
	Field string
	// Lifetime of the token in seconds; 0 for the source's own choice.
	Lifetime int
	// audiences are joined, so that a ServiceAccount is comparable.
	audiences string
}

// For returns the service account with the audiences that its token is to be
// for; none means the API server's own.
func (s ServiceAccount) For(audiences ...string) ServiceAccount {
	s.audiences = strings.Join(audiences, "\n")
	return s
}

// Audiences returns what the token is to be for, or nil.
func (s ServiceAccount) Audiences() []string {
	if s.audiences == "" {
		return nil
	}
	return strings.Split(s.audiences, "\n")
}
