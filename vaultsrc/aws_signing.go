package vaultsrc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

const (
	// stsVersion is that of the API of AWS's Security Token Service
	// (https://docs.aws.amazon.com/STS/latest/APIReference).
	stsVersion = "2011-06-15"
	formType   = "application/x-www-form-urlencoded; charset=utf-8"
	// serverIDHeader ties a login to one Vault, where that asks for it.
	serverIDHeader = "X-Vault-AWS-IAM-Server-ID"
)

// awsCredentials sign requests to AWS. SessionToken is empty for the keys of a
// user.
type awsCredentials struct {
	AccessKeyID, SecretAccessKey, SessionToken secret.Value
}

// fault says what no credentials can be. It has no field.
func (c awsCredentials) fault() *fn.Fault {
	for _, part := range []struct {
		name  string
		value secret.Value
	}{{"access key ID", c.AccessKeyID}, {"secret access key", c.SecretAccessKey}, {"session token", c.SessionToken}} {
		if strings.ContainsFunc(part.value.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
			return &fn.Fault{Cause: fmt.Sprintf("the %s of AWS has characters in it that none has", part.name), Hint: "it is one word: look for a line break at its end"}
		}
	}
	return nil
}

// awsLogin is the body of a login by Vault's aws method, without the role: a
// request for GetCallerIdentity in the form that Vault takes, signed and not
// sent. Vault sends it on and learns from the answer who signed it
// (https://developer.hashicorp.com/vault/api-docs/auth/aws#login). AWS takes it
// for some minutes after the time given: the body is a credential. A serverID of
// "" is none.
func awsLogin(c awsCredentials, region awsRegion, serverID string, at time.Time) (map[string]any, *fn.Fault) {
	request := stsRequest("https://"+region.loginHost()+"/", url.Values{"Action": {"GetCallerIdentity"}})
	if serverID != "" {
		request.header.Set(serverIDHeader, serverID)
	}
	if fault := request.sign(c, region, at); fault != nil {
		return nil, fault
	}
	headers, err := json.Marshal(request.header)
	if err != nil {
		panic(err) // texts always encode
	}
	return map[string]any{
		"iam_http_request_method": http.MethodPost,
		"iam_request_url":         base64.StdEncoding.EncodeToString([]byte(request.address)),
		"iam_request_body":        base64.StdEncoding.EncodeToString([]byte(request.body)),
		"iam_request_headers":     base64.StdEncoding.EncodeToString(headers),
	}, nil
}

// formRequest is a POST of a form.
type formRequest struct {
	address, body string
	header        http.Header
}

func stsRequest(address string, form url.Values) formRequest {
	form.Set("Version", stsVersion)
	return formRequest{address, form.Encode(), http.Header{"Content-Type": {formType}}}
}

// sign adds the headers of AWS's Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
func (r formRequest) sign(c awsCredentials, region awsRegion, at time.Time) *fn.Fault {
	if fault := c.fault(); fault != nil {
		return fault
	}
	request, err := r.http(context.Background())
	if err != nil {
		return &fn.Fault{Cause: "the request to AWS cannot be made"}
	}
	hash := sha256.Sum256([]byte(r.body))
	keys := aws.Credentials{AccessKeyID: c.AccessKeyID.Reveal(), SecretAccessKey: c.SecretAccessKey.Reveal(), SessionToken: c.SessionToken.Reveal()}
	// A signer of its own each time: it keeps the keys that it derives.
	if err := signer.NewSigner().SignHTTP(context.Background(), keys, request, hex.EncodeToString(hash[:]), "sts", region.name, at); err != nil {
		return &fn.Fault{Cause: "the request to AWS cannot be signed"}
	}
	return nil
}

// http is the request as net/http has it, over the same headers.
func (r formRequest) http(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, bytes.NewReader([]byte(r.body)))
	if err == nil {
		request.Header = r.header
	}
	return request, err
}
