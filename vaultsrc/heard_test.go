package vaultsrc

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

// TestALoginWithoutAnAnswer may have got a token: that is said, also where the next
// attempt got one.
func TestALoginWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	cut := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	cutInBody := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "4096")
		fmt.Fprint(w, loginAndSecret)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	cutWithoutLength := func(w http.ResponseWriter) { // as HTTP/1.0 has it
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(connection, "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n%s", loginAndSecret[:40])
		connection.Close()
	}
	var before atomic.Bool
	gatewayThenCut := func(w http.ResponseWriter) {
		if !before.Swap(true) {
			w.WriteHeader(502)
			return
		}
		cutWithoutLength(w)
	}
	refuse := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json") // as Vault has it
		w.WriteHeader(503)
		fmt.Fprint(w, `{"errors":["made up"]}`)
	}
	for _, tc := range []struct {
		name   string
		first  int32 // so many logins meet it
		meet   func(http.ResponseWriter)
		lost   int
		worked bool
	}{
		{"an answer", 0, cut, 0, true},
		{"cut once", 1, cut, 1, true},
		{"cut always", 99, cut, 3, false},
		{"cut in the answer", 99, cutInBody, 1, false},
		{"larger than it may be", 99, func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat(" ", maxOther+1)) }, 1, false},
		{"a status", 99, refuse, 0, false},
		{"a gateway that heard nothing, once", 1, func(w http.ResponseWriter) { w.WriteHeader(502) }, 1, true},
		{"a gateway that waited too long", 99, func(w http.ResponseWriter) { w.WriteHeader(504) }, 3, false},
		{"cut before an answer whose end nobody knows", 99, func(http.ResponseWriter) {}, 1, false},
		{"a proxy whose connection to Vault broke", 99, func(w http.ResponseWriter) {
			w.WriteHeader(503)
			fmt.Fprint(w, "upstream connect error or disconnect/reset before headers")
		}, 3, false},
		{"cut in an answer whose end nobody knows", 99, cutWithoutLength, 1, false},
		{"a gateway, and then cut in an answer whose end nobody knows", 99, gatewayThenCut, 2, false},
		{"a status once", 1, refuse, 0, true},
		{"a page", 99, func(w http.ResponseWriter) { fmt.Fprint(w, "<html>made-up</html>") }, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var logins atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/login") && logins.Add(1) <= tc.first {
					tc.meet(w)
					return
				}
				fmt.Fprint(w, loginAndSecret)
			}))
			server.Config.ErrorLog = discardLog
			server.Start()
			defer server.Close()
			source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
			_, err := source.Read(context.Background(), ref(serviceAccount(server.URL), 0))
			if (err == nil) != tc.worked {
				t.Errorf("got %v", err)
			}
			var want []string
			if tc.lost > 0 {
				host := strings.TrimPrefix(server.URL, "http://")
				want = []string{fmt.Sprintf("the answer to a login at %s did not arrive, or not all of it; a token in it ends with its lease", host)}
				if tc.lost > 1 {
					want = []string{fmt.Sprintf("the answers to %d logins at %s did not arrive, or not all of them; tokens in them end with their leases", tc.lost, host)}
				}
			}
			if warnings := source.Close(); !slices.Equal(warnings, want) {
				t.Errorf("got the warnings %q, want %q", warnings, want)
			}
		})
	}
}

// TestALoginThatHangs until the run is over has no answer either; one that never went out
// needs none.
func TestALoginThatHangs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it seen that the client goes away
		<-r.Context().Done()
	}))
	defer server.Close()
	for address, want := range map[string]int{server.URL: 1, "http://127.0.0.1:1": 0} {
		source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, _ = source.Read(ctx, ref(serviceAccount(address), 0))
		cancel()
		if warnings := source.Close(); len(warnings) != want {
			t.Errorf("%s: %q", address, warnings)
		}
	}
}

// TestALoginThatWasNotSent needs no answer, also where the connection broke off in the
// middle of what came before it.
func TestALoginThatWasNotSent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 1))
			_, _ = connection.Write([]byte("\x16\x03")) // of a handshake
			_ = connection.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, connection)
			connection.Close()
		}
	}()
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	_, err = source.Read(context.Background(), ref(serviceAccount("https://"+listener.Addr().String()), 0))
	if err == nil {
		t.Error("it was read")
	}
	if warnings := source.Close(); len(warnings) > 0 {
		t.Errorf("got %q, of %v", warnings, err)
	}
}

// TestALoginThatIsToWaitTooLong says for how long.
func TestALoginThatIsToWaitTooLong(t *testing.T) {
	t.Parallel()
	address, _ := fakeVault(t, 429, `{"errors":["rate limit quota exceeded"]}`, "Retry-After", "3600")
	source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
	defer source.Close()
	_, err := source.Read(context.Background(), ref(serviceAccount(address), 0))
	if want := "this run needs more: it asks to be left alone for 1h, and a login waits 5s at most"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestWhyATokenWasNotRevoked is in the warning.
func TestWhyATokenWasNotRevoked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		status int
		body   string
		why    string // "" for no warning
	}{
		{"revoked", 204, "", ""},
		{"it had ended", 403, `{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}`, ""},
		{"the policy", 403, `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`, `permission denied; the policy default allows it, as does path "auth/token/revoke-self" { capabilities = ["update"] }`},
		{"a page", 403, "<html>made-up</html>", "ADDRESS answered 403"},
		{"sealed", 503, `{"errors":["Vault is sealed"]}`, "Vault at ADDRESS is sealed"},
		{"a redirect", 302, "", "the request was redirected"},
		{"no redirect that is followed", 304, "", "the request was redirected"},
		{"a server that echoes the token", 400, `{"errors":["hvs.made-up"]}`, "Vault at ADDRESS answered 400: [redacted]"},
		{"cut", 0, "", noWords},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !strings.HasSuffix(r.URL.Path, "/revoke-self"):
					fmt.Fprint(w, loginAndSecret)
				case tc.status == 0:
					panic(http.ErrAbortHandler)
				default:
					w.WriteHeader(tc.status)
					fmt.Fprint(w, tc.body)
				}
			}))
			server.Config.ErrorLog = discardLog
			server.Start()
			defer server.Close()
			c := serviceAccount(server.URL)
			c.Retry = fn.Retry{Given: true, Max: 1, Interval: "1ms"}
			source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
			if _, err := source.Read(context.Background(), ref(c, 0)); err != nil {
				t.Fatal(err)
			}
			var want []string
			if tc.why != "" {
				host := strings.TrimPrefix(server.URL, "http://")
				want = []string{fmt.Sprintf("a token that esfn got at %s was not revoked; it ends with its lease: %s", host, strings.ReplaceAll(tc.why, "ADDRESS", host))}
			}
			if warnings := source.Close(); !slices.Equal(warnings, want) {
				t.Errorf("got the warnings %q, want %q", warnings, want)
			}
		})
	}
}
