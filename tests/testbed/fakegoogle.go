package testbed

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// FakeGoogle is a fake of what Google does for logins: there is none but Google's
// own. For Vault it gives the public keys and the service accounts that there are;
// for a machine it is the metadata server, which vouches for it. A real Vault that
// is configured with its address as custom_endpoint verifies logins by it.
type FakeGoogle struct {
	// Address as in http://127.0.0.1:8080; the metadata server is there, too.
	Address string
	// CredentialsFile is the key that Vault itself asks with, to be named by
	// GOOGLE_APPLICATION_CREDENTIALS where Vault starts.
	CredentialsFile string

	server *httptest.Server
	own    *rsa.PrivateKey

	mu       sync.Mutex
	accounts map[string]map[string]string // by e-mail: key ID → certificate
	machine  string                       // whose identity a machine has
	claims   map[string]any               // what is wrong with it
}

const (
	googleKeyID = "made-up-google-key"
	vaultsOwn   = "vault@made-up.iam.gserviceaccount.com"
)

// NewFakeGoogle starts it, with Vault's own key in a file in dir.
func NewFakeGoogle(dir string) (*FakeGoogle, error) {
	f := &FakeGoogle{accounts: map[string]map[string]string{}, CredentialsFile: filepath.Join(dir, "google.json")}
	var err error
	if f.own, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, err
	}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	f.Address = f.server.URL
	key, err := f.AddAccount(vaultsOwn, "made-up-vaults-key")
	if err == nil {
		err = os.WriteFile(f.CredentialsFile, []byte(key), 0o600)
	}
	return f, err
}

// Close ends it.
func (f *FakeGoogle) Close() { f.server.Close() }

// AddAccount makes a service account with a key, and returns the key's file as Google
// gives it.
func (f *FakeGoogle) AddAccount(email, keyID string) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	certificate, err := certificateOf(key)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accounts[email] = map[string]string{keyID: certificate}
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "made-up", "client_email": email, "private_key_id": keyID,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": f.Address + "/token",
	})
	return string(text), err
}

// DeleteKeys takes the keys of a service account away, and leaves the account.
func (f *FakeGoogle) DeleteKeys(email string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accounts[email] = map[string]string{}
}

// RunAs gives machines the identity of a service account; "" takes it away. The
// claims are put over those that are right.
func (f *FakeGoogle) RunAs(email string, claims map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.machine, f.claims = email, claims
}

func (f *FakeGoogle) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	const keys, accounts = "/service_accounts/v1/metadata/x509/", "/v1/projects/-/serviceAccounts/"
	var answer any
	switch p := r.URL.Path; {
	case strings.HasPrefix(p, "/computeMetadata/"):
		f.vouch(w, r)
		return
	case p == "/token":
		answer = map[string]any{"access_token": "made-up-access-token", "token_type": "Bearer", "expires_in": 3600}
	case p == "/oauth2/v1/certs":
		certificate, err := certificateOf(f.own)
		if err != nil {
			panic(err)
		}
		answer = map[string]string{googleKeyID: certificate}
	case strings.HasPrefix(p, keys) && f.accounts[p[len(keys):]] != nil:
		answer = f.accounts[p[len(keys):]]
	case strings.HasPrefix(p, accounts) && f.accounts[p[len(accounts):]] != nil:
		email := p[len(accounts):]
		answer = map[string]string{"email": email, "uniqueId": "made-up-id-of-" + email, "projectId": "made-up"}
	}
	w.Header().Set("Content-Type", "application/json")
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		answer = map[string]any{"error": map[string]any{"code": 404, "message": "made up: not found"}}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

// vouch is the metadata server's identity of a machine, for an audience.
func (f *FakeGoogle) vouch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Metadata-Flavor", "Google")
	audience := r.FormValue("audience")
	switch {
	case r.Header.Get("Metadata-Flavor") != "Google" || audience == "":
		w.WriteHeader(http.StatusForbidden)
	case r.URL.Path != "/computeMetadata/v1/instance/service-accounts/default/identity" || f.machine == "":
		w.WriteHeader(http.StatusNotFound)
	default:
		now := time.Now()
		claims := map[string]any{
			"iss": "https://accounts.google.com", "aud": audience, "sub": f.machine, "email": f.machine, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
			"google": map[string]any{"compute_engine": map[string]any{"instance_id": "1", "instance_name": "made-up", "project_id": "made-up", "zone": "made-up-a"}},
		}
		maps.Copy(claims, f.claims)
		token, err := signed(f.own, googleKeyID, claims)
		if err != nil {
			panic(err)
		}
		fmt.Fprint(w, token)
	}
}

// signed is a JWT, made by hand: the library that esfn signs with is not to be
// judged by itself.
func signed(key *rsa.PrivateKey, keyID string, claims any) (string, error) {
	var parts []string
	for _, part := range []any{map[string]string{"alg": "RS256", "typ": "JWT", "kid": keyID}, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	text := strings.Join(parts, ".")
	hash := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), err
}

// certificateOf is a key's public half as Google gives it.
func certificateOf(key *rsa.PrivateKey) (string, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), err
}
