package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// releaseConfig is what of .goreleaser.yaml has to be as the Makefile has it.
type releaseConfig struct {
	Builds []struct {
		Env, Flags, Ldflags, Goos, Goarch []string
	}
	Archives []struct {
		Files []struct{ Src string }
	}
}

// TestAReleaseIsBuiltAsByMake holds .goreleaser.yaml, the Makefile and this program to
// the same targets and flags: with others, nobody could build a release's bytes again.
func TestAReleaseIsBuiltAsByMake(t *testing.T) {
	text, err := os.ReadFile(root + "/.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(root + "/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var config releaseConfig
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Builds) != 1 || len(config.Archives) != 1 {
		t.Fatalf("%d builds and %d archives", len(config.Builds), len(config.Archives))
	}
	build := config.Builds[0]
	var released []string
	for _, system := range build.Goos {
		for _, processor := range build.Goarch {
			released = append(released, system+"/"+processor)
		}
	}
	if !slices.Equal(released, targets) {
		t.Errorf("released are %q, audited are %q", released, targets)
	}
	flags := strings.Join(build.Flags, " ") + " -ldflags '" + strings.Join(build.Ldflags, " ") + "'"
	for _, want := range []string{
		"\nTARGETS = " + strings.Join(targets, " ") + "\n",
		"\nBUILD   = " + strings.Join(build.Env, " ") + " $(1) $(GO) build " + flags + "\n",
	} {
		if !strings.Contains(string(makefile), want) {
			t.Errorf("the Makefile has no line %q", want)
		}
	}
	for _, file := range []string{"LICENSE", "bin/licences.txt"} {
		if !slices.ContainsFunc(config.Archives[0].Files, func(f struct{ Src string }) bool { return f.Src == file }) {
			t.Errorf("the archives have no %s", file)
		}
	}
}
