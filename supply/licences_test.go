package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/licenseclassifier/v2/assets"
)

// moduleWith is a module of one linked package, lib/inner, with files.
func moduleWith(t *testing.T, files map[string]string) linkedModule {
	t.Helper()
	m := linkedModule{path: "example.com/b", version: "v1.0.0", dir: t.TempDir()}
	m.packages = []string{filepath.Join(m.dir, "lib", "inner")}
	for _, folder := range []string{"lib/inner", "not/linked"} {
		if err := os.MkdirAll(filepath.Join(m.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// licenceText is one of those that the classifier knows.
func licenceText(t *testing.T, file string) string {
	t.Helper()
	text, err := assets.ReadLicenseFile("License/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLicences(t *testing.T) {
	apache, mit, gpl := licenceText(t, "Apache-2.0/pristine.txt"), licenceText(t, "MIT/pristine.txt"), licenceText(t, "GPL-3.0/license.txt")
	allowed, err := parsePage(goodPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"as the page says", map[string]string{"LICENSE": apache, "lib/LICENSE.md": mit}, ""},
		{"in a folder that is not linked", map[string]string{"LICENSE": apache + "\n" + mit, "not/linked/LICENSE": gpl}, ""},
		{"by another name", map[string]string{"COPYING": apache, "MIT-LICENSE.txt": mit}, ""},
		{"not allowed", map[string]string{"LICENSE": gpl}, "under GPL-3.0, which docs/modules.md does not allow"},
		{"not allowed, below the root", map[string]string{"LICENSE": apache, "lib/inner/LICENSE": gpl}, "under GPL-3.0, which docs/modules.md does not allow"},
		{"another than the page says", map[string]string{"LICENSE": mit}, "under MIT; docs/modules.md says Apache-2.0 AND MIT"},
		{"none", map[string]string{"README.md": mit}, "no file with a licence"},
		{"unknown", map[string]string{"LICENSE": "You may use this if you are nice to your neighbours."}, "LICENSE is no licence that is known"},
		{"one of two unknown", map[string]string{"LICENSE": apache, "lib/LICENSE": "Ask before you use this."}, "LICENSE is no licence that is known"},
	} {
		problems, err := licenceProblems([]linkedModule{moduleWith(t, tc.files)}, allowed)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(problems, "\n")
		if !strings.Contains(got, tc.want) || (tc.want == "") != (got == "") {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestLicenceTextsAreThereOnceWithWhoseTheyAre(t *testing.T) {
	one := moduleWith(t, map[string]string{"LICENSE": "Text one.\n", "NOTICE": "Thanks to all.\n", "lib/LICENSE": "Text two.\r\n"})
	another := moduleWith(t, map[string]string{"LICENSE": "Text one."})
	another.path = "example.com/c"
	text, err := licenceTexts("esfn", []linkedModule{one, another})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nexample.com/b v1.0.0: LICENSE\nexample.com/c v1.0.0: LICENSE\n\nText one.\n",
		"\nexample.com/b v1.0.0: lib/LICENSE\n\nText two.\n",
		"\nexample.com/b v1.0.0: NOTICE\n\nThanks to all.\n",
	} {
		if strings.Count(string(text), want) != 1 {
			t.Errorf("not there, or twice: %q in\n%s", want, text)
		}
	}
	if _, err := licenceTexts("esfn", []linkedModule{moduleWith(t, nil)}); err == nil {
		t.Error("a module without a licence is no error")
	}
}
