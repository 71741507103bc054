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
	"sync/atomic"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

// manyReads reads so many secrets at once and returns the faults.
func manyReads(t *testing.T, n int, address string) (faults []string) {
	t.Helper()
	source := New(settingsOf(t, nil))
	defer source.Close()
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		all.Go(func() {
			_, err := source.Read(context.Background(), fn.Ref{Connection: packageToken(address), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)})
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				faults = append(faults, err.Error())
			}
		})
	}
	all.Wait()
	return faults
}

// TestAServerThatFailsIsNotAskedForEverySecret has three attempts at each read that was
// under way when the first one, or three in a row, gave up.
func TestAServerThatFailsIsNotAskedForEverySecret(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		answer string
		fault  string
		most   int32 // reads
	}{
		{503, `{"errors":["Vault is sealed"]}`, "is sealed", concurrency},
		{500, `{"errors":["made up"]}`, "answered 500: made up", concurrency + mostFailed},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.answer)
			}))
			defer server.Close()
			faults := manyReads(t, 400, server.URL)
			if len(faults) != 400 {
				t.Errorf("%d of 400 reads failed", len(faults))
			}
			for _, f := range faults {
				if !strings.HasSuffix(f, tc.fault) {
					t.Fatalf("got %q", f)
				}
			}
			if n := asked.Load(); n > 3*tc.most {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestConnectionsAreBoundedAndUsedAgain(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"request_id":"made-up","data":{"data":{},"metadata":{}}}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	if faults := manyReads(t, 1000, server.URL); len(faults) > 0 {
		t.Fatal(faults[0])
	}
	// net/http closes one now and then on a busy machine, where the answer was there
	// 50 ms before it knew that the request was written.
	if n := opened.Load(); n > concurrency+concurrency/4 {
		t.Errorf("%d connections for 1000 reads", n)
	}
}

func TestTheDefaults(t *testing.T) {
	for text, want := range map[string]int{"": 16, "1": 1, "256": 256} {
		source := New(settingsOf(t, map[string]string{"ESFN_CONCURRENCY": text}))
		if got := source.reader.next.(*limit).turns.most; got != want {
			t.Errorf("%q: %d reads at a time", text, got)
		}
		pool, fault := source.sessions.transports.of(endpoint{Connection: packageToken("http://127.0.0.1:1")})
		if fault != nil || pool.MaxConnsPerHost != want || pool.MaxIdleConnsPerHost != want {
			t.Errorf("%q: %v, or other connections", text, fault)
		}
	}
	s := settingsOf(t, nil)
	if s.Timeout != 50*time.Second {
		t.Errorf("a run has %s", s.Timeout)
	}
}

func TestAServerThatAsksForMoreTimeThanThereIs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status             int
		body, asked, cause string
	}{
		{429, `{"errors":["request path \"kv/data/app\": rate limit quota exceeded"]}`, "3600", "Vault at HOST limits the rate of requests, and this run needs more: it asks to be left alone for 1h, and the run ends before that"},
		{429, `<html>`, "Fri, 31 Dec 9999 23:59:59 GMT", "Vault at HOST limits the rate of requests, and this run needs more: it asks to be left alone for 596523h14m, and the run ends before that"},
		{503, `{"errors":["made up"]}`, "90", "Vault at HOST answered 503: made up: it asks to be left alone for 1m30s, and the run ends before that"},
	} {
		address, seen := fakeVault(t, tc.status, tc.body, "Retry-After", tc.asked)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		source := New(settingsOf(t, nil))
		defer source.Close()
		for i := range 3 { // the others are not asked for
			_, err := source.Read(ctx, ref(packageToken(address), i))
			var fault *fn.Fault
			want := strings.Replace(tc.cause, "HOST", strings.TrimPrefix(address, "http://"), 1)
			if !errors.As(err, &fault) || fault.Scope != fn.StoreScope || fault.Cause != want || !strings.HasPrefix(fault.Hint, "set ESFN_TIMEOUT") {
				t.Errorf("%d: got %#v", tc.status, fault)
			}
		}
		if len(*seen) != 1 {
			t.Errorf("%d: %d requests", tc.status, len(*seen))
		}
	}
}

func TestWhatIsAskedAgain(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{400: 1, 403: 1, 404: 1, 405: 1, 501: 1, 412: 3, 500: 3, 502: 3, 503: 3} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			address, seen := fakeVault(t, status, `{"errors":[]}`)
			if _, err := readFrom(t, address, fn.KV2, nil); err == nil {
				t.Error("it worked")
			}
			if len(*seen) != want {
				t.Errorf("%d requests, want %d", len(*seen), want)
			}
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 404} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			for range 70 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}))
		_, err := readFrom(t, server.URL, fn.KV2, nil)
		server.CloseClientConnections()
		server.Close()
		var fault *fn.Fault
		if !errors.As(err, &fault) || fault.Scope != fn.EntryScope || !strings.HasPrefix(fault.Cause, "the answer for kv/data/app is larger than ") {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestARevocationThatIsRedirectedIsNone(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/revoke-self") {
			w.WriteHeader(307)
			return
		}
		fmt.Fprint(w, `{"request_id":"made-up","auth":{"client_token":"hvs.made-up"},"data":{"data":{},"metadata":{}}}`)
	}))
	defer server.Close()
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	if _, err := source.Read(context.Background(), fn.Ref{Connection: serviceAccount(server.URL), Engine: fn.KV2, Key: "kv/app"}); err != nil {
		t.Fatal(err)
	}
	if warnings := source.Close(); len(warnings) != 1 || !strings.Contains(warnings[0], "was not revoked") {
		t.Errorf("warnings: %v", warnings)
	}
}

// TestALoginThatIsUnderWayWhenTheRunEnds gets its token after that, and revokes
// it.
func TestALoginThatIsUnderWayWhenTheRunEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	var revoked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/revoke-self") {
			revoked.Add(1)
			w.WriteHeader(204)
			return
		}
		cancel()
		time.Sleep(20 * time.Millisecond)
		fmt.Fprint(w, `{"auth":{"client_token":"hvs.made-up"}}`)
	}))
	defer server.Close()
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	_, err := source.Read(ctx, fn.Ref{Connection: serviceAccount(server.URL), Engine: fn.KV2, Key: "kv/app"})
	var fault *fn.Fault
	if !errors.As(err, &fault) || fault.Cause != "interrupted" {
		t.Errorf("got %v", err)
	}
	if warnings := source.Close(); len(warnings) > 0 || revoked.Load() != 1 {
		t.Errorf("%d revocations, warnings: %v", revoked.Load(), warnings)
	}
}

func TestOneLoginForOneCredential(t *testing.T) {
	t.Parallel()
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","auth":{"client_token":"hvs.made-up"},"data":{"data":{},"metadata":{}}}`)
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	for i, mount := range []string{"kubernetes", "/kubernetes", "kubernetes/"} {
		c := serviceAccount([]string{address, strings.Replace(address, "http", "HTTP", 1), address + "/"}[i])
		c.Login.Mount = mount
		c.Login.ServiceAccount = fn.ServiceAccount{Namespace: fmt.Sprint("ns", i), Name: "sa"}
		c.Login.Credential = fn.Credential{Unresolved: fmt.Sprint("no Secret ", i)}
		if _, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)}); err != nil {
			t.Fatal(err)
		}
	}
	source.Close()
	logins := 0
	for _, r := range *seen {
		if strings.HasSuffix(r.URL.Path, "/login") {
			logins++
		}
	}
	if logins != 1 {
		t.Errorf("%d logins", logins)
	}
}

func TestOneLoginForOnePasswordInSeveralSecrets(t *testing.T) {
	t.Parallel()
	var logins atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/sys/health" {
			fmt.Fprint(w, `{"initialized":true}`)
			return
		}
		logins.Add(1)
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errors":["invalid username or password"]}`)
	}))
	defer server.Close()
	source := New(settingsOf(t, nil))
	defer source.Close()
	for i := range 6 {
		c := fn.Connection{Server: server.URL, Login: userPass("made-up-wrong")}
		c.Login.Credential.Secret = fmt.Sprintf("Secret ns%d/login, key password", i)
		var last Check
		source.Diagnose(context.Background(), c, nil, func(check Check) { last = check })
		if last.Name != "login" || last.Fault == nil {
			t.Errorf("the last step is %+v", last)
		}
		_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)})
		if err == nil {
			t.Error("it worked")
		}
	}
	if n := logins.Load(); n != 1 {
		t.Errorf("%d logins", n)
	}
}

func TestOneAddressInSeveralSpellings(t *testing.T) {
	s := settingsOf(t, nil)
	for spelled, want := range map[string]string{
		"https://Vault.example:443/": "https://vault.example",
		"HTTPS://vault.example/one/": "https://vault.example/one",
		"http://[::1]:80":            "http://[::1]",
		"http://[::1]:8200":          "http://[::1]:8200",
		"https://vault.example:80":   "https://vault.example:80",
	} {
		if got := s.override(fn.Connection{Server: spelled}).Server; got != want {
			t.Errorf("%s: got %s, want %s", spelled, got, want)
		}
	}
}

func TestWhatIsNotKVIsNotAskedFor(t *testing.T) {
	t.Parallel()
	address, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"id":"made-up"}}`)
	for _, ref := range []fn.Ref{
		{Mount: "auth/token", HasMount: true, Engine: fn.KV1, Key: "lookup-self"},
		{Engine: fn.KV1, Key: "/sys/internal/ui/mounts"},
		{Engine: fn.KV1, Key: "./identity/oidc/token/x"},
		{Mount: "/", HasMount: true, Engine: fn.KV1, Key: "cubbyhole/x"},
	} {
		ref.Connection = packageToken(address)
		source := New(settingsOf(t, nil))
		_, err := source.Read(context.Background(), ref)
		if err == nil || !strings.Contains(err.Error(), "is no secret of a KV mount") {
			t.Errorf("%s: got %v", ref.Key, err)
		}
		source.Close()
	}
	if len(*seen) > 0 {
		t.Errorf("%d requests", len(*seen))
	}
}

// TestAMissingSecretSpoilsNoOther of the same session: each is asked for.
func TestAMissingSecretSpoilsNoOther(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404} {
		address, seen := fakeVault(t, status, `{"errors":["permission denied"]}`)
		source := New(settingsOf(t, nil))
		for i := range 3 {
			_, err := source.Read(t.Context(), ref(packageToken(address), i))
			var fault *fn.Fault
			if !errors.As(err, &fault) || !strings.Contains(fault.Cause, fmt.Sprint("kv/data/app", i)) {
				t.Errorf("%d: got %v", status, err)
			}
		}
		source.Close()
		if len(*seen) != 3 {
			t.Errorf("%d: %d requests", status, len(*seen))
		}
	}
}

// TestALoginAtAServerInTrouble is refused by nobody: it is the server that is
// reported, and the method says nothing of it.
func TestALoginAtAServerInTrouble(t *testing.T) {
	t.Parallel()
	for _, status := range []int{412, 429, 502, 503} {
		logins, fault := logInTo(t, userPass("made-up-password"), status, `{"errors":["invalid username or password"]}`)
		if fault == nil || fault.Field != "spec.provider.vault.server" || strings.Contains(fault.Cause, "refused") || len(logins) != 3 {
			t.Errorf("%d: %d logins, %+v", status, len(logins), fault)
		}
	}
}
