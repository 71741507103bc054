package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// storesPage is the page whose examples the stories in testdata/docs and
// testdata/kube run.
const storesPage = "../docs/stores.md"

// exampleBlock is a block of code of the page: its language, the name in its
// info string, and its text.
var exampleBlock = regexp.MustCompile("(?ms)^```(yaml|sh)(?: file=(\\S+))?\n(.*?)^```$")

// examplesOf reads the blocks of a page, by name; one without a name is "".
func examplesOf(page string) (map[string]string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	examples := map[string]string{}
	for _, block := range exampleBlock.FindAllStringSubmatch(string(text), -1) {
		examples[block[2]] = block[3]
	}
	return examples, nil
}

// cmdExample takes an example of docs/stores.md into a file of its name. The
// server of the page becomes $SERVER, or $VAULT where that is not set; further
// texts of the page become those that are given.
//
//	example FILE [OLD=NEW]…
func cmdExample(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 0, "example FILE [OLD=NEW]…")
	examples, err := examplesOf(programs.docs)
	ts.Check(err)
	text, ok := examples[args[0]]
	if !ok {
		ts.Fatalf("docs/stores.md has no example %s", args[0])
	}
	server := ts.Getenv("SERVER")
	if server == "" {
		server = ts.Getenv("VAULT")
	}
	for _, change := range append(args[1:], "https://vault.example.com:8200="+server) {
		before, after, _ := strings.Cut(change, "=")
		if !strings.Contains(text, before) && before != "https://vault.example.com:8200" {
			ts.Fatalf("%s does not say %q", args[0], before)
		}
		text = strings.ReplaceAll(text, before, after)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// TestDocsScripts plays the examples of docs/stores.md that need no cluster.
func TestDocsScripts(t *testing.T) { play(t, "docs") }

// TestEveryExampleIsRun compares the page with the stories.
func TestEveryExampleIsRun(t *testing.T) {
	examples, err := examplesOf(storesPage)
	if err != nil {
		t.Fatal(err)
	}
	if _, unnamed := examples[""]; unnamed || len(examples) < 20 {
		t.Errorf("%d examples, or one that has no file= after its language", len(examples))
	}
	run := commandsOfStories(t, "example")
	for name := range examples {
		if !run[name] {
			t.Errorf("no story runs the example %s", name)
		}
	}
}

// commandsOfStories are the first arguments that a command is given in the stories.
func commandsOfStories(t *testing.T, command string) map[string]bool {
	t.Helper()
	stories, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for _, story := range stories {
		text, err := os.ReadFile(story)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == command {
				given[words[1]] = true
			}
		}
	}
	return given
}
