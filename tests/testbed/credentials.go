package testbed

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// loginPath is the path of a login, of any auth method and mount: those that
// know a user by name have it in the path.
var loginPath = regexp.MustCompile(`^(/v1/)?auth/.+?/login(/.+)?$`)

func isLogin(path string) bool { return loginPath.MatchString(path) }

// credentialFields are the fields of a login's body that are secret: a JWT
// (kubernetes, jwt, gcp), a password (userpass, ldap), the half of an approle
// that is, and the signed request to AWS.
var credentialFields = map[string]string{
	"jwt": "a JWT", "password": "a password", "secret_id": "a secret ID", "iam_request_headers": "the headers of a request to AWS",
}

// credentialForms are what a request with a credential looks like, whoever has
// got it and from where.
var credentialForms = map[string]*regexp.Regexp{
	"a header with a credential":   regexp.MustCompile(`(?im)^(X-Vault-Token|Authorization): *[^\s]`),
	"a login's body":               regexp.MustCompile(`"(` + strings.Join(slices.Sorted(maps.Keys(credentialFields)), "|") + `)"\s*:\s*"[^"]`),
	"the body of a token's lookup": regexp.MustCompile(`"(token|accessor)"\s*:\s*"[^"]`),
}

// CredentialsIn returns what credentials stand in the text of a request: what In
// finds, and what looks like one.
func (l *Leaks) CredentialsIn(text string) []string {
	found := l.In(text)
	for what, form := range credentialForms {
		if form.MatchString(text) {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return found
}

// rememberCredentials remembers what a request shows who it is with, and returns
// the JWT of a login that is with one.
func (r *Recorder) rememberCredentials(request *http.Request) (jwt string) {
	r.leaks.Remember("the token of a request", request.Header.Get("X-Vault-Token"))
	if !isLogin(request.URL.Path) {
		return ""
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return ""
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return ""
	}
	for name, what := range credentialFields {
		if value, ok := fields[name].(string); ok {
			r.leaks.Remember(what, value)
		}
	}
	jwt, _ = fields["jwt"].(string)
	return jwt
}

// rememberToken remembers the token that a login is answered with.
func (r *Recorder) rememberToken(answer *http.Response) error {
	if !isLogin(answer.Request.URL.Path) {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	r.rememberTokenIn(body)
	return nil
}

func (r *Recorder) rememberTokenIn(answer []byte) {
	var login struct {
		Auth struct {
			ClientToken string `json:"client_token"`
		} `json:"auth"`
	}
	if json.Unmarshal(answer, &login) == nil {
		r.leaks.Remember("a login's token", login.Auth.ClientToken)
	}
}
