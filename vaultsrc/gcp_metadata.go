package vaultsrc

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/expression"
	"github.com/esfn/esfn/fn/secret"
)

// metadataAddress is where Google's own libraries look for the metadata server: a
// name could be somebody else's in a cluster's DNS.
const metadataAddress = "169.254.169.254"

// compactJWT is three parts of base64url.
var compactJWT = expression.Later(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

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
	if !compactJWT().MatchString(token) {
		return fail("at %s answered without a token", host)
	}
	return secret.New(token), nil
}
