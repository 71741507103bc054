package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
)

func TestSizesFromTheEnvironment(t *testing.T) {
	for text, want := range map[string]fn.Bytes{
		"": defaultMaxAnswer, "1": 1, "1000": 1000, "16Mi": 16 << 20, "1M": 1_000_000, "1.5Ki": 1536, "2Gi": 2 << 30, "1e3": 1000,
		"0": 0, "-1": 0, "16 Mi": 0, "16MiB": 0, "soon": 0, "0.5": 0, "1.5": 0, "8Ei": 0, "1e30": 0, "100m": 0,
	} {
		b, problems := readBounds(func(name string) string {
			if name == "ESFN_MAX_ANSWER" {
				return text
			}
			return ""
		})
		if want > 0 {
			if len(problems) > 0 || b.answer != want {
				t.Errorf("%q: %d, %v", text, b.answer, problems)
			}
			continue
		}
		says := "error: ESFN_MAX_ANSWER: \"" + text + "\" is no size\n  hint: write bytes, or a size as Kubernetes writes it, as in 8Mi"
		if problems.Error() != says || b.answer != defaultMaxAnswer {
			t.Errorf("%q: %d, %v", text, b.answer, problems)
		}
	}
	b, _ := readBounds(environment("ESFN_MAX_INPUT", "1Ki", "ESFN_MAX_OUTPUT", "2Ki", "ESFN_MAX_ANSWER", "3Ki", "ESFN_MAX_VALUES", "4Ki"))
	if b != (bounds{1 << 10, 2 << 10, 3 << 10, 4 << 10}) {
		t.Errorf("got %v", b)
	}
	if b, _ := readBounds(environment()); b != (bounds{64 << 20, 256 << 20, 8 << 20, 128 << 20}) {
		t.Errorf("without a variable: %v", b)
	}
}

// TestTheManifestsAreNoMoreThanTheyMay: stdin and all files together. What is wrong is
// said once, at the file.
func TestTheManifestsAreNoMoreThanTheyMay(t *testing.T) {
	const document = "apiVersion: v1\nkind: A\n" // 23 bytes
	folder := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yaml", "c.yaml"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	says := func(where, size, more string) string {
		return "error: " + where + ": with it the manifests are more than " + size + " bytes together\n  hint: is that the input that is meant? ESFN_MAX_INPUT=" + more + " takes more"
	}
	for _, tc := range []struct {
		name string
		args []string
		most fn.Bytes
		want string
	}{
		{"stdin", nil, 23, ""},
		{"stdin, one byte more", nil, 22, says("stdin", "22", "44")},
		{"a folder", []string{folder}, 69, ""},
		{"a folder, one byte more", []string{folder}, 68, says(in("c.yaml"), "68", "136")},
		{"its first file", []string{folder}, 10, says(in("a.yaml"), "10", "20")},
		{"files and stdin", []string{in("a.yaml"), "-", in("b.yaml")}, 69, ""},
		{"files and stdin, one byte more", []string{in("a.yaml"), "-", in("b.yaml"), in("c.yaml"), folder}, 68, says(in("b.yaml"), "68", "136")},
		{"what has no end", []string{"/dev/zero"}, 1000, says("/dev/zero", "1000", "2000")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			stdin, err := os.Open(in("a.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			_, problems := read(tc.args, stdin, newRoom(tc.most))
			if diff := cmp.Diff(tc.want, problems.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
	// Values are those of a room that is small.
	for values, want := range map[int]string{
		1 << 20:   "",
		1<<20 + 1: "error: stdin: with it the manifests have more than 1048576 values together\n  hint: is that the input that is meant? ESFN_MAX_INPUT=16Mi takes more",
	} {
		dense := "apiVersion: v1\nkind: A\na: [" + strings.Repeat("0,", values-7) + "]\n" // 3 colons, 3 line breaks, a bracket
		file := in("dense")
		if err := os.WriteFile(file, []byte(dense), 0o600); err != nil {
			t.Fatal(err)
		}
		stdin, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer stdin.Close()
		if _, problems := read(nil, stdin, newRoom(8<<20)); problems.Error() != want {
			t.Errorf("%d values: %s", values, problems.Error())
		}
	}
	if values := newRoom(defaultMaxInput).values; values != 8<<20 {
		t.Errorf("%d values", values)
	}
	// The operator's have as much room, for themselves.
	for most, want := range map[fn.Bytes]string{
		69: "",
		68: "error: ESFN_STORES: " + filepath.Base(folder) + "/c.yaml: with it the manifests are more than 68 bytes together\n  hint: is that the input that is meant? ESFN_MAX_INPUT=136 takes more",
	} {
		if _, problems := readOperator(environment("ESFN_STORES", folder), newRoom(most)); problems.Error() != want {
			t.Errorf("got %s", problems.Error())
		}
	}
}

// TestWhatKustomizeWritesIsNoMoreThanItMay: it is stopped there.
func TestWhatKustomizeWritesIsNoMoreThanItMay(t *testing.T) {
	folder := t.TempDir()
	program := "#!/bin/sh\nprintf 'apiVersion: v1\\nkind: A\\n'\n[ $1 = build ] && [ -f $2/endless ] && yes '# more'\nexit 0\n"
	if err := os.WriteFile(filepath.Join(folder, "kustomize"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	if list, problems := build(t.Context(), time.Minute, []string{folder}, newRoom(23)); len(problems) > 0 || len(list.Items) != 1 {
		t.Fatal(problems)
	}
	const says = ": with it the manifests are more than 22 bytes together\n  hint: is that the input that is meant? ESFN_MAX_INPUT=44 takes more"
	if _, problems := build(t.Context(), time.Minute, []string{folder}, newRoom(22)); problems.Error() != "error: kustomize build "+folder+says {
		t.Errorf("got %s", problems.Error())
	}
	if err := os.WriteFile(filepath.Join(folder, "endless"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, problems := build(t.Context(), time.Minute, []string{folder}, newRoom(1<<20)); !strings.Contains(problems.Error(), "more than 1 MiB together") {
		t.Errorf("got %s", problems.Error())
	}
}

func TestWhatToDoAboutAnAnswerThatIsTooLarge(t *testing.T) {
	if hint := hintFor(&resourcelist.TooLarge{Most: 256 << 20}); !strings.HasSuffix(hint, "ESFN_MAX_OUTPUT=512Mi writes more") {
		t.Error(hint)
	}
}
