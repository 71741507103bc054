package vaultsrc

import (
	"context"
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// AWSEnvironment is what the environment says about AWS, in the variables that
// AWS's own tools read. The zero AWSEnvironment says nothing.
type AWSEnvironment struct {
	// AccessKeyID, SecretAccessKey and SessionToken are credentials
	// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN).
	AccessKeyID, SecretAccessKey, SessionToken secret.Value
	// WebIdentityTokenFile holds a token that AWS gives credentials of the role
	// RoleARN for (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN,
	// AWS_ROLE_SESSION_NAME): EKS sets them for a service account with a role.
	WebIdentityTokenFile, RoleARN, RoleSessionName string
	// ContainerAddress gives credentials to who sends the token in
	// ContainerTokenFile, or ContainerToken (AWS_CONTAINER_CREDENTIALS_FULL_URI and
	// _RELATIVE_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and _TOKEN): EKS Pod
	// Identity, ECS, CodeBuild.
	ContainerAddress, ContainerTokenFile string
	ContainerToken                       secret.Value
	// STSEndpoint takes the place of AWS STS of a region
	// (AWS_ENDPOINT_URL_STS).
	STSEndpoint string
}

// ecsCredentials is where a relative address begins
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
const ecsCredentials = "http://169.254.170.2"

// awsEnvironment reads the variables. What is wrong with them is a fault where
// they are used: they may be set for others.
func awsEnvironment(getenv func(string) string) AWSEnvironment {
	value := func(variable string) secret.Value { return secret.New(strings.TrimSpace(getenv(variable))) }
	a := AWSEnvironment{
		AccessKeyID:          value("AWS_ACCESS_KEY_ID"),
		SecretAccessKey:      value("AWS_SECRET_ACCESS_KEY"),
		SessionToken:         value("AWS_SESSION_TOKEN"),
		WebIdentityTokenFile: getenv("AWS_WEB_IDENTITY_TOKEN_FILE"),
		RoleARN:              getenv("AWS_ROLE_ARN"),
		RoleSessionName:      getenv("AWS_ROLE_SESSION_NAME"),
		ContainerAddress:     getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
		ContainerTokenFile:   getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
		ContainerToken:       value("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
		STSEndpoint:          getenv("AWS_ENDPOINT_URL_STS"),
	}
	if relative := getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); relative != "" {
		a.ContainerAddress = ecsCredentials + relative
	}
	return a
}

// awsSource is where the credentials of a login come from.
type awsSource struct {
	// ambient names them where they are the environment's; empty where they stand
	// in the manifests.
	ambient string
	// get gives them. A fault without a field is the store's.
	get func(context.Context, sts) (awsCredentials, *fn.Fault)
}

// environmentSource is the credentials that the environment gives, for a store that
// names none: keys, else a web identity, else those of the container, in the
// order of AWS's SDKs. What is set and then fails is a fault: the next is not
// tried. Files of a person's (~/.aws) and the metadata of an EC2 instance are
// not looked at, as in ESO.
func (s *Settings) environmentSource() (awsSource, *fn.Fault) {
	a := s.AWS
	wrong := func(variable, hint, cause string) (awsSource, *fn.Fault) {
		return awsSource{}, &fn.Fault{Scope: fn.RunScope, Field: variable, Cause: cause, Hint: hint}
	}
	switch {
	case !a.AccessKeyID.IsEmpty() && a.SecretAccessKey.IsEmpty():
		return wrong("AWS_ACCESS_KEY_ID", "set both, or neither", "AWS_SECRET_ACCESS_KEY, which belongs to it, is not set")
	case a.AccessKeyID.IsEmpty() && !a.SecretAccessKey.IsEmpty():
		return wrong("AWS_SECRET_ACCESS_KEY", "set both, or neither", "AWS_ACCESS_KEY_ID, which belongs to it, is not set")
	case !a.AccessKeyID.IsEmpty():
		c := awsCredentials{a.AccessKeyID, a.SecretAccessKey, a.SessionToken}
		return awsSource{"a request signed with the keys of AWS_ACCESS_KEY_ID",
			func(context.Context, sts) (awsCredentials, *fn.Fault) { return c, nil }}, nil
	case a.WebIdentityTokenFile != "" && a.RoleARN == "":
		return wrong("AWS_WEB_IDENTITY_TOKEN_FILE", "set it to the role to take on", "AWS_ROLE_ARN, which belongs to it, is not set")
	case a.WebIdentityTokenFile != "":
		return awsSource{"a request signed with the role of AWS_ROLE_ARN", s.webIdentity}, nil
	case a.ContainerAddress != "":
		if !mayGiveCredentials(a.ContainerAddress) {
			return wrong("AWS_CONTAINER_CREDENTIALS_FULL_URI", "", "it is neither https:// nor an address of this machine, of ECS or of EKS")
		}
		return awsSource{"a request signed with the credentials of AWS_CONTAINER_CREDENTIALS_FULL_URI", s.containerCredentials}, nil
	}
	return awsSource{}, &fn.Fault{
		Cause: "the store names no credentials of AWS, and the environment has none",
		Hint:  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (aws configure export-credentials --format env), give the pod a role of AWS, or name secretRef or jwt in the store",
	}
}

// webIdentity trades the token of AWS_WEB_IDENTITY_TOKEN_FILE for credentials.
func (s *Settings) webIdentity(ctx context.Context, service sts) (awsCredentials, *fn.Fault) {
	token, err := s.tokenFromFile(s.AWS.WebIdentityTokenFile, atVariable("AWS_WEB_IDENTITY_TOKEN_FILE"))
	if err != nil {
		return awsCredentials{}, asFault(err)
	}
	c, fault := service.assumeRoleWithWebIdentity(ctx, token, s.AWS.RoleARN, s.AWS.RoleSessionName)
	if fault != nil && fault.Scope == fn.EntryScope {
		fault.Scope, fault.Field = fn.RunScope, "AWS_ROLE_ARN"
	}
	return c, fault
}
