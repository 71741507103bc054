package vaultsrc

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/expression"
	"github.com/esfn/esfn/fn/secret"
)

const (
	// awsSession is what AWS's logs call the sessions of esfn.
	awsSession = "esfn"
	// awsSessionSeconds is the shortest life that AWS gives credentials: they
	// sign one request, at once.
	awsSessionSeconds = "900"
)

// sts is AWS's Security Token Service of one region.
type sts struct {
	client *http.Client
	region awsRegion
	// endpoint takes the place of the region's own (AWS_ENDPOINT_URL_STS), for one
	// in a VPC; empty for the region's own. No manifest chooses it.
	endpoint string
}

// newSTS gives the service of a region that a store names. A fault without a field
// is the store's.
func (s *Settings) newSTS(client *http.Client, region string) (sts, *fn.Fault) {
	at, fault := parseAWSRegion(region)
	if fault != nil {
		return sts{}, fault
	}
	if s.AWS.STSEndpoint != "" {
		wrong := &fn.Fault{Scope: fn.RunScope, Field: "AWS_ENDPOINT_URL_STS", Cause: "it has to be an address of the network", Hint: "write it as in https://sts.eu-central-1.amazonaws.com"}
		u, err := parseServer(s.AWS.STSEndpoint)
		if err != nil {
			wrong.Cause = err.Error()
		}
		if err != nil || u.Scheme == "unix" {
			return sts{}, wrong
		}
	}
	return sts{client, at, s.AWS.STSEndpoint}, nil
}

func (s sts) address() string {
	return cmp.Or(strings.TrimRight(s.endpoint, "/"), "https://"+s.region.host()) + "/"
}

// assumeRole gives credentials of a role to those who may take it on
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). An
// externalID of "" is none. A fault has no field.
func (s sts) assumeRole(ctx context.Context, c awsCredentials, role, externalID string, at time.Time) (awsCredentials, *fn.Fault) {
	form := url.Values{"Action": {"AssumeRole"}, "RoleArn": {role}, "RoleSessionName": {awsSession}, "DurationSeconds": {awsSessionSeconds}}
	if externalID != "" {
		form.Set("ExternalId", externalID)
	}
	request := stsRequest(s.address(), form)
	if fault := request.sign(c, s.region, at); fault != nil {
		return awsCredentials{}, fault
	}
	return s.credentials(ctx, request, role)
}

// assumeRoleWithWebIdentity gives credentials of a role to the bearer of a token
// that its trust policy names
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
// A session of "" is esfn's. A fault has no field.
func (s sts) assumeRoleWithWebIdentity(ctx context.Context, token secret.Value, role, session string) (awsCredentials, *fn.Fault) {
	return s.credentials(ctx, stsRequest(s.address(), url.Values{
		"Action":           {"AssumeRoleWithWebIdentity"},
		"RoleArn":          {role},
		"RoleSessionName":  {cmp.Or(session, awsSession)},
		"DurationSeconds":  {awsSessionSeconds},
		"WebIdentityToken": {token.Reveal()},
	}), role)
}

// credentials sends a request for some, and reads the answer.
func (s sts) credentials(ctx context.Context, form formRequest, role string) (awsCredentials, *fn.Fault) {
	request, err := form.http(ctx)
	if err != nil {
		return awsCredentials{}, &fn.Fault{Cause: "the address of AWS STS is none"}
	}
	host := request.URL.Host
	answer, fault := send(s.client, request, "AWS STS at "+host)
	if fault != nil {
		return awsCredentials{}, fault
	}
	if answer.status != http.StatusOK {
		cause, hint := stsRefusal(answer.body, s.region)
		return awsCredentials{}, &fn.Fault{Cause: fmt.Sprintf("AWS STS at %s does not give credentials of the role %s: %s", host, role, cmp.Or(cause, fmt.Sprintf("it answered %d", answer.status))), Hint: hint}
	}
	var granted struct {
		Role  stsCredentials `xml:"AssumeRoleResult>Credentials"`
		Token stsCredentials `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	if xml.Unmarshal(answer.body, &granted) != nil {
		granted.Role, granted.Token = stsCredentials{}, stsCredentials{}
	}
	given := granted.Role
	if given == (stsCredentials{}) {
		given = granted.Token
	}
	c := awsCredentials{secret.New(given.AccessKeyID), secret.New(given.SecretAccessKey), secret.New(given.SessionToken)}
	if c.AccessKeyID.IsEmpty() || c.SecretAccessKey.IsEmpty() || c.SessionToken.IsEmpty() {
		return awsCredentials{}, &fn.Fault{Cause: fmt.Sprintf("AWS STS at %s answered without credentials", host)}
	}
	return c, nil
}

// stsCredentials are those of an answer, not yet secret.
type stsCredentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
}

var (
	stsErrorCode    = expression.Later(`<Code>([A-Za-z.]{1,80})</Code>`)
	stsErrorMessage = expression.Later(`<Message>([^<]*)`)
)

// stsRefusal says what an error of STS means, from its XML, whether it came from
// STS itself or stands in what Vault says; "" where it is none. What STS writes is
// not shown but for its code: some of its messages repeat the signed headers, and
// the session token is one of them.
func stsRefusal(text []byte, region awsRegion) (cause, hint string) {
	found := stsErrorCode().FindSubmatch(text)
	if found == nil {
		return "", ""
	}
	code, message := string(found[1]), ""
	if m := stsErrorMessage().FindSubmatch(text); m != nil {
		message = string(m[1])
	}
	const clock = "AWS takes a signature for five minutes: is the clock of this machine right?"
	switch {
	case strings.Contains(message, "valid region"):
		return fmt.Sprintf("the request is signed for the region %s, and was sent to another", region.name),
			fmt.Sprintf("leave region out; or in Vault, set sts_endpoint=https://%s and sts_region=%s, or use_sts_region_from_client=true, at config/client of the method", region.host(), region.name)
	case code == "SignatureDoesNotMatch" && (strings.Contains(message, "expired") || strings.Contains(message, "not yet current")), code == "RequestExpired":
		return "the signature is too old, or of a time to come (" + code + ")", clock
	case code == "SignatureDoesNotMatch", code == "IncompleteSignature":
		return "the secret access key is not that of the access key ID (" + code + ")", ""
	case code == "InvalidClientTokenId", code == "UnrecognizedClientException":
		return "AWS does not know the access key ID (" + code + ")",
			"was it deleted, is it of another partition, or is the session token missing that belongs to it?"
	case code == "ExpiredToken", code == "ExpiredTokenException":
		return "the credentials, or the token given for them, have expired (" + code + ")", "get new ones"
	case code == "AccessDenied":
		return "AWS does not allow it (" + code + ")", "does the role's trust policy name who asks, its audience and, where it has one, the externalID?"
	case code == "InvalidIdentityToken":
		return "AWS does not accept the service account's token (" + code + ")",
			"is the cluster's issuer an identity provider in IAM, with the token's audience? EKS has sts.amazonaws.com"
	case code == "IDPRejectedClaim":
		return "the identity provider rejects the token (" + code + ")", ""
	case code == "RegionDisabledException":
		return fmt.Sprintf("STS is not active in %s (%s)", region.name, code), "activate it in the account, or take another region"
	case code == "ValidationError":
		return "AWS takes something in the request for wrong (" + code + ")", "is the role written as in arn:aws:iam::111122223333:role/NAME?"
	}
	return code, ""
}
