package tests

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// TestProgressOnATerminal: a run that takes its time says on a terminal how far it is,
// and nothing is left of that when something else is written, and at the end. With a
// host on the other end it says nothing, nor to what is no terminal.
func TestProgressOnATerminal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a pseudo-terminal is opened on Linux only")
	}
	s := storyFor(t)
	s.recorder.Fail(testbed.Fault{Pattern: "kv/data/endless", Times: -1, Status: -1})
	address := slowly(t, s.recorder.Address)
	const secrets = 40 // three times as long as 16 at a time
	text := "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: {provider: {vault: {server: 'https://vault.example.com', path: kv}}}\n"
	read := func(name string) string {
		return fmt.Sprintf("---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: %[1]s}\nspec: {secretStoreRef: {name: vault}, data: [{secretKey: v, remoteRef: {key: %[1]s, property: value}}]}\n", name)
	}
	for i := range secrets {
		name := fmt.Sprintf("made-up-%d", i)
		if err := s.vault.Put("kv", name, "2", `{"value":"made-up-value"}`); err != nil {
			t.Fatal(err)
		}
		text += read(name)
	}
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for item := range strings.SplitSeq(text, "---\n") {
		list += "- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n"
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "all.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, in string
		args     []string
		env      string // besides TERM=xterm
		// want is how many secrets are known of while the run goes on; 0 where nothing
		// is said. left is what stands on the terminal in the end.
		want      int
		left      string
		code      int
		interrupt bool
	}{
		{name: "plain documents", in: text, want: secrets},
		{name: "a file", args: []string{filepath.Join(folder, "all.yaml")}, want: secrets},
		{name: "esfn build", args: []string{"build", folder}, want: secrets},
		{name: "an error", in: text + read("gone"), want: secrets + 1, code: 1,
			left: `^error: ExternalSecret gone: .*`},
		{name: "a signal", in: text + read("endless"), want: secrets + 1, interrupt: true, code: 1,
			left: `^error: interrupted$`},
		{name: "a terminal that can do nothing", in: text, env: "TERM=dumb"},
		{name: "a terminal that nothing is known of", in: text, env: "TERM="},
		{name: "a job of CI", in: text, env: "CI=true"},
		{name: "a host on the other end", in: list},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			esfn := esfnAt(t, address, tc.env, tc.args...)
			esfn.Stdin = strings.NewReader(tc.in)
			stdout := &strings.Builder{}
			esfn.Stdout = stdout
			got := onTerminal(t, esfn, func() {
				if tc.interrupt {
					if err := esfn.Process.Signal(os.Interrupt); err != nil {
						t.Error(err)
					}
				}
			})
			if code := esfn.ProcessState.ExitCode(); code != tc.code || code == 0 && strings.Count(stdout.String(), "kind: Secret\n") != secrets {
				t.Fatalf("exit code %d\n%s", code, got)
			}
			shown := regexp.MustCompile(`esfn: \d+ of (\d+) read`).FindStringSubmatch(got)
			if tc.want == 0 && got != "" || tc.want > 0 && (shown == nil || shown[1] != fmt.Sprint(tc.want)) {
				t.Errorf("on the terminal: %q", got)
			}
			if frames, _, _ := strings.Cut(got, "error: "); strings.Contains(frames, "made-up") {
				t.Errorf("a name or a value is on the terminal: %q", frames)
			}
			left := inTheEnd(got)
			if tc.left == "" && left != "" || !regexp.MustCompile(tc.left).MatchString(left) {
				t.Errorf("left on the terminal: %q, want %s", left, tc.left)
			}
		})
	}
	t.Run("a pipe", func(t *testing.T) {
		t.Parallel()
		esfn := esfnAt(t, address, "", filepath.Join(folder, "all.yaml"))
		stderr := &strings.Builder{}
		esfn.Stderr = stderr
		if err := esfn.Run(); err != nil || stderr.String() != "" {
			t.Errorf("%v: %q", err, stderr)
		}
	})
}

// slowly is the address of a proxy that takes its time for each request.
func slowly(t *testing.T, address string) string {
	behind, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // of who goes away
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(700 * time.Millisecond)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	return slow.URL
}

// esfnAt is esfn to be run with a Vault at an address, and with one more variable.
func esfnAt(t *testing.T, address, variable string, args ...string) *exec.Cmd {
	esfn := exec.Command(filepath.Join(programs.folder, "esfn"), args...)
	esfn.Env = []string{"VAULT_ADDR=" + address, "VAULT_TOKEN=" + testbed.RootToken, "HOME=" + t.TempDir(), "TERM=xterm"}
	if variable != "" {
		esfn.Env = append(esfn.Env, variable) // the last one of a name is what counts
	}
	return esfn
}

// onTerminal runs a program whose stderr is a terminal, and returns all that was
// written there; shown is called once something is.
func onTerminal(t *testing.T, program *exec.Cmd, shown func()) string {
	terminal, screen, err := testbed.OpenTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	program.Stderr = terminal
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	var all []byte
	for some := make([]byte, 4096); ; {
		n, err := screen.Read(some)
		if err != nil { // the last who had the terminal open has gone
			break
		}
		if len(all) == 0 {
			shown()
		}
		all = append(all, some[:n]...)
	}
	if err := program.Wait(); err != nil && program.ProcessState == nil {
		t.Fatal(err)
	}
	return string(all)
}

// inTheEnd is what stands on a terminal after all that was written there: what comes
// after a carriage return is written over what stood in the line.
func inTheEnd(written string) string {
	var lines []string
	for written := range strings.SplitSeq(strings.ReplaceAll(written, "\r\n", "\n"), "\n") {
		var line []byte
		for part := range strings.SplitSeq(written, "\r") {
			line = append([]byte(part), line[min(len(part), len(line)):]...)
		}
		lines = append(lines, strings.TrimRight(string(line), " "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
