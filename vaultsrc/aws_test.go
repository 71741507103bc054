package vaultsrc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/tests/testbed"
)

// noon is the time of these tests.
var noon = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

const (
	userARN = "arn:aws:iam::111122223333:user/ci"
	roleARN = "arn:aws:iam::111122223333:role/reader"
)

var userKeys = awsCredentials{AccessKeyID: secret.New("AKIA-made-up"), SecretAccessKey: secret.New("made-up/secret+key")}

// fakeSTS knows a user, a role that the user may take on, and one for the bearer
// of a token.
func fakeSTS(t *testing.T, region string) *testbed.FakeSTS {
	t.Helper()
	f := testbed.NewFakeSTS(region, func() time.Time { return noon }, &testbed.Leaks{})
	t.Cleanup(f.Close)
	f.AddUser("AKIA-made-up", testbed.FakeUser{ARN: userARN, Secret: "made-up/secret+key"})
	f.AddRole(roleARN, testbed.FakeRole{User: userARN, ExternalID: "made-up-external"})
	f.AddRole("arn:aws:iam::111122223333:role/pod", testbed.FakeRole{Accepts: func(token string) bool { return token == "made-up-jwt" }})
	return f
}

// stsAt is the STS of eu-central-1, at another address.
func stsAt(t *testing.T, address string) sts {
	t.Helper()
	s := settingsOf(t, map[string]string{"AWS_ENDPOINT_URL_STS": address})
	service, fault := s.newSTS(newCloudClient(&s), "eu-central-1")
	if fault != nil {
		t.Fatal(fault)
	}
	return service
}

func TestARegionIsOneOfAWSs(t *testing.T) {
	for name, want := range map[string][2]string{
		"":                {"sts.us-east-1.amazonaws.com", "sts.amazonaws.com"},
		"us-east-1":       {"sts.us-east-1.amazonaws.com", "sts.amazonaws.com"},
		"eu-central-1":    {"sts.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com"},
		"ap-southeast-3":  {"sts.ap-southeast-3.amazonaws.com", "sts.ap-southeast-3.amazonaws.com"},
		"cn-northwest-1":  {"sts.cn-northwest-1.amazonaws.com.cn", "sts.cn-northwest-1.amazonaws.com.cn"},
		"us-gov-west-1":   {"sts.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com"},
		"eusc-de-east-1":  {"sts.eusc-de-east-1.amazonaws.eu", "sts.eusc-de-east-1.amazonaws.eu"},
		"us-isob-east-1":  {"sts.us-isob-east-1.sc2s.sgov.gov", "sts.us-isob-east-1.sc2s.sgov.gov"},
		"us-iso-east-1":   {"sts.us-iso-east-1.c2s.ic.gov", "sts.us-iso-east-1.c2s.ic.gov"},
		"us-isof-south-1": {"sts.us-isof-south-1.csp.hci.ic.gov", "sts.us-isof-south-1.csp.hci.ic.gov"},
		"eu-isoe-west-1":  {"sts.eu-isoe-west-1.cloud.adc-e.uk", "sts.eu-isoe-west-1.cloud.adc-e.uk"},
	} {
		region, fault := parseAWSRegion(name)
		if fault != nil {
			t.Errorf("%q: %v", name, fault)
		} else if got := [2]string{region.host(), region.loginHost()}; got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{
		"evil.example/", "us-east-1.evil.example", "us-east-1/", "us-east-1#", "us-east-1@evil.example", "us-east-1\n", " us-east-1",
		"US-EAST-1", "aws-global", "us-east", "eu-central-1a", "..", "us-east-1:444", "us--1", "a-b-1", "us-iso-b-east-1-1",
	} {
		if region, fault := parseAWSRegion(name); fault == nil {
			t.Errorf("%q is taken for a region, with the host %s", name, region.host())
		} else if fault.Hint == "" || !strings.Contains(fault.Cause, "is no region of AWS") {
			t.Errorf("%q: got %q, %q", name, fault.Cause, fault.Hint)
		}
	}
}

// replay sends a login's request to an address as Vault does: with a second slash,
// and the host that was signed.
func replay(t *testing.T, address string, login map[string]any) (status int, answer string) {
	t.Helper()
	text := func(field string) string {
		plain, err := base64.StdEncoding.DecodeString(login[field].(string))
		if err != nil {
			t.Fatal(err)
		}
		return string(plain)
	}
	var headers http.Header
	if err := json.Unmarshal([]byte(text("iam_request_headers")), &headers); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(login["iam_http_request_method"].(string), address+"//", strings.NewReader(text("iam_request_body")))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = headers
	request.Host = strings.TrimSuffix(strings.TrimPrefix(text("iam_request_url"), "https://"), "/")
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(body)
}

func TestALoginIsASignedRequestThatAWSTakes(t *testing.T) {
	t.Parallel()
	service := fakeSTS(t, "eu-central-1")
	region, _ := parseAWSRegion("eu-central-1")
	for _, tc := range []struct {
		name     string
		keys     awsCredentials
		serverID string
		age      time.Duration
		status   int
		want     string
	}{
		{"signed now", userKeys, "", 0, 200, "<Arn>" + userARN + "</Arn>"},
		{"with a server ID", userKeys, "vault.example.com", 0, 200, "<Arn>" + userARN + "</Arn>"},
		{"five minutes old", userKeys, "", 5 * time.Minute, 200, "<Arn>" + userARN + "</Arn>"},
		{"older", userKeys, "", 5*time.Minute + time.Second, 403, "Signature expired"},
		{"another secret", awsCredentials{userKeys.AccessKeyID, secret.New("made-up-other"), secret.Value{}}, "", 0, 403, "SignatureDoesNotMatch"},
		{"another ID", awsCredentials{secret.New("AKIA-other"), userKeys.SecretAccessKey, secret.Value{}}, "", 0, 403, "InvalidClientTokenId"},
		{"a session token that is not theirs", awsCredentials{userKeys.AccessKeyID, userKeys.SecretAccessKey, secret.New("made-up-session")}, "", 0, 403, "InvalidClientTokenId"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			login, fault := awsLogin(tc.keys, region, tc.serverID, noon.Add(-tc.age))
			if fault != nil {
				t.Fatal(fault)
			}
			if status, answer := replay(t, service.Address, login); status != tc.status || !strings.Contains(answer, tc.want) {
				t.Errorf("got %d %s", status, answer)
			}
			headers, err := base64.StdEncoding.DecodeString(login["iam_request_headers"].(string))
			if err != nil {
				t.Fatal(err)
			}
			if signed := strings.Contains(string(headers), ";x-vault-aws-iam-server-id,"); signed != (tc.serverID != "") {
				t.Errorf("the server ID is signed: %v, in %s", signed, headers)
			}
			if all := fmt.Sprint(login); strings.Contains(all, "made-up/secret+key") || strings.Contains(string(headers), "made-up/secret+key") {
				t.Error("the secret key is in the login")
			}
		})
	}
	// A change of what was signed is found out.
	login, _ := awsLogin(userKeys, region, "vault.example.com", noon)
	headers, err := base64.StdEncoding.DecodeString(login["iam_request_headers"].(string))
	if err != nil {
		t.Fatal(err)
	}
	login["iam_request_headers"] = base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(headers), `["vault.example.com"]`, `["vault.evil.example"]`, 1)))
	if status, answer := replay(t, service.Address, login); status != 403 || !strings.Contains(answer, "SignatureDoesNotMatch") {
		t.Errorf("another server ID: got %d %s", status, answer)
	}
}

func TestKeysAreOneWord(t *testing.T) {
	region, _ := parseAWSRegion("")
	for what, keys := range map[string]awsCredentials{
		"access key ID":     {secret.New("AKIA-made-up\n"), userKeys.SecretAccessKey, secret.Value{}},
		"secret access key": {userKeys.AccessKeyID, secret.New("made-up key"), secret.Value{}},
		"session token":     {userKeys.AccessKeyID, userKeys.SecretAccessKey, secret.New("made-up\r\n")},
	} {
		_, fault := awsLogin(keys, region, "", noon)
		if fault == nil || !strings.Contains(fault.Cause, what) || !strings.Contains(fault.Hint, "line break") || strings.Contains(fault.Cause, "made-up") {
			t.Errorf("%s: got %v", what, fault)
		}
	}
}

func TestRolesAreTakenOn(t *testing.T) {
	t.Parallel()
	fake := fakeSTS(t, "eu-central-1")
	service := stsAt(t, fake.Address)
	for _, tc := range []struct {
		name string
		get  func() (awsCredentials, *fn.Fault)
		// as is who the credentials are; else the fault begins so.
		as, cause string
	}{
		{"a user's", func() (awsCredentials, *fn.Fault) {
			return service.assumeRole(t.Context(), userKeys, roleARN, "made-up-external", noon)
		}, "arn:aws:sts::111122223333:assumed-role/reader/esfn", ""},
		{"without the external ID", func() (awsCredentials, *fn.Fault) {
			return service.assumeRole(t.Context(), userKeys, roleARN, "", noon)
		}, "", "does not give credentials of the role " + roleARN + ": AWS does not allow it (AccessDenied)"},
		{"by a wrong key", func() (awsCredentials, *fn.Fault) {
			return service.assumeRole(t.Context(), awsCredentials{userKeys.AccessKeyID, secret.New("x"), secret.Value{}}, roleARN, "", noon)
		}, "", "the secret access key is not that of the access key ID (SignatureDoesNotMatch)"},
		{"a bearer's", func() (awsCredentials, *fn.Fault) {
			return service.assumeRoleWithWebIdentity(t.Context(), secret.New("made-up-jwt"), "arn:aws:iam::111122223333:role/pod", "")
		}, "arn:aws:sts::111122223333:assumed-role/pod/esfn", ""},
		{"a bearer's, with a session's name", func() (awsCredentials, *fn.Fault) {
			return service.assumeRoleWithWebIdentity(t.Context(), secret.New("made-up-jwt"), "arn:aws:iam::111122223333:role/pod", "mine")
		}, "arn:aws:sts::111122223333:assumed-role/pod/mine", ""},
		{"a bearer of another token", func() (awsCredentials, *fn.Fault) {
			return service.assumeRoleWithWebIdentity(t.Context(), secret.New("made-up-other"), "arn:aws:iam::111122223333:role/pod", "")
		}, "", "AWS does not accept the service account's token (InvalidIdentityToken)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := len(fake.Requests())
			got, fault := tc.get()
			if n := len(fake.Requests()) - before; n != 1 {
				t.Errorf("%d requests", n)
			}
			if tc.cause != "" {
				if fault == nil || !strings.Contains(fault.Cause, tc.cause) || fault.Scope != fn.EntryScope || got != (awsCredentials{}) {
					t.Errorf("got %v", fault)
				}
				return
			}
			if fault != nil {
				t.Fatal(fault)
			}
			login, fault := awsLogin(got, service.region, "", noon)
			if fault != nil {
				t.Fatal(fault)
			}
			if _, answer := replay(t, fake.Address, login); !strings.Contains(answer, "<Arn>"+tc.as+"</Arn>") {
				t.Errorf("got %s", answer)
			}
		})
	}
}

// TestWhatAnErrorOfSTSMeans has errors as AWS gives them, from STS itself or in what
// Vault says. None of AWS's text is shown.
func TestWhatAnErrorOfSTSMeans(t *testing.T) {
	region, _ := parseAWSRegion("eu-central-1")
	for _, tc := range []struct{ code, message, cause, hint string }{
		{"SignatureDoesNotMatch", "Credential should be scoped to a valid region. ", "the request is signed for the region eu-central-1, and was sent to another", "sts_endpoint=https://sts.eu-central-1.amazonaws.com"},
		{"SignatureDoesNotMatch", "Signature expired: 20300102T115000Z is now earlier than 20300102T115500Z", "too old", "clock"},
		{"SignatureDoesNotMatch", "Signature not yet current: x", "too old", "clock"},
		{"SignatureDoesNotMatch", "The request signature we calculated does not match. Canonical String: x-amz-security-token:made-up-session", "secret access key is not", ""},
		{"InvalidClientTokenId", "The security token included in the request is invalid.", "does not know the access key ID", "session token"},
		{"ExpiredToken", "The security token included in the request is expired", "have expired", "new"},
		{"AccessDenied", "User: made-up-session", "does not allow it", "trust policy"},
		{"RegionDisabledException", "STS is not activated", "not active in eu-central-1", "activate"},
		{"ValidationError", "1 validation error detected", "wrong", "arn:aws:iam::"},
		{"ThrottlingException", "made-up-session", "ThrottlingException", ""},
	} {
		text := fmt.Sprintf("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n <Error>\n <Type>Sender</Type>\n <Code>%s</Code>\n <Message>%s</Message>\n </Error>\n</ErrorResponse>", tc.code, tc.message)
		for _, text := range []string{text, "error making upstream request: received error code 403 from STS: " + text} {
			cause, hint := stsRefusal([]byte(text), region)
			if !strings.Contains(cause, tc.cause) || !strings.Contains(hint, tc.hint) || strings.Contains(cause+hint, "made-up-session") {
				t.Errorf("%s: got %q, %q", tc.code, cause, hint)
			}
		}
	}
	for _, text := range []string{"", "<html>", "<Code>", "<Code>made-up secret</Code>", `{"Code":"x"}`} {
		if cause, hint := stsRefusal([]byte(text), region); cause != "" || hint != "" {
			t.Errorf("%q: got %q, %q", text, cause, hint)
		}
	}
}

func TestAWSsAnswersAreBounded(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	elsewhere, strayed := fakeVault(t, 200, "")
	for name, tc := range map[string]struct {
		handler  http.HandlerFunc
		requests int
		cause    string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}, 1, "it answered 307"},
		"no credentials": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<AssumeRoleResponse/>") }, 1, "answered without credentials"},
		"no XML":         {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "{}") }, 1, "answered without credentials"},
		"half of them": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "<R><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId></Credentials></AssumeRoleResult></R>")
		}, 1, "answered without credentials"},
		"a gateway": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403); fmt.Fprint(w, "<html>made-up") }, 1, "it answered 403"},
		"trouble":   {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, 3, "it answered 503"},
		"a cut":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 3, "does not answer: the connection broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			requests.Store(0)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { requests.Add(1); tc.handler(w, r) }))
			defer server.Close()
			_, fault := stsAt(t, server.URL).assumeRole(t.Context(), userKeys, roleARN, "", noon)
			if fault == nil || !strings.Contains(fault.Cause, tc.cause) || strings.Contains(fault.Cause, "made-up") || int(requests.Load()) != tc.requests {
				t.Errorf("got %v after %d requests, want %d", fault, requests.Load(), tc.requests)
			}
		})
	}
	if len(*strayed) != 0 {
		t.Error("the redirect was followed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, fault := stsAt(t, elsewhere).assumeRole(ctx, userKeys, roleARN, "", noon); fault == nil || fault.Scope != fn.RunScope {
		t.Errorf("a run that has ended: got %v", fault)
	}
}

func TestWhereAmbientCredentialsComeFrom(t *testing.T) {
	t.Parallel()
	fake := fakeSTS(t, "eu-central-1")
	var asked []string
	container := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		switch r.Header.Get("Authorization") {
		case "":
			w.WriteHeader(401)
		case "made-up-empty":
			fmt.Fprint(w, `{"Code":"made-up"}`)
		default:
			fmt.Fprint(w, `{"AccessKeyId":"AKIA-made-up","SecretAccessKey":"made-up/secret+key","Token":"","Expiration":"2030-01-02T13:00:00Z"}`)
		}
	}))
	defer container.Close()
	const pod = "arn:aws:iam::111122223333:role/pod"
	keys := []string{"AWS_ACCESS_KEY_ID", "AKIA-made-up", "AWS_SECRET_ACCESS_KEY", "made-up/secret+key\n"}
	web := []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token", "AWS_ROLE_ARN", pod}
	box := []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.URL + "/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"}
	for _, tc := range []struct {
		name         string
		env          []string
		ambient, as  string
		cause, field string
		asked        []string
	}{
		{name: "keys come first", env: slices.Concat(box, web, keys), ambient: "the keys of AWS_ACCESS_KEY_ID", as: userARN},
		{name: "then a web identity", env: slices.Concat(box, web), ambient: "the role of AWS_ROLE_ARN", as: "arn:aws:sts::111122223333:assumed-role/pod/esfn"},
		{name: "a session's name", env: append(slices.Clone(web), "AWS_ROLE_SESSION_NAME", "mine"), ambient: "the role of AWS_ROLE_ARN", as: "arn:aws:sts::111122223333:assumed-role/pod/mine"},
		{name: "then the container's", env: box, ambient: "the credentials of AWS_CONTAINER_CREDENTIALS_FULL_URI", as: userARN, asked: []string{"GET /v1/credentials made-up-jwt"}},
		{name: "a token in the environment", env: []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.URL, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "made-up-plain"}, ambient: "the credentials of", as: userARN, asked: []string{"GET / made-up-plain"}},
		{name: "nothing", cause: "the environment has none"},
		{name: "half a key", env: keys[:2], field: "AWS_ACCESS_KEY_ID", cause: "AWS_SECRET_ACCESS_KEY"},
		{name: "the other half", env: keys[2:], field: "AWS_SECRET_ACCESS_KEY", cause: "AWS_ACCESS_KEY_ID"},
		{name: "a web identity without a role", env: slices.Concat(box, web[:2]), field: "AWS_WEB_IDENTITY_TOKEN_FILE", cause: "AWS_ROLE_ARN"},
		{name: "a role that is not given, and the next is not tried", env: slices.Concat(box, []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token", "AWS_ROLE_ARN", roleARN}), ambient: "the role of AWS_ROLE_ARN", field: "AWS_ROLE_ARN", cause: "AWS does not allow it"},
		{name: "a token file that is empty", env: []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "/empty", "AWS_ROLE_ARN", pod}, ambient: "the role", field: "AWS_WEB_IDENTITY_TOKEN_FILE", cause: "/empty is empty"},
		{name: "a container that refuses", env: box[:2], ambient: "the credentials of", field: "AWS_CONTAINER_CREDENTIALS_FULL_URI", cause: "gives no credentials: it answered 401", asked: []string{"GET /v1/credentials "}},
		{name: "a container without any", env: append(slices.Clone(box[:2]), "AWS_CONTAINER_AUTHORIZATION_TOKEN", "made-up-empty"), ambient: "the credentials of", field: "AWS_CONTAINER_CREDENTIALS_FULL_URI", cause: "answered without credentials", asked: []string{"GET /v1/credentials made-up-empty"}},
		{name: "an address elsewhere", env: []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/"}, field: "AWS_CONTAINER_CREDENTIALS_FULL_URI", cause: "neither https:// nor"},
		{name: "a relative address cannot lead away", env: []string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"}, field: "AWS_CONTAINER_CREDENTIALS_FULL_URI", cause: "neither https:// nor"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked = nil
			env := map[string]string{"AWS_ENDPOINT_URL_STS": fake.Address}
			for pair := range slices.Chunk(tc.env, 2) {
				env[pair[0]] = pair[1]
			}
			s := settingsOf(t, env)
			read := s.ReadFile
			s.ReadFile = func(name string) ([]byte, error) {
				if name == "/empty" {
					return nil, nil
				}
				return read(name)
			}
			source, fault := s.environmentSource()
			if !strings.Contains(source.ambient, tc.ambient) || (source.ambient == "") != (tc.ambient == "") {
				t.Errorf("ambient: got %q, want %q", source.ambient, tc.ambient)
			}
			var got awsCredentials
			if fault == nil {
				service, _ := s.newSTS(newCloudClient(&s), "eu-central-1")
				got, fault = source.get(t.Context(), service)
			}
			if diff := cmp.Diff(tc.asked, asked); diff != "" {
				t.Errorf("the container was asked (-want +got):\n%s", diff)
			}
			if tc.cause != "" {
				if fault == nil || !strings.Contains(fault.Cause, tc.cause) || fault.Field != tc.field || (fault.Scope == fn.RunScope) != (tc.field != "") {
					t.Errorf("got %+v", fault)
				}
				return
			}
			if fault != nil {
				t.Fatal(fault)
			}
			region, _ := parseAWSRegion("eu-central-1")
			login, _ := awsLogin(got, region, "", noon)
			if _, answer := replay(t, fake.Address, login); !strings.Contains(answer, "<Arn>"+tc.as+"</Arn>") {
				t.Errorf("got %s", answer)
			}
		})
	}
}

func TestWhichAddressesMayGiveCredentials(t *testing.T) {
	for address, want := range map[string]bool{
		"http://169.254.170.23/v1/credentials": true, "http://169.254.170.2/v2/x": true, "http://[fd00:ec2::23]/v1/credentials": true,
		"http://localhost:8080/": true, "http://127.0.0.1/": true, "https://credentials.example/": true,
		"http://169.254.169.254/": false, "http://10.0.0.1/": false, "http://evil.example/": false, "ftp://127.0.0.1/": false, "": false,
		"http://169.254.170.2@evil.example/": false, "https://made-up@credentials.example/": false, "http://made-up@127.0.0.1/": false, "http://169.254.170.2.evil.example/": false, "https:///x": false, "://": false,
	} {
		if got := mayGiveCredentials(address); got != want {
			t.Errorf("%q: got %v", address, got)
		}
	}
}

func TestTheEndpointOfSTSIsAnAddress(t *testing.T) {
	s := settingsOf(t, map[string]string{"AWS_ENDPOINT_URL_STS": "sts.example"})
	if _, fault := s.newSTS(nil, ""); fault == nil || fault.Field != "AWS_ENDPOINT_URL_STS" || fault.Scope != fn.RunScope {
		t.Errorf("got %+v", fault)
	}
	s = settingsOf(t, nil)
	if service, fault := s.newSTS(nil, "cn-north-1"); fault != nil || service.address() != "https://sts.cn-north-1.amazonaws.com.cn/" {
		t.Errorf("got %q, %v", service.address(), fault)
	}
	if _, fault := s.newSTS(nil, "evil.example/"); fault == nil || fault.Scope != fn.EntryScope {
		t.Errorf("got %+v", fault)
	}
}
