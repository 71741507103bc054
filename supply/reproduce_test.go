package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildsThatDifferAreAnError(t *testing.T) {
	for _, tc := range []struct{ name, change, with, want string }{
		{"the same", "", "", ""},
		{"another binary", "bin/esfn", "another", "bin/esfn is not the same"},
		{"another SBOM", "bin/esfn.spdx.json", "another", "bin/esfn.spdx.json is not the same"},
		{"no licences", "bin/licences.txt", "", "no such file"},
	} {
		one, another := t.TempDir(), t.TempDir()
		for _, clone := range []string{one, another} {
			if err := os.Mkdir(filepath.Join(clone, "bin"), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, file := range built {
				if err := os.WriteFile(filepath.Join(clone, file), []byte("what is in "+file), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if tc.change != "" {
			changed := filepath.Join(another, tc.change)
			if err := os.Remove(changed); err != nil {
				t.Fatal(err)
			}
			if tc.with != "" {
				if err := os.WriteFile(changed, []byte(tc.with), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		err := compareBuilds(io.Discard, one, another)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}
