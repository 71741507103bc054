package vaultsrc

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"strings"
	"time"

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
