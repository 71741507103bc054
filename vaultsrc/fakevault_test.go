package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// fakeVault is a server that gives a fixed answer and records what it was sent:
// for answers that a real Vault cannot be made to give, and for headers, which
// it does not show. What Vault really answers is tested in tests/.
func fakeVault(t *testing.T, status int, body string, headers ...string) (address string, seen *[]http.Request) {
	t.Helper()
	var mu sync.Mutex
	seen = &[]http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		*seen = append(*seen, *r)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, seen
}

func readFrom(t *testing.T, address string, engine fn.Engine, variables map[string]string) (fn.Answer, error) {
	t.Helper()
	source := New(settingsOf(t, variables))
	defer source.Close()
	return source.Read(context.Background(), fn.Ref{Connection: packageToken(address), Engine: engine, Mount: "kv", HasMount: true, Key: "app"})
}

func readAs(t *testing.T, c fn.Connection, variables map[string]string) (fn.Answer, error) {
	t.Helper()
	source := New(settingsOf(t, variables))
	defer source.Close()
	return source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"})
}

// TestWhatAnAnswerMeans has the answers of Vault 1.21.4, and some that no Vault
// gives.
func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	const versioned404 = `{"request_id":"made-up","data":{"data":null,"metadata":{"deletion_time":%q,"destroyed":%v,"version":3}}}`
	for _, tc := range []struct {
		name    string
		engine  fn.Engine
		status  int
		body    string
		want    string // the fields, or the fault as scope, missing and cause
		missing bool
	}{
		{"KV v2", fn.KV2, 200, `{"request_id":"made-up","data":{"data":{"a":1.50},"metadata":{"version":3}}}`, `{"a":1.50}`, false},
		{"KV v1", fn.KV1, 200, `{"request_id":"made-up","data":{"a":1.50}}`, `{"a":1.50}`, false},
		{"KV v1 read as v2", fn.KV2, 200, `{"request_id":"made-up","data":{"a":"made-up"}}`, "kv/data/app holds no secret as KV v2 has it", false},
		{"data is no object", fn.KV2, 200, `{"request_id":"made-up","data":{"data":"made-up","metadata":{}}}`, "what kv/data/app holds has no fields", false},
		{"null in a 200", fn.KV2, 200, `{"request_id":"made-up","data":{"data":null,"metadata":{"version":1}}}`, "no secret at kv/data/app", true},
		{"null in KV v1", fn.KV1, 200, `{"request_id":"made-up","data":null}`, "no secret at kv/app", true},
		{"not Vault", fn.KV2, 200, `<html>made-up</html>`, "the answer for kv/data/app is not Vault's: 200, and not its JSON", false},
		{"missing", fn.KV2, 404, `{"errors":[]}`, "no secret at kv/data/app", true},
		{"no such mount", fn.KV2, 404, `{"errors":["no handler for route \"kv/data/app\". route entry not found."]}`, "no secrets engine is mounted where kv/data/app is read", true},
		{"deleted", fn.KV2, 404, fmt.Sprintf(versioned404, "2026-10-30T01:02:03Z", false), "version 3 of kv/data/app was deleted on 2026-10-30", true},
		{"destroyed", fn.KV2, 404, fmt.Sprintf(versioned404, "", true), "version 3 of kv/data/app is destroyed", true},
		{"KV v2 read as v1", fn.KV1, 404, `{"request_id":"made-up","data":null,"warnings":["Invalid path for a versioned K/V secrets engine."]}`, "no secret at kv/app", true},
		{"KV v2 at another path", fn.KV2, 404, `{"request_id":"made-up","data":null,"warnings":["Invalid path for a versioned K/V secrets engine."]}`, "kv/data/app is no path that KV v2 reads", false},
		{"the mount itself", fn.KV2, 404, `{"request_id":"made-up","data":null,"warnings":["Non-listing operations on the root of a K/V v2 mount are not supported."]}`, "kv/data/app is the mount itself, and no secret", false},
		{"a 404 with a secret in it", fn.KV2, 404, `{"request_id":"made-up","data":{"data":{"a":"made-up"}}}`, `{"a":"made-up"}`, false},
		{"a 404 with something else in it", fn.KV2, 404, `{"request_id":"made-up","data":{"foo":1}}`, "kv/data/app holds no secret as KV v2 has it", false},
		{"deleted, to a store that takes the mount for KV v1", fn.KV1, 404, `{"request_id":"made-up","data":{"data":null,"metadata":{"version":1}}}`, `{"data":null,"metadata":{"version":1}}`, false},
		{"nothing", fn.KV2, 404, ``, "the answer for kv/data/app is not Vault's: 404, and not its JSON", false},
		{"nothing in a 200", fn.KV1, 200, ``, "the answer for kv/app is not Vault's: 200, and not its JSON", false},
		{"a gateway's own 404", fn.KV1, 404, `{"message":"made-up"}`, "the answer for kv/app is not Vault's: 404, and not its JSON", false},
		{"destroyed after it was deleted", fn.KV2, 404, fmt.Sprintf(versioned404, "2026-10-30T01:02:03Z", true), "version 3 of kv/data/app is destroyed", true},
		{"a KV v1 mount of an old kind", fn.KV1, 200, `{"request_id":"made-up","data":{"a":"made-up"},"mount_type":"generic"}`, `{"a":"made-up"}`, false},
		{"a warning alone", fn.KV2, 404, `{"warnings":["made-up"]}`, "kv/data/app holds no secret as KV v2 has it", false},
		{"the Kubernetes API server's, behind kubectl proxy", fn.KV1, 200, `{"kind":"Secret","apiVersion":"v1","metadata":{},"data":{"a":"bWFkZS11cA=="}}`, "the answer for kv/app is not Vault's: 200, and not its JSON", false},
		{"data beside errors, without what Vault has beside data", fn.KV1, 404, `{"errors":[],"data":{"a":"made-up"}}`, "the answer for kv/app is not Vault's: 404, and not its JSON", false},
		{"a lease", fn.KV1, 200, `{"request_id":"made-up","lease_id":"database/creds/x/1","data":{"a":"made-up"}}`, "kv/app is no secret of a KV mount", false},
		{"what a token is shown", fn.KV1, 200, `{"request_id":"made-up","data":{"id":"made-up"},"mount_type":"token"}`, "kv/app is no secret of a KV mount", false},
		{"deleted at no time", fn.KV2, 404, `{"request_id":"made-up","data":{"data":null,"metadata":{"deletion_time":"made-up","version":3}}}`, "version 3 of kv/data/app was deleted", true},
		{"metadata of another kind", fn.KV2, 200, `{"request_id":"made-up","data":{"data":{"a":"made-up"},"metadata":"mine"}}`, `{"a":"made-up"}`, false},
		{"names that differ in case", fn.KV2, 200, `{"request_id":"made-up","data":{"DATA":{"a":"made-up"}}}`, "kv/data/app holds no secret as KV v2 has it", false},
		{"404 of something else", fn.KV2, 404, `404 page not found`, "the answer for kv/data/app is not Vault's: 404, and not its JSON", false},
		{"policy", fn.KV2, 403, `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`, "permission denied for kv/data/app, or there is no such mount", false},
		{"a refusal of something before Vault", fn.KV2, 403, `<html>made-up</html>`, "answered 403 to the request for kv/data/app, and not as Vault does", false},
		{"token", fn.KV2, 403, `{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}`, "does not accept the token: it is invalid, expired or revoked", false},
		{"an error that echoes the token", fn.KV2, 400, `{"errors":["bad token made-up, really"]}`, "answered 400: bad token [redacted], really", false},
		{"an error of something before Vault", fn.KV2, 502, `<html>made-up</html>`, "answered 502", false},
		{"a redirect to another path", fn.KV2, 307, ``, "redirects to http://active.example, to another path, whose answer would be taken for the secret", false},
		{"a redirect of no kind that is followed", fn.KV2, 300, ``, "answered 300", false},
		{"sealed", fn.KV2, 503, `{"errors":["Vault is sealed"]}`, "is sealed", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			address, _ := fakeVault(t, tc.status, tc.body, "Location", "http://active.example/v1/x")
			got, err := readFrom(t, address, tc.engine, nil)
			var fault *fn.Fault
			switch {
			case err == nil && got.Fields.Reveal() != tc.want:
				t.Error("the fields are others")
			case err == nil:
			case !errors.As(err, &fault):
				t.Errorf("got %T", err)
			case !strings.Contains(fault.Cause, tc.want) || fault.Missing != tc.missing:
				t.Errorf("got %q, missing %v", fault.Cause, fault.Missing)
			case strings.Contains(fault.Cause+fault.Hint, "made-up"):
				t.Errorf("the fault shows what the server said: %q", fault.Cause)
			}
		})
	}
}

// TestNoOtherVariableHasAnyEffect sets every variable that Vault's client
// library reads, with values that would break or lead astray each request.
func TestNoOtherVariableHasAnyEffect(t *testing.T) {
	astray, strayed := fakeVault(t, 200, `{}`)
	for name, value := range map[string]string{
		"VAULT_ADDR": astray, "VAULT_AGENT_ADDR": astray, "VAULT_PROXY_ADDR": astray, "VAULT_HTTP_PROXY": astray,
		"VAULT_TOKEN": "made-up-stray", "VAULT_NAMESPACE": "stray", "VAULT_WRAP_TTL": "1h", "VAULT_MFA": "stray:1",
		"VAULT_HEADERS": `{"X-Stray":"1"}`, "VAULT_SKIP_VERIFY": "true", "VAULT_TLS_SERVER_NAME": "stray", "VAULT_SRV_LOOKUP": "true",
		"VAULT_CLIENT_TIMEOUT": "1ns", "VAULT_MAX_RETRIES": "9", "VAULT_RATE_LIMIT": "0.001:1", "VAULT_DISABLE_REDIRECTS": "false",
	} {
		t.Setenv(name, value)
	}
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"data":{"a":"made-up"},"metadata":{"version":1}}}`)
	if _, err := readFrom(t, address, fn.KV2, nil); err != nil {
		t.Fatal(err)
	}
	if len(*strayed) > 0 || len(*seen) != 1 {
		t.Fatalf("%d requests went astray, %d arrived", len(*strayed), len(*seen))
	}
	var headers []string
	for name := range (*seen)[0].Header {
		if strings.HasPrefix(name, "X-") {
			headers = append(headers, name+": "+(*seen)[0].Header.Get(name))
		}
	}
	if diff := cmp.Diff([]string{"X-Vault-Request: true", "X-Vault-Token: made-up"}, headers, cmp.Transformer("sorted", sortedSet)); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func sortedSet(texts []string) map[string]bool {
	set := map[string]bool{}
	for _, text := range texts {
		set[text] = true
	}
	return set
}

func TestTheNamespaceIsSentWithEveryRequest(t *testing.T) {
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","auth":{"client_token":"made-up-login"},"data":{"data":{},"metadata":{}}}`)
	for name, want := range map[string]string{"": "team", "operators": "operators"} {
		*seen = nil
		c := serviceAccount(address)
		c.Namespace = "team"
		source := New(settingsOf(t, map[string]string{"VAULT_NAMESPACE": name, "ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		if _, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: "app"}); err != nil {
			t.Fatal(err)
		}
		if warnings := source.Close(); len(warnings) > 0 {
			t.Error(warnings)
		}
		var paths []string
		for _, r := range *seen {
			paths = append(paths, r.Method+" "+r.URL.Path)
			if got := r.Header.Get("X-Vault-Namespace"); got != want {
				t.Errorf("%s: namespace %q, want %q", r.URL.Path, got, want)
			}
		}
		if diff := cmp.Diff([]string{"PUT /v1/auth/login", "GET /v1/kv/data/app", "PUT /v1/auth/token/revoke-self"}, paths); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	}
}

// TestALoginIsMadeOnceAndRevoked also has the tokens that are not to be
// revoked.
func TestALoginIsMadeOnceAndRevoked(t *testing.T) {
	for _, tc := range []struct {
		token          string
		logins, revoke int
	}{{"hvs.made-up", 1, 1}, {"hvb.made-up-batch", 1, 0}, {"b.made-up-batch", 1, 0}} {
		address, seen := fakeVault(t, 200, `{"request_id":"made-up","auth":{"client_token":"`+tc.token+`"},"data":{"data":{},"metadata":{}}}`)
		source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				_, err := source.Read(context.Background(), fn.Ref{Connection: serviceAccount(address), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		source.Close()
		count := map[string]int{}
		for _, r := range *seen {
			switch {
			case strings.HasSuffix(r.URL.Path, "/login"):
				count["logins"]++
			case strings.HasSuffix(r.URL.Path, "/revoke-self"):
				count["revokes"]++
			default:
				count["reads"]++
			}
		}
		if count["logins"] != tc.logins || count["reads"] != 40 || count["revokes"] != tc.revoke {
			t.Errorf("%v", count)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + listener.Addr().String()
	listener.Close()
	_, err = readFrom(t, gone, fn.KV2, nil)
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Cause != gone+" does not answer: connection refused" || fault.Scope != fn.StoreScope {
		t.Errorf("got %v", err)
	}
	_, err = readFrom(t, "https://nothing.example", fn.KV2, map[string]string{"VAULT_ADDR": gone})
	if !errors.As(err, &fault) || fault.Scope != fn.RunScope || fault.Field != "VAULT_ADDR" {
		t.Errorf("an address of the operator's is reported at %q", fault.Field)
	}
}

func TestACertificateThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	server.Config.ErrorLog = nil
	_, err := readFrom(t, server.URL, fn.KV2, nil)
	var fault *fn.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Cause, "unknown authority") || !strings.Contains(fault.Hint, "VAULT_CACERT") {
		t.Errorf("got %v", err)
	}
	if fault != nil && strings.Contains(fault.Cause, secret.New("x").String()) {
		t.Error("nothing is to be redacted here")
	}
}
