package vaultsrc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// credentialHosts are those that AWS's SDKs take credentials from over plain http,
// besides loopback: ECS, and EKS Pod Identity over IPv4 and IPv6
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
var credentialHosts = []string{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"}

// mayGiveCredentials tells whether an address may be asked for credentials, and be
// sent the token for them.
func mayGiveCredentials(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && (isLoopback(u.Hostname()) || slices.Contains(credentialHosts, u.Hostname()))
}

// containerCredentials asks the container's own address for credentials. The token
// file is read each time: its token is replaced while the pod runs.
func (s *Settings) containerCredentials(ctx context.Context, service sts) (awsCredentials, *fn.Fault) {
	const variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	fail := func(hint, cause string, args ...any) (awsCredentials, *fn.Fault) {
		return awsCredentials{}, &fn.Fault{Scope: fn.RunScope, Field: variable, Cause: fmt.Sprintf(cause, args...), Hint: hint}
	}
	token := s.AWS.ContainerToken
	if s.AWS.ContainerTokenFile != "" {
		var err error
		if token, err = s.tokenFromFile(s.AWS.ContainerTokenFile, atVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")); err != nil {
			return awsCredentials{}, asFault(err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.AWS.ContainerAddress, nil)
	if err != nil {
		return fail("", "it is no address")
	}
	if !token.IsEmpty() {
		request.Header.Set("Authorization", token.Reveal())
	}
	answer, fault := send(service.client, request, request.URL.Host)
	switch {
	case fault != nil && fault.Scope == fn.EntryScope:
		return fail("", "%s", fault.Cause)
	case fault != nil:
		return awsCredentials{}, fault
	case answer.status == http.StatusUnauthorized, answer.status == http.StatusForbidden:
		return fail("does the service account have a Pod Identity association?", "%s gives no credentials: it answered %d", request.URL.Host, answer.status)
	case answer.status != http.StatusOK:
		return fail("", "%s answered %d to the request for credentials", request.URL.Host, answer.status)
	}
	var given struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		Token           string
	}
	if json.Unmarshal(answer.body, &given) != nil || given.AccessKeyID == "" || given.SecretAccessKey == "" {
		return fail("", "%s answered without credentials", request.URL.Host)
	}
	return awsCredentials{secret.New(given.AccessKeyID), secret.New(given.SecretAccessKey), secret.New(given.Token)}, nil
}
