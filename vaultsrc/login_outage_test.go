package vaultsrc

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

// TestALoginWhileVaultIsOutOfService waits for a server that has answered reads of this
// run, as reads do: a store that is first used then is no worse off than others. One that
// has answered none is told of after a login's own attempts.
func TestALoginWhileVaultIsOutOfService(t *testing.T) {
	t.Parallel()
	const never = `{"errors":["Vault is sealed"]}`
	for _, tc := range []struct {
		name   string
		served bool // before it is out of service
		status int
		answer string
		out    time.Duration
		retry  fn.Retry
		fault  string
	}{
		{name: "sealed for a while", served: true, status: 503, answer: never, out: 4 * time.Second},
		{name: "without a leader for a while", served: true, status: 500, answer: noLeader, out: 4 * time.Second},
		{name: "never in service", status: 503, answer: never, out: time.Minute, fault: "is sealed"},
		{name: "a store that says how often", served: true, status: 503, answer: never, out: time.Minute, retry: fn.Retry{Given: true, Max: 1, Interval: "10ms"}, fault: "is sealed"},
		{name: "a fault of its own", served: true, status: 500, answer: `{"errors":["made-up trouble"]}`, out: time.Minute, fault: "answered 500: made-up trouble"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var back atomic.Int64 // when, in Unix nanoseconds
			var logins atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case time.Now().UnixNano() < back.Load():
					if strings.Contains(r.URL.Path, "/login/") {
						logins.Add(1)
					}
					w.WriteHeader(tc.status)
					fmt.Fprint(w, tc.answer)
				case strings.Contains(r.URL.Path, "/login/"):
					fmt.Fprint(w, `{"request_id":"made-up","auth":{"client_token":"hvs.made-up"}}`)
				default:
					fmt.Fprint(w, `{"request_id":"made-up","data":{"data":{"a":"made-up"},"metadata":{"version":1}}}`)
				}
			}))
			defer server.Close()
			source := New(settingsOf(t, nil))
			defer source.Close()
			read := func(c fn.Connection, key string) error {
				_, err := source.Read(context.Background(), fn.Ref{Connection: c, Engine: fn.KV2, Mount: "kv", HasMount: true, Key: key})
				return err
			}
			if tc.served {
				if err := read(packageToken(server.URL), "before"); err != nil {
					t.Fatal(err)
				}
			}
			back.Store(time.Now().Add(tc.out).UnixNano())
			err := read(fn.Connection{Server: server.URL, Login: userPass("made-up-password"), Retry: tc.retry}, "app")
			switch {
			case tc.fault == "" && (err != nil || logins.Load() < 4):
				t.Errorf("%v, and %d logins in vain", err, logins.Load())
			case tc.fault != "" && (err == nil || !strings.HasSuffix(err.Error(), tc.fault) || logins.Load() > 3):
				t.Errorf("%v, and %d logins in vain", err, logins.Load())
			}
		})
	}
}
