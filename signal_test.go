//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
)

// TestASignalWhileTokensAreRevoked ends the run as one before that does: nothing is
// written, and a Vault that hangs is not waited for as long as where nobody waits. The
// Vault is a fake, since a real one does not wait with its answer for a signal to come.
func TestASignalWhileTokensAreRevoked(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM) // or the process that runs the tests would end
	defer signal.Stop(signals)
	for _, tc := range []struct {
		name        string
		sent, hangs bool
		code        int
		stderr      string
	}{
		{name: "no signal"},
		{name: "a signal", sent: true, code: 1, stderr: "error: interrupted\n"},
		{name: "a signal, and a Vault that hangs", sent: true, hangs: true, code: 1,
			stderr: "warning: a token that esfn got at VAULT was not revoked; it ends with its lease: no answer in time\nerror: interrupted\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			revoked, ended := make(chan time.Time, 1), make(chan struct{})
			vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/login/ada"):
					fmt.Fprint(w, `{"request_id":"made-up","auth":{"client_token":"hvs.made-up","lease_duration":60}}`)
				case strings.HasSuffix(r.URL.Path, "/revoke-self"):
					if revoked <- time.Now(); tc.sent {
						_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
						<-signals
						time.Sleep(50 * time.Millisecond) // esfn has it at the same time
					}
					if tc.hangs {
						<-ended
					}
					w.WriteHeader(http.StatusNoContent)
				default:
					fmt.Fprint(w, `{"request_id":"made-up","data":{"data":{"a":"made-up-value"},"metadata":{"version":1}}}`)
				}
			}))
			defer vault.Close()
			defer close(ended)
			file := filepath.Join(t.TempDir(), "app.yaml")
			if err := os.WriteFile(file, []byte(`apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "`+vault.URL+`", path: kv, auth: {userPass: {username: ada, secretRef: {name: login, key: password}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: made-up-password}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: a, remoteRef: {key: app, property: a}}]}
`), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			code := run([]string{file}, os.Stdin, &stdout, &stderr)
			ends := time.Now()
			said := strings.ReplaceAll(stderr.String(), strings.TrimPrefix(vault.URL, "http://"), "VAULT")
			if len(revoked) != 1 || code != tc.code || (stdout.Len() > 0) == tc.sent || said != tc.stderr {
				t.Fatalf("exit status %d, %d bytes on stdout, %d revocations\n%s", code, stdout.Len(), len(revoked), said)
			}
			// It takes 0.7 s; without the signal it would take 2 and more.
			if took := ends.Sub(<-revoked); tc.sent && took > 1500*time.Millisecond {
				t.Errorf("it took %s to end", took)
			}
		})
	}
}

// TestASignalWhileTheInputIsRead ends the run as a later one does.
func TestASignalWhileTheInputIsRead(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM) // or the process that runs the tests would end
	defer signal.Stop(signals)
	for _, args := range [][]string{nil, {"-"}, {"doctor"}} {
		stdin, nothing, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer nothing.Close()
		defer stdin.Close()
		time.AfterFunc(100*time.Millisecond, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) })
		var stdout, stderr bytes.Buffer
		if code := run(args, stdin, &stdout, &stderr); code != 1 || stdout.Len() > 0 || stderr.String() != "error: interrupted\n" {
			t.Errorf("%q: exit status %d, %d bytes on stdout\n%s", args, code, stdout.Len(), stderr.String())
		}
		<-signals
	}
}

// TestASignalAfterTheInputWasRead counts as well: what read it may have got it.
func TestASignalAfterTheInputWasRead(t *testing.T) {
	signalled, signal := context.WithCancel(t.Context())
	g := gather(signalled, func(time.Duration, *room) (*resourcelist.List, fn.Problems) {
		signal()
		return &resourcelist.List{}, nil
	})
	if said := g.unreadable.Error(); said != "error: interrupted" {
		t.Errorf("got %q", said)
	}
}
