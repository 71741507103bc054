package vaultsrc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/tests/testbed"
)

func awsStore(server string) fn.Connection {
	return fn.Connection{Server: server, Login: fn.Login{Method: fn.AWSLogin, Field: "auth.iam", Mount: "aws", Role: "reader", AWS: fn.AWS{Region: "eu-central-1"}}}
}

func gcpStore(server string) fn.Connection {
	return fn.Connection{Server: server, Login: fn.Login{Method: fn.GCPLogin, Field: "auth.gcp", Mount: "gcp", Role: "reader"}}
}

// TestIdentitiesOfCloudsGoToListedServers is the rule of who may send what where,
// for the clouds: nothing here sends anything.
func TestIdentitiesOfCloudsGoToListedServers(t *testing.T) {
	const server = "https://vault.example:8200"
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "AKIA-made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
	fromPackage := awsStore(server)
	fromPackage.Login.AWS.AccessKeyID = fn.Credential{Value: userKeys.AccessKeyID, Field: "auth.iam.secretRef.accessKeyIDSecretRef"}
	fromPackage.Login.AWS.SecretAccessKey = fn.Credential{Value: userKeys.SecretAccessKey}
	ofOperator := fromPackage
	ofOperator.Login.AWS.SecretAccessKey.Operator = "Secret a/b"
	sessionOfOperator := fromPackage
	sessionOfOperator.Login.AWS.SessionToken = fn.Credential{Value: secret.New("made-up"), Operator: "Secret a/c"}
	unresolved := fromPackage
	unresolved.Login.AWS.SessionToken = fn.Credential{Field: "auth.iam.secretRef.sessionTokenSecretRef", Unresolved: "Secret a/b has no key \"s\""}
	lineBreak := fromPackage
	lineBreak.Login.AWS.SecretAccessKey.Value = secret.New("made-up\n")
	account := awsStore(server)
	account.Login.ServiceAccount = fn.ServiceAccount{Namespace: "ns", Name: "sa"}
	elsewhere := fromPackage
	elsewhere.Login.AWS.Region = "us-east-1.evil.example/"
	gcpOfPackage := gcpStore(server)
	gcpOfPackage.Login.Credential = fn.Credential{Value: secret.New("made-up")}
	exchange := fn.Connection{Server: server, Login: fn.Login{Method: fn.RefusedLogin, Field: "auth.gcp.serviceAccountRef"}}
	for _, tc := range []struct {
		name       string
		env        map[string]string
		connection fn.Connection
		want       []string
	}{
		{"keys of the environment", keys, awsStore(server), []string{"spec.provider.vault.server: https://vault.example:8200 would be sent a request signed with the keys of AWS_ACCESS_KEY_ID, and nothing in the environment says that it may be"}},
		{"a service account's role", nil, account, []string{"spec.provider.vault.server: https://vault.example:8200 would be sent a request signed with the role of the service account ns/sa, and nothing in the environment says that it may be"}},
		{"keys of the package", keys, fromPackage, nil},
		{"keys of the operator", nil, ofOperator, []string{"spec.provider.vault.server: https://vault.example:8200 would be sent what the operator's Secret a/b holds, and nothing in the environment says that it may be"}},
		{"a session token of the operator", nil, sessionOfOperator, []string{"spec.provider.vault.server: https://vault.example:8200 would be sent what the operator's Secret a/c holds, and nothing in the environment says that it may be"}},
		{"keys that are not there", keys, unresolved, []string{`auth.iam.secretRef.sessionTokenSecretRef: Secret a/b has no key "s"`}},
		{"a key with a line break", keys, lineBreak, []string{"auth.iam.secretRef: the secret access key of AWS has characters in it that none has"}},
		{"nobody", nil, awsStore(server), []string{"auth.iam: the store names no credentials of AWS, and the environment has none"}},
		{"a region that is a host", nil, elsewhere, []string{`auth.iam.region: "us-east-1.evil.example/" is no region of AWS`}},
		{"an endpoint that is none", map[string]string{"AWS_ENDPOINT_URL_STS": "unix:///run/sts"}, fromPackage, []string{"AWS_ENDPOINT_URL_STS: it has to be an address of the network"}},
		{"the machine's identity", nil, gcpStore(server), []string{"spec.provider.vault.server: https://vault.example:8200 would be sent the identity of the machine, as Google's metadata server gives it, and nothing in the environment says that it may be"}},
		{"a key file of the environment", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "/key"}, gcpStore(server), []string{"spec.provider.vault.server: https://vault.example:8200 would be sent a token signed with the key in GOOGLE_APPLICATION_CREDENTIALS, and nothing in the environment says that it may be"}},
		{"a key of the package", nil, gcpOfPackage, nil},
		{"a service account of a cluster at Google", nil, exchange, []string{"auth.gcp.serviceAccountRef: ESO does not look at it, and the identity would be another one than it names"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			source := New(settingsOf(t, tc.env))
			for _, refusal := range source.Admit([]fn.Connection{tc.connection}) {
				got = append(got, refusal.Fault.Field+": "+refusal.Fault.Cause)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
			if len(tc.want) == 0 || !strings.HasPrefix(tc.want[0], "spec.provider.vault.server") {
				return
			}
			listed := map[string]string{"ESFN_ALLOWED_SERVERS": server}
			for name, value := range tc.env {
				listed[name] = value
			}
			if refusals := New(settingsOf(t, listed)).Admit([]fn.Connection{tc.connection}); len(refusals) != 0 {
				t.Errorf("a listed server: %v", refusals[0].Fault)
			}
		})
	}
}

// TestWhatIsSignedIsNotShown has a server that echoes the login.
func TestWhatIsSignedIsNotShown(t *testing.T) {
	t.Parallel()
	sts := testbed.NewFakeSTS("eu-central-1", time.Now, &testbed.Leaks{})
	defer sts.Close()
	sts.AddUser("AKIA-made-up", testbed.FakeUser{ARN: userARN, Secret: "made-up/secret+key"})
	sts.AddRole(roleARN, testbed.FakeRole{User: userARN})
	var echoed string
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		_, headers, _ := strings.Cut(string(body), `"iam_request_headers":"`)
		headers, _, _ = strings.Cut(headers, `"`)
		echoed = headers
		w.WriteHeader(400)
		signed, _ := base64.StdEncoding.DecodeString(headers)
		_, id, _ := strings.Cut(string(signed), "Credential=")
		id, _, _ = strings.Cut(id, "/")
		fmt.Fprintf(w, `{"errors":[%q]}`, "made up: "+headers+" made-up/session+token=2 "+id)
	}))
	defer vault.Close()
	c := awsStore(vault.URL)
	c.Login.AWS.Role = roleARN
	_, err := readAs(t, c, map[string]string{"VAULT_ADDR": vault.URL, "AWS_ENDPOINT_URL_STS": sts.Address,
		"AWS_ACCESS_KEY_ID": "AKIA-made-up", "AWS_SECRET_ACCESS_KEY": "made-up/secret+key"})
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Cause != `the login at auth/aws with role "reader" is refused: made up: [redacted] [redacted] [redacted]` || len(echoed) < 200 {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"AssumeRole 200"}, sts.Requests()); diff != "" {
		t.Errorf("STS (-want +got):\n%s", diff)
	}
}

// TestWhatAVaultSaysOfALoginByACloud has answers of Vault 1.21.4 that the scripts do
// not bring about.
func TestWhatAVaultSaysOfALoginByACloud(t *testing.T) {
	aws, gcp := (&Settings{}).override(awsStore("https://x")), (&Settings{}).override(gcpStore("https://x"))
	region, _ := parseAWSRegion("eu-central-1")
	explainAWS := func(words string) (string, string) { return aws.awsRefusal(words, region) }
	for _, tc := range []struct {
		explain            func(string) (string, string)
		words, cause, hint string
	}{
		{explainAWS, "error making upstream request: received error code 503 from STS: <html>", "in words that are not its own", ""},
		{explainAWS, `error making upstream request: error making request: POST http://127.0.0.1:1// giving up after 1 attempt(s): Post "http://127.0.0.1:1//": dial tcp 127.0.0.1:1: connect: connection refused`, "Vault cannot reach AWS STS", "auth/aws/config/client"},
		{explainAWS, "error making upstream request: body of GetCallerIdentity is invalid", "what Vault asked was not AWS STS", "sts_endpoint"},
		{explainAWS, `error looking up full ARN of entity &{aws 111122223333 user eve } when attempting login for role "wild": error creating IAM client: unable to fetch current caller: NoCredentialProviders`, "cannot look up the whole ARN", "iam:GetRole"},
		{explainAWS, "auth method iam not allowed for role machine", "another auth_type", ""},
		{explainAWS, "permission denied", "permission denied", "auth/aws is not enabled"},
		{explainAWS, "made up", "", ""},
		{gcp.gcpRefusal, `unable to get public key for signed JWT: unable to get public key "k" for JWT subject "ci": no Google OAuth2 provider key found for GCE role`, "type gce", "type iam"},
		{gcp.gcpRefusal, "expected JWT to have claims with GCE metadata", "type gce", "type iam"},
		{gcp.gcpRefusal, `Got GCE token but IAM role "reader" does not allow GCE inference`, "type iam", "allow_gce_inference=true at auth/gcp/role/reader"},
		{gcp.gcpRefusal, "JWT is expired or does not have proper 'exp' claim", "has expired", "clock"},
		{gcp.gcpRefusal, "permission denied", "permission denied", "auth/gcp is not enabled"},
		{gcp.gcpRefusal, "made up", "", ""},
	} {
		cause, hint := tc.explain(tc.words)
		if !strings.Contains(cause, tc.cause) || !strings.Contains(hint, tc.hint) || (cause == "") != (tc.cause == "") {
			t.Errorf("%s: got %q, %q", tc.words, cause, hint)
		}
	}
}

// TestAClusterKnowsTheRoleOfAServiceAccount has a fake API server, for answers that
// a real one cannot be made to give.
func TestAClusterKnowsTheRoleOfAServiceAccount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		status         int
		account, cause string
		hint           string
	}{
		{"no role", 200, `{"metadata":{}}`, "has no annotation eks.amazonaws.com/role-arn", "annotate it"},
		{"not JSON", 200, `<html>`, "did not answer with a service account", ""},
		{"not allowed", 403, `{}`, "does not let esfn request a description of ns/sa", "allow get on serviceaccounts, resourceName sa, in namespace ns"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var asked []string
			kube := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.Method+" "+r.URL.Path)
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.account)
			}))
			defer kube.Close()
			source := sourceWith(t, kubeconfigFor(kube.URL, "{token: made-up-admin}"), "https://vault.example")
			defer source.Close()
			c := awsStore("https://vault.example")
			c.Login.ServiceAccount = fn.ServiceAccount{Namespace: "ns", Name: "sa", Field: "auth.iam.jwt.serviceAccountRef"}
			_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
			var fault *fn.Fault
			if !errors.As(err, &fault) || !strings.Contains(fault.Cause, tc.cause) || !strings.Contains(fault.Hint, tc.hint) || fault.Field != "auth.iam.jwt.serviceAccountRef" {
				t.Errorf("got %+v", fault)
			}
			if diff := cmp.Diff([]string{"GET /api/v1/namespaces/ns/serviceaccounts/sa"}, asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestForWhomATokenForAWSIs has an API server that grants none, and notes the
// audiences that it is asked for: AWS's, or the annotated one, before the store's.
func TestForWhomATokenForAWSIs(t *testing.T) {
	t.Parallel()
	for annotations, want := range map[string]string{
		`"eks.amazonaws.com/role-arn":"arn"`:                                            `"audiences":["sts.amazonaws.com","team"]`,
		`"eks.amazonaws.com/role-arn":"arn","eks.amazonaws.com/audience":"made-up-aud"`: `"audiences":["made-up-aud","team"]`,
	} {
		body := ""
		kube := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				fmt.Fprint(w, `{"metadata":{"annotations":{`+annotations+`}}}`)
				return
			}
			text, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			body = string(text)
			w.WriteHeader(http.StatusForbidden)
		}))
		c := awsStore("https://vault.example")
		c.Login.ServiceAccount = fn.ServiceAccount{Namespace: "ns", Name: "sa"}.For("team")
		fault := askedFor(t, c, kubeconfigFor(kube.URL, "{token: made-up-admin}"))
		kube.Close()
		if fault == nil || !strings.Contains(fault.Cause, "does not let esfn request a token of ns/sa") || !strings.Contains(body, want) {
			t.Errorf("%s: asked for %s, %v", annotations, body, fault)
		}
	}
}
