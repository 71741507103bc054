package tests

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// TestProgressOnATerminal: a run that takes its time says on a terminal how far it is,
// and nothing is left of that; with a host on the other end it says nothing, nor to
// what is no terminal.
func TestProgressOnATerminal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a pseudo-terminal is opened on Linux only")
	}
	s := storyFor(t)
	behind, err := url.Parse(s.recorder.Address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(700 * time.Millisecond)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	const secrets = 40 // three times as long as 16 at a time
	text := "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: {provider: {vault: {server: 'https://vault.example.com', path: kv}}}\n"
	for i := range secrets {
		if err := s.vault.Put("kv", fmt.Sprintf("app/%d", i), "2", `{"value":"made-up"}`); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e%[1]d}\nspec: {secretStoreRef: {name: vault}, data: [{secretKey: v, remoteRef: {key: app/%[1]d, property: value}}]}\n", i)
	}
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for item := range strings.SplitSeq(text, "---\n") {
		list += "- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n"
	}
	for _, tc := range []struct {
		name, in, term string
		shown          bool
	}{
		{"plain documents", text, "xterm", true},
		{"a terminal that can do nothing", text, "dumb", false},
		{"a host on the other end", list, "xterm", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			terminal, screen, err := testbed.OpenTerminal()
			if err != nil {
				t.Fatal(err)
			}
			defer screen.Close()
			seen := make(chan string)
			go func() {
				text, _ := io.ReadAll(screen) // ends with an error where the terminal is closed
				seen <- string(text)
			}()
			var stdout bytes.Buffer
			esfn := exec.Command(filepath.Join(programs.folder, "esfn"))
			esfn.Env = []string{"TERM=" + tc.term, "VAULT_ADDR=" + slow.URL, "VAULT_TOKEN=" + testbed.RootToken, "HOME=" + t.TempDir()}
			esfn.Stdin, esfn.Stdout, esfn.Stderr = strings.NewReader(tc.in), &stdout, terminal
			err = esfn.Run()
			terminal.Close()
			got := <-seen
			if err != nil || strings.Count(stdout.String(), "kind: Secret\n") != secrets {
				t.Fatalf("%v\n%s", err, got)
			}
			if tc.shown != strings.Contains(got, fmt.Sprintf(" of %d read", secrets)) {
				t.Errorf("on the terminal: %q", got)
			}
			if last := got[strings.LastIndex(strings.TrimSuffix(got, "\r"), "\r")+1:]; strings.Trim(last, " \r") != "" {
				t.Errorf("left on the terminal: %q", last)
			}
		})
	}
}
