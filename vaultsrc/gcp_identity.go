package vaultsrc

import (
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// GCPEnvironment is what the environment says about Google Cloud, in the variables
// that Google's own tools read. The zero GCPEnvironment says nothing.
type GCPEnvironment struct {
	// CredentialsFile holds a service account's key
	// (GOOGLE_APPLICATION_CREDENTIALS).
	CredentialsFile string
	// MetadataHost takes the place of the machine's metadata server
	// (GCE_METADATA_HOST): a host, with a port or without.
	MetadataHost string
}

func gcpEnvironment(getenv func(string) string) GCPEnvironment {
	return GCPEnvironment{CredentialsFile: getenv("GOOGLE_APPLICATION_CREDENTIALS"), MetadataHost: getenv("GCE_METADATA_HOST")}
}

const (
	// gcpTokenLife is how long a token that esfn signs is good for. Vault grants up
	// to 15 minutes and a role may grant less; the token is used once, at once.
	gcpTokenLife = 5 * time.Minute
	// metadataAddress is where Google's own libraries look for the metadata server:
	// a name could be somebody else's in a cluster's DNS.
	metadataAddress = "169.254.169.254"
)

// gcpSource is where the JWT of a login by Vault's gcp method comes from.
type gcpSource struct {
	// ambient names whose it is where that is the environment's; empty where the key
	// stands in the manifests.
	ambient string
	// jwt makes it for a role of Vault at a server. A fault without a field is the
	// store's.
	jwt func(ctx context.Context, client *http.Client, server, role string, at time.Time) (secret.Value, *fn.Fault)
}

// gcpEnvironmentSource is the identity that the environment gives, for a store that
// names no key: the key in GOOGLE_APPLICATION_CREDENTIALS, else what the machine's
// metadata server vouches for.
func (s *Settings) gcpEnvironmentSource() (gcpSource, *fn.Fault) {
	if s.GCP.CredentialsFile != "" {
		return gcpSource{"a token signed with the key in GOOGLE_APPLICATION_CREDENTIALS",
			func(_ context.Context, _ *http.Client, _, role string, at time.Time) (secret.Value, *fn.Fault) {
				fault := atVariable("GOOGLE_APPLICATION_CREDENTIALS")
				key, err := s.tokenFromFile(s.GCP.CredentialsFile, fault)
				if err != nil {
					return secret.Value{}, asFault(err)
				}
				jwt, wrong := gcpSignedToken(key, role, at)
				if wrong != nil {
					wrong.Scope, wrong.Field = fn.RunScope, "GOOGLE_APPLICATION_CREDENTIALS"
				}
				return jwt, wrong
			}}, nil
	}
	host := cmp.Or(s.GCP.MetadataHost, metadataAddress)
	if !isHostPort(host) {
		return gcpSource{}, &fn.Fault{Scope: fn.RunScope, Field: "GCE_METADATA_HOST", Cause: "it is no host", Hint: "write it as in 169.254.169.254 or localhost:8080"}
	}
	return gcpSource{"the identity of the machine, as Google's metadata server gives it",
		func(ctx context.Context, client *http.Client, server, role string, _ time.Time) (secret.Value, *fn.Fault) {
			return gcpMachineToken(ctx, client, host, server, role)
		}}, nil
}

func isHostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, ""
	}
	return (hostName.MatchString(host) || net.ParseIP(host) != nil) && strings.Trim(port, "0123456789") == ""
}

// gcpSignedToken signs, with a service account's key as Google gives it, the token
// that Vault takes for a role of type iam. Google is not asked; Vault asks it for
// the public key (https://developer.hashicorp.com/vault/docs/auth/gcp). A fault
// has no field, and quotes nothing of the key.
func gcpSignedToken(key secret.Value, role string, at time.Time) (secret.Value, *fn.Fault) {
	fail := func(hint, cause string) (secret.Value, *fn.Fault) {
		return secret.Value{}, &fn.Fault{Cause: cause, Hint: hint}
	}
	const wanted = "give the JSON of a service account's key, as Google Cloud's console and gcloud iam service-accounts keys create write it"
	var file struct {
		Type         string
		ClientEmail  string `json:"client_email"`
		PrivateKeyID string `json:"private_key_id"`
		PrivateKey   string `json:"private_key"`
	}
	if json.Unmarshal([]byte(key.Reveal()), &file) != nil {
		return fail(wanted, "the service account's key is no JSON")
	}
	switch file.Type {
	case "service_account":
	case "external_account", "external_account_authorized_user", "authorized_user", "impersonated_service_account":
		return fail(wanted, fmt.Sprintf("credentials of the type %s sign nothing themselves, and esfn does not ask Google to", file.Type))
	default:
		return fail(wanted, "it is no service account's key: its type is not service_account")
	}
	if file.ClientEmail == "" || file.PrivateKeyID == "" || file.PrivateKey == "" {
		return fail(wanted, "the service account's key lacks client_email, private_key_id or private_key")
	}
	private := rsaKey(file.PrivateKey)
	if private == nil {
		return fail(wanted, "the private_key of the service account's key is no RSA key in PEM form")
	}
	claims, err := json.Marshal(map[string]any{"sub": file.ClientEmail, "aud": "vault/" + role, "exp": at.Add(gcpTokenLife).Unix()})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: file.PrivateKeyID}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return fail("", "the service account's key cannot be used")
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return fail("", "nothing can be signed with the service account's key")
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return fail("", "nothing can be signed with the service account's key")
	}
	return secret.New(compact), nil
}

// rsaKey reads a private key in PEM form, in either form that Google has given
// them in; nil where it is none.
func rsaKey(text string) *rsa.PrivateKey {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		key, _ := key.(*rsa.PrivateKey)
		return key
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil
	}
	return key
}

// compactJWT is three parts of base64url.
var compactJWT = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// gcpMachineToken asks the metadata server who the machine is, in a token for a
// role of Vault (https://cloud.google.com/compute/docs/instances/verifying-instance-identity).
// The audience is as Vault's own client has it. A fault has no field.
func gcpMachineToken(ctx context.Context, client *http.Client, host, server, role string) (secret.Value, *fn.Fault) {
	const hint = "outside Google Cloud, name secretRef in the store, or set GOOGLE_APPLICATION_CREDENTIALS to the file with a service account's key"
	fail := func(cause string, args ...any) (secret.Value, *fn.Fault) {
		return secret.Value{}, &fn.Fault{Cause: "Google's metadata server " + fmt.Sprintf(cause, args...), Hint: hint}
	}
	query := url.Values{"audience": {server + "/vault/" + role}, "format": {"full"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/computeMetadata/v1/instance/service-accounts/default/identity?"+query.Encode(), nil)
	if err != nil {
		return fail("has no address")
	}
	request.Header.Set("Metadata-Flavor", "Google")
	whom := "Google's metadata server at " + host
	answer, fault := send(client, request, whom)
	switch {
	case fault != nil:
		if fault.Scope == fn.EntryScope {
			fault.Hint = hint
		}
		return secret.Value{}, fault
	case answer.header.Get("Metadata-Flavor") != "Google":
		return fail("is not what answers at %s", host)
	case answer.status == http.StatusNotFound:
		return fail("knows no service account of the machine")
	case answer.status != http.StatusOK:
		return fail("at %s answered %d", host, answer.status)
	}
	token := strings.TrimSpace(string(answer.body))
	if !compactJWT.MatchString(token) {
		return fail("at %s answered without a token", host)
	}
	return secret.New(token), nil
}
