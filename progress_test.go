package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
)

// slowly is a source that takes its time for each read.
type slowly struct{ each time.Duration }

func (slowly) Admit([]fn.Connection) []fn.Refusal { return nil }

func (s slowly) Read(_ context.Context, ref fn.Ref) (fn.Answer, error) {
	if ref.Part == fn.FolderPart {
		time.Sleep(s.each)
		return fn.Answer{Names: []string{"a", "b"}}, nil
	}
	time.Sleep(2 * s.each)
	return fn.Answer{}, &fn.Fault{Cause: "made up"}
}

// foundSlowly is an ExternalSecret with three things to read.
const foundSlowly = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example.com", path: kv, auth: {tokenSecretRef: {name: t, key: t}}}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: a}
spec: {secretStoreRef: {name: vault}, dataFrom: [{find: {name: {regexp: .}}}]}
`

func TestProgressIsShownAfterASecond(t *testing.T) {
	for _, tc := range []struct {
		name string
		each time.Duration
		want string
	}{
		{"quick", 300 * time.Millisecond, ""},
		{"slow", 1500 * time.Millisecond, "esfn: 0 of 1 read" + "\r                 \r" + "esfn: 1 of 3 read" + "\r                 \r"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				list, err := resourcelist.Read([]byte(foundSlowly))
				if err != nil {
					t.Fatal(err)
				}
				var stderr bytes.Buffer
				progress := &fn.Progress{}
				stop := show(&stderr, progress)
				fn.Run(t.Context(), fn.Input{Items: list.Items, Plain: true, Progress: progress}, slowly{tc.each})
				stop()
				if diff := cmp.Diff(tc.want, stderr.String()); diff != "" {
					t.Errorf("-want +shown:\n%s", diff)
				}
			})
		})
	}
}

func TestWhoWatches(t *testing.T) {
	xterm := func(name string) string { return map[string]string{"TERM": "xterm"}[name] }
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isWatched(&bytes.Buffer{}, false, xterm) || isWatched(file, false, xterm) {
		t.Error("a file is watched") // a terminal: tests/terminal_test.go
	}
}

// TestAStoppedTerminalHoldsNobody: Ctrl-S is no reason to keep a token.
func TestAStoppedTerminalHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, err := resourcelist.Read([]byte(foundSlowly))
		if err != nil {
			t.Fatal(err)
		}
		from, terminal := io.Pipe() // which takes nothing until somebody reads
		defer from.Close()
		progress := &fn.Progress{}
		stop := show(terminal, progress)
		fn.Run(t.Context(), fn.Input{Items: list.Items, Plain: true, Progress: progress}, slowly{1500 * time.Millisecond})
		began := time.Now()
		stop()
		if took := time.Since(began); took > progressEvery {
			t.Errorf("it waits for the terminal, for %s", took)
		}
	})
}
