package vaultsrc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// gcpKey is a service account's key file over a private key of the test's own.
func gcpKey(t *testing.T, private string, overrides map[string]any) secret.Value {
	t.Helper()
	file := map[string]any{
		"type": "service_account", "project_id": "made-up", "client_email": "ci@made-up.iam.gserviceaccount.com",
		"private_key_id": "made-up-key-id", "private_key": private, "token_uri": "https://evil.example/token",
	}
	for name, value := range overrides {
		file[name] = value
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(string(text) + "\n")
}

func inPEM(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestAServiceAccountsKeySignsForOneRole(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	pkcs8 := inPEM(t, "PRIVATE KEY", der, err)
	for form, private := range map[string]string{"PKCS #8": pkcs8, "PKCS #1": inPEM(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil)} {
		token, fault := gcpSignedToken(gcpKey(t, private, nil), "reader", noon)
		if fault != nil {
			t.Fatalf("%s: %v", form, fault)
		}
		signed, err := jose.ParseSignedCompact(token.Reveal(), []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		claims, err := signed.Verify(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"aud":"vault/reader","exp":%d,"sub":"ci@made-up.iam.gserviceaccount.com"}`, noon.Unix()+300)
		if string(claims) != want || signed.Signatures[0].Header.KeyID != "made-up-key-id" || signed.Signatures[0].Header.ExtraHeaders[jose.HeaderType] != "JWT" {
			t.Errorf("%s: got %s under %+v", form, claims, signed.Signatures[0].Header)
		}
	}
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err = x509.MarshalPKCS8PrivateKey(elliptical)
	wrongKind := inPEM(t, "PRIVATE KEY", der, err)
	for cause, key := range map[string]secret.Value{
		"is no JSON":                       secret.New("made-up"),
		"its type is not service_account":  gcpKey(t, pkcs8, map[string]any{"type": "made-up"}),
		"of the type authorized_user sign": gcpKey(t, pkcs8, map[string]any{"type": "authorized_user"}),
		"of the type external_account":     gcpKey(t, pkcs8, map[string]any{"type": "external_account"}),
		"lacks client_email":               gcpKey(t, pkcs8, map[string]any{"client_email": ""}),
		"no RSA key in PEM form":           gcpKey(t, wrongKind, nil),
		"is no RSA key":                    gcpKey(t, "made-up", nil),
		"service account's key is no JSON": gcpKey(t, pkcs8, map[string]any{"private_key": 7}),
	} {
		token, fault := gcpSignedToken(key, "reader", noon)
		if fault == nil || !strings.Contains(fault.Cause, cause) || fault.Hint == "" || !token.IsEmpty() || fault.Scope != fn.EntryScope {
			t.Errorf("%s: got %v", cause, fault)
		} else if strings.Contains(fault.Cause+fault.Hint, "made-up") {
			t.Errorf("%s: %q quotes the key", cause, fault.Cause)
		}
	}
}

// fakeMetadata is a fake of Google's metadata server: it is found on Google's
// machines alone.
func fakeMetadata(t *testing.T, flavor string, status int, token string) (host string, asked *[]string) {
	t.Helper()
	asked = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Header.Get("Metadata-Flavor")+" "+r.URL.Path+" "+r.FormValue("audience")+" "+r.FormValue("format"))
		if flavor != "" {
			w.Header().Set("Metadata-Flavor", flavor)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, token)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), asked
}

func TestTheMachineIsVouchedForByItsMetadataServer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, flavor string
		status       int
		token        string
		cause        string
		requests     int
	}{
		{"a token", "Google", 200, "ma.de.up\n", "", 1},
		{"no service account", "Google", 404, "", "knows no service account", 1},
		{"not Google's", "", 200, "ma.de.up", "is not what answers", 1},
		{"no token", "Google", 200, "<html>made-up", "answered without a token", 1},
		{"trouble", "Google", 503, "", "answered 503", 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host, asked := fakeMetadata(t, tc.flavor, tc.status, tc.token)
			s := settingsOf(t, map[string]string{"GCE_METADATA_HOST": host})
			source, fault := s.gcpEnvironmentSource()
			if fault != nil || !strings.Contains(source.ambient, "the identity of the machine") {
				t.Fatalf("got %q, %v", source.ambient, fault)
			}
			token, fault := source.jwt(t.Context(), newCloudClient(&s), "https://vault.example:8200", "reader", noon)
			want := make([]string, tc.requests)
			for i := range want {
				want[i] = "Google /computeMetadata/v1/instance/service-accounts/default/identity https://vault.example:8200/vault/reader full"
			}
			if diff := cmp.Diff(want, *asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tc.cause == "" {
				if fault != nil || token != secret.New("ma.de.up") {
					t.Errorf("got %v", fault)
				}
			} else if fault == nil || !strings.Contains(fault.Cause, tc.cause) || strings.Contains(fault.Cause, "made-up") || !strings.Contains(fault.Hint, "outside Google Cloud") || !token.IsEmpty() {
				t.Errorf("got %v", fault)
			}
		})
	}
}

func TestAKeyInTheEnvironmentComesBeforeTheMachine(t *testing.T) {
	t.Parallel()
	host, asked := fakeMetadata(t, "Google", 200, "ma.de.up")
	s := settingsOf(t, map[string]string{"GCE_METADATA_HOST": host, "GOOGLE_APPLICATION_CREDENTIALS": "/key.json"})
	source, fault := s.gcpEnvironmentSource()
	if fault != nil || source.ambient != "a token signed with the key in GOOGLE_APPLICATION_CREDENTIALS" {
		t.Fatalf("got %q, %v", source.ambient, fault)
	}
	// The file holds no key, and the machine is not asked in its place.
	_, fault = source.jwt(t.Context(), newCloudClient(&s), "https://vault.example:8200", "reader", noon)
	if fault == nil || fault.Field != "GOOGLE_APPLICATION_CREDENTIALS" || fault.Scope != fn.RunScope || len(*asked) != 0 {
		t.Errorf("got %+v, and the machine was asked %d times", fault, len(*asked))
	}
	for host, good := range map[string]bool{"metadata.google.internal": true, "localhost:8080": true, "169.254.169.254": true,
		"evil.example/path": false, "a@evil.example": false, "localhost:x": false, "http://localhost": false} {
		s := settingsOf(t, map[string]string{"GCE_METADATA_HOST": host})
		if _, fault := s.gcpEnvironmentSource(); (fault == nil) != good || fault != nil && fault.Field != "GCE_METADATA_HOST" {
			t.Errorf("%q: got %v", host, fault)
		}
	}
}
