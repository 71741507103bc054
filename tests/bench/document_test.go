package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestThePageHasTheRows compares docs/benchmarks.md with what the program would
// measure now: a row that was added or renamed has to be measured, too.
func TestThePageHasTheRows(t *testing.T) {
	text, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n"+marker+"\n") {
		t.Errorf("%s has no %s", page, marker)
	}
	b := &bench{folder: t.TempDir(), proxy: &proxy{address: "http://127.0.0.1:1"}, progress: io.Discard}
	var want []string
	for _, r := range b.rows() {
		want = append(want, "**"+r.title+"**")
		for _, l := range r.lines {
			want = append(want, l.name)
		}
	}
	if b.unwritten != nil {
		t.Fatal(b.unwritten)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "|"); len(cells) == len(columns)+2 && strings.Trim(cells[2], " -") != "" && strings.TrimSpace(cells[2]) != columns[1] {
			got = append(got, strings.TrimSpace(cells[2]))
		}
	}
	// The image is there only where a Docker engine is.
	image := func(name string) bool { return strings.HasPrefix(name, "image ") }
	if diff := cmp.Diff(slices.DeleteFunc(want, image), slices.DeleteFunc(got, image)); diff != "" {
		t.Errorf("make bench measures other lines than %s has (-bench +page):\n%s", page, diff)
	}
}

func TestWhatIsWrittenByHandStays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	for _, tc := range []struct{ before, want string }{
		{"", "new\n" + marker + "\n\n## Where a target is missed\n"},
		{"without a marker\n", "new\n" + marker + "\n\n## Where a target is missed\n"},
		{"old\n" + marker + "\n\nby hand\n", "new\n" + marker + "\n\nby hand\n"},
	} {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if tc.before != "" {
			if err := os.WriteFile(file, []byte(tc.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := keep(file, "new"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, string(got)); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", tc.before, diff)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tc := range []struct {
		of   series
		want string
	}{
		{nil, ""},
		{series{12.34}, "12.3"},
		{series{12.34, 12.31}, "12.3"},
		{series{1, 3, 2}, "2.0 (1.0–3.0)"},
		{series{999.9, 1234.5, 31802}, "1,235 (999.9–31,802)"},
	} {
		if got := numbers("%.1f", tc.of); got != tc.want {
			t.Errorf("%v is written %q, want %q", tc.of, got, tc.want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

// TestCommandsNameNoFoldersAndNoTokens: they are printed.
func TestCommandsNameNoFoldersAndNoTokens(t *testing.T) {
	c := command{
		args:        []string{"/somewhere/reader", "-address", "http://127.0.0.1:1234", "-token-file", "/somewhere/token"},
		stdin:       "/somewhere/reads.txt",
		environment: []string{"AVP_TYPE=vault", "VAULT_ADDR=http://127.0.0.1:1234", "VAULT_TOKEN=made-up", "VAULT_TOKEN_FILE=/somewhere/token"},
	}
	const want = "AVP_TYPE=vault VAULT_ADDR=… VAULT_TOKEN=… VAULT_TOKEN_FILE=token reader -address … -token-file token < reads.txt"
	if got := c.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
