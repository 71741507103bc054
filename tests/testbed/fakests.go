package testbed

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// FakeSTS is a fake of AWS's Security Token Service: there is none but AWS's own.
// It does what AWS is documented to: it computes the signature of what it is
// sent with the keys that it knows, and answers as who signed. A real Vault that
// is configured with its address as sts_endpoint verifies logins by it.
type FakeSTS struct {
	// Address of the service, as in http://127.0.0.1:4566.
	Address string

	server *httptest.Server
	region string
	now    func() time.Time
	leaks  *Leaks

	mu       sync.Mutex
	users    map[string]FakeUser // by access key ID
	roles    map[string]FakeRole // by ARN
	requests []string
}

// FakeUser is who signs with a key. Session is the token of temporary credentials.
type FakeUser struct{ ARN, Secret, Session string }

// FakeRole is a role, and who may take it on: the user of an ARN, with an ExternalID
// where there is one, or the bearer of a token that Accepts does.
type FakeRole struct {
	User, ExternalID string
	Accepts          func(token string) bool
}

// fakeAccount is the account of every user and role here.
const fakeAccount = "111122223333"

// NewFakeSTS starts the service of a region, with a clock: AWS takes a signature
// for five minutes. Keys and session tokens are remembered in leaks.
func NewFakeSTS(region string, now func() time.Time, leaks *Leaks) *FakeSTS {
	f := &FakeSTS{region: region, now: now, leaks: leaks, users: map[string]FakeUser{}, roles: map[string]FakeRole{}}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	f.Address = f.server.URL
	return f
}

// Close ends the service.
func (f *FakeSTS) Close() { f.server.Close() }

// AddUser makes a key known.
func (f *FakeSTS) AddUser(accessKeyID string, user FakeUser) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addUser(accessKeyID, user)
}

func (f *FakeSTS) addUser(accessKeyID string, user FakeUser) {
	f.users[accessKeyID] = user
	f.leaks.Remember("a secret access key", user.Secret)
	f.leaks.Remember("a session token", user.Session)
}

// AddRole makes a role that can be taken on.
func (f *FakeSTS) AddRole(arn string, role FakeRole) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.roles[arn] = role
}

// Requests are the actions that it was asked for so far, with the status of each
// answer, as in AssumeRole 200.
func (f *FakeSTS) Requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

func (f *FakeSTS) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	result, refused := "", &stsError{400, "InvalidAction", "no such action"}
	switch {
	case err != nil || r.Method != http.MethodPost || form.Get("Version") != "2011-06-15" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		refused = &stsError{400, "MalformedInput", "not a form of this service"}
	case action == "AssumeRoleWithWebIdentity":
		result, refused = f.assumeByToken(form)
	default:
		var user FakeUser
		if user, refused = f.signer(r, body); refused != nil {
			break
		}
		switch action {
		case "GetCallerIdentity":
			result = fmt.Sprintf("<Arn>%s</Arn><UserId>AIDA-made-up:s</UserId><Account>%s</Account>", user.ARN, fakeAccount)
		case "AssumeRole":
			result, refused = f.assume(form, user)
		default:
			refused = &stsError{400, "InvalidAction", "no such action"}
		}
	}
	// Vault takes no other type.
	w.Header().Set("Content-Type", "text/xml")
	const namespace = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`
	if refused != nil {
		f.requests = append(f.requests, fmt.Sprintf("%s %d", action, refused.status))
		w.WriteHeader(refused.status)
		var message strings.Builder
		_ = xml.EscapeText(&message, []byte(refused.message))
		fmt.Fprintf(w, "<ErrorResponse %s>\n  <Error>\n    <Type>Sender</Type>\n    <Code>%s</Code>\n    <Message>%s</Message>\n  </Error>\n  <RequestId>made-up</RequestId>\n</ErrorResponse>\n", namespace, refused.code, message.String())
		return
	}
	f.requests = append(f.requests, action+" 200")
	fmt.Fprintf(w, "<%[1]sResponse %[2]s><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>made-up</RequestId></ResponseMetadata></%[1]sResponse>\n", action, namespace, result)
}

// stsError is an error as STS gives it.
type stsError struct {
	status        int
	code, message string
}

// signer says who signed a request.
func (f *FakeSTS) signer(r *http.Request, body []byte) (FakeUser, *stsError) {
	s, err := readSignature(r)
	if err != nil {
		return FakeUser{}, &stsError{403, "MissingAuthenticationToken", err.Error()}
	}
	user, known := f.users[s.accessKeyID]
	at, _ := time.Parse("20060102T150405Z", s.date)
	age := f.now().Sub(at)
	switch {
	case !known, user.Session != r.Header.Get("X-Amz-Security-Token"):
		return user, &stsError{403, "InvalidClientTokenId", "The security token included in the request is invalid."}
	case s.region != f.region || s.service != "sts":
		return user, &stsError{403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. "}
	case age > 5*time.Minute:
		return user, &stsError{403, "SignatureDoesNotMatch", fmt.Sprintf("Signature expired: %s is now earlier than %s", s.date, f.now().Add(-5*time.Minute).UTC().Format("20060102T150405Z"))}
	case age < -5*time.Minute:
		return user, &stsError{403, "SignatureDoesNotMatch", "Signature not yet current: " + s.date}
	case s.of(r, body, user.Secret) != s.signature:
		// AWS repeats what was signed, with the session token among it.
		return user, &stsError{403, "SignatureDoesNotMatch", "The request signature we calculated does not match. The Canonical String for this request should have been '" + s.canonical(r, body) + "'"}
	}
	return user, nil
}

func (f *FakeSTS) assume(form url.Values, user FakeUser) (string, *stsError) {
	arn := form.Get("RoleArn")
	role, known := f.roles[arn]
	if !known || role.User != user.ARN || role.ExternalID != form.Get("ExternalId") {
		return "", &stsError{403, "AccessDenied", fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", user.ARN, arn)}
	}
	return f.grant(arn, form), nil
}

func (f *FakeSTS) assumeByToken(form url.Values) (string, *stsError) {
	arn := form.Get("RoleArn")
	role, known := f.roles[arn]
	switch {
	case !known || role.Accepts == nil:
		return "", &stsError{403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"}
	case !role.Accepts(form.Get("WebIdentityToken")):
		return "", &stsError{400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider"}
	}
	return f.grant(arn, form), nil
}

// grant makes temporary credentials of a role, as arn:aws:iam::1:role/NAME.
func (f *FakeSTS) grant(arn string, form url.Values) string {
	name := arn[strings.LastIndex(arn, "/")+1:]
	n := len(f.users) + 1
	id, key, session := fmt.Sprintf("ASIA-made-up-%d", n), fmt.Sprintf("made-up-temporary/key+%d", n), fmt.Sprintf("made-up/session+token=%d", n)
	f.addUser(id, FakeUser{fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", fakeAccount, name, form.Get("RoleSessionName")), key, session})
	return fmt.Sprintf("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>", id, key, session)
}
