package vaultsrc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// awsWay logs in with a request to AWS STS that is signed and not sent
// (https://developer.hashicorp.com/vault/api-docs/auth/aws). Who signs it is
// decided by what is there, in ESO's order (providers/v1/vault/auth_iam.go): the
// role of the store's service account, the keys of its secretRef, what the
// environment gives. Where the store names a role, that is taken on first.
func (s *Settings) awsWay(e endpoint) (way, *fn.Fault) {
	service, fault := s.newSTS(newCloudClient(s), e.Login.AWS.Region)
	if fault != nil {
		return way{}, placed(fault, e.Login.Field+".region")
	}
	source, fault := s.awsSourceOf(e)
	if fault != nil {
		return way{}, placed(fault, e.Login.Field)
	}
	return way{ambient: source.ambient, login: func(ctx context.Context, client *api.Client) (token, error) {
		credentials, fault := source.get(ctx, service)
		if fault != nil {
			return token{}, placed(fault, e.Login.Field)
		}
		now := time.Now()
		if role := e.Login.AWS.Role; role != "" {
			if credentials, fault = service.assumeRole(ctx, credentials, role, e.Login.AWS.ExternalID, now); fault != nil {
				return token{}, placed(fault, e.Login.Field+".role")
			}
		}
		body, fault := awsLogin(credentials, service.region, e.Login.AWS.ServerID, now)
		if fault != nil {
			return token{}, placed(fault, e.Login.Field)
		}
		if e.Login.Role != "" {
			body["role"] = e.Login.Role
		}
		signed, _ := body["iam_request_headers"].(string)
		explain := func(words string) (cause, hint string) { return e.awsRefusal(words, service.region) }
		return e.logIn(ctx, client, loginRequest{"auth/" + e.Login.Mount + "/login", body}, explain,
			credentials.SessionToken, credentials.SecretAccessKey, secret.New(signed),
			// No secret by itself; but the store may have named any of the operator's for it.
			credentials.AccessKeyID)
	}}, nil
}

// awsSourceOf is where an endpoint's credentials come from.
func (s *Settings) awsSourceOf(e endpoint) (awsSource, *fn.Fault) {
	a := e.Login.AWS
	given := []fn.Credential{a.AccessKeyID, a.SecretAccessKey, a.SessionToken}
	switch account := e.Login.ServiceAccount; {
	case account != fn.ServiceAccount{}:
		return awsSource{
			fmt.Sprintf("a request signed with the role of the service account %s/%s", account.Namespace, account.Name),
			func(ctx context.Context, service sts) (awsCredentials, *fn.Fault) {
				return s.serviceAccountCredentials(ctx, e, service)
			},
		}, nil
	case given[0] != fn.Credential{} || given[1] != fn.Credential{}:
		for _, c := range given {
			if c.Unresolved != "" {
				return awsSource{}, e.credentialFault(c)
			}
		}
		c := awsCredentials{a.AccessKeyID.Value, a.SecretAccessKey.Value, a.SessionToken.Value}
		if fault := c.fault(); fault != nil {
			return awsSource{}, placed(fault, e.Login.Field+".secretRef")
		}
		return awsSource{get: func(context.Context, sts) (awsCredentials, *fn.Fault) { return c, nil }}, nil
	}
	return s.environmentSource()
}

// What EKS's documentation says of a service account with a role of AWS
// (https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html).
const (
	roleAnnotation     = "eks.amazonaws.com/role-arn"
	audienceAnnotation = "eks.amazonaws.com/audience"
	stsAudience        = "sts.amazonaws.com"
)

// serviceAccountCredentials trades a token of the endpoint's service account for
// credentials of the role that it is annotated with. The token is for AWS STS, and
// for what the store says besides (CredsFromServiceAccount in ESO's
// providers/v1/vault/iamauth/iamauth.go).
func (s *Settings) serviceAccountCredentials(ctx context.Context, e endpoint, service sts) (awsCredentials, *fn.Fault) {
	account := e.Login.ServiceAccount
	body, server, err := s.askKubernetes(ctx, e, question{
		method: http.MethodGet, body: http.NoBody,
		what: "description", allow: "get on serviceaccounts",
	})
	if err != nil {
		return awsCredentials{}, asFault(err)
	}
	var found struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if json.Unmarshal(body, &found) != nil {
		return awsCredentials{}, e.accountFault("", "the Kubernetes API server at %s did not answer with a service account", server)
	}
	role := found.Metadata.Annotations[roleAnnotation]
	if role == "" {
		return awsCredentials{}, e.accountFault("annotate it with the ARN of a role", "the service account %s/%s at %s has no annotation %s", account.Namespace, account.Name, server, roleAnnotation)
	}
	audience := found.Metadata.Annotations[audienceAnnotation]
	if audience == "" {
		audience = stsAudience
	}
	e.Login.ServiceAccount = account.For(slices.Concat([]string{audience}, account.Audiences())...)
	token, err := s.requestToken(ctx, e)
	if err != nil {
		return awsCredentials{}, asFault(err)
	}
	c, fault := service.assumeRoleWithWebIdentity(ctx, token, role, "")
	return c, placed(fault, account.Field)
}

// awsRefusal says what Vault's answer to a login means, and AWS's in it.
func (e endpoint) awsRefusal(words string, region awsRegion) (cause, hint string) {
	mount := e.Login.Mount
	config := fmt.Sprintf("auth/%s/config/client", mount)
	switch {
	case strings.Contains(words, "from STS:"):
		cause, hint = stsRefusal([]byte(words), region)
		if cause == "" {
			cause = "AWS STS refused the request, in words that are not its own"
		}
		return cause, hint
	case strings.Contains(words, "error making request"):
		return "Vault cannot reach AWS STS", "see sts_endpoint of " + config
	case strings.Contains(words, "GetCallerIdentity is invalid"):
		return "what Vault asked was not AWS STS", "see sts_endpoint of " + config
	case strings.Contains(words, "for role") && strings.Contains(words, "entry"):
		return "there is no such role", fmt.Sprintf("create it: vault write auth/%s/role/%s auth_type=iam bound_iam_principal_arn=…", mount, e.Login.Role)
	case strings.Contains(words, "does not belong to the role"):
		return words, "compare it with the role's bound_iam_principal_arn"
	case strings.Contains(words, "full ARN"):
		return "Vault cannot look up the whole ARN of who signed", "the role's bound_iam_principal_arn has a wildcard: Vault needs iam:GetRole and iam:GetUser for it"
	case strings.Contains(words, "not allowed for role"):
		return "the role is of another auth_type than iam", ""
	case strings.Contains(words, serverIDHeader):
		if e.Login.AWS.ServerID == "" {
			return "Vault asks for the header " + serverIDHeader, "set vaultAwsIamServerID to the iam_server_id_header_value of " + config
		}
		return words, "set vaultAwsIamServerID to the iam_server_id_header_value of " + config
	case strings.Contains(words, "permission denied"):
		return "permission denied", fmt.Sprintf("Vault does not say which: auth/%s is not enabled, or the role's token_bound_cidrs leave out where esfn runs", mount)
	}
	return "", ""
}
