package tests

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"
)

// docsFolder has the pages whose examples the stories in testdata/docs and, where
// they need a cluster or an image, testdata/kube and testdata/container run.
const docsFolder = "../docs"

// storesPage is the page of a story that names none by $PAGE.
const storesPage = "stores.md"

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

// cmdExample takes an example of the page $PAGE below docs, or else of stores.md,
// into a file of its name. The server of the page becomes $SERVER, or $VAULT where
// that is not set; further texts of the page become those that are given.
//
//	example FILE [OLD=NEW]…
func cmdExample(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 0, "example FILE [OLD=NEW]…")
	page := cmp.Or(ts.Getenv("PAGE"), storesPage)
	examples, err := examplesOf(filepath.Join(programs.docs, page))
	ts.Check(err)
	text, ok := examples[args[0]]
	if !ok {
		ts.Fatalf("docs/%s has no example %s", page, args[0])
	}
	server := cmp.Or(ts.Getenv("SERVER"), ts.Getenv("VAULT"))
	for _, change := range append(args[1:], examplesServer+"="+server) {
		before, after, _ := strings.Cut(change, "=")
		if !strings.Contains(text, before) && before != examplesServer {
			ts.Fatalf("%s does not say %q", args[0], before)
		}
		text = strings.ReplaceAll(text, before, after)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// TestDocsScripts plays the examples of the pages that need no cluster.
func TestDocsScripts(t *testing.T) { play(t, "docs") }

// TestEveryExampleIsRun compares the pages with the stories.
func TestEveryExampleIsRun(t *testing.T) {
	pages, err := filepath.Glob(docsFolder + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	run, all := examplesOfStories(t), 0
	for _, page := range pages {
		examples, err := examplesOf(page)
		if err != nil {
			t.Fatal(err)
		}
		if _, unnamed := examples[""]; unnamed {
			t.Errorf("%s has an example that has no file= after its language", page)
		}
		for name := range examples {
			if all++; !run[filepath.Base(page)+"/"+name] {
				t.Errorf("no story runs the example %s of %s", name, page)
			}
		}
	}
	if all < 40 {
		t.Errorf("%d examples", all)
	}
}

// examplesOfStories are the examples that stories run, as PAGE/FILE.
func examplesOfStories(t *testing.T) map[string]bool {
	t.Helper()
	run := map[string]bool{}
	forEachStory(t, func(commands [][]string) {
		page := storesPage
		for _, words := range commands {
			if words[0] == "example" {
				run[page+"/"+words[1]] = true
			}
			for _, word := range words {
				if named, ok := strings.CutPrefix(word, "PAGE="); ok && words[0] == "env" {
					page = named
				}
			}
		}
	})
	return run
}

// commandsOfStories are the first arguments that a command is given in the stories.
func commandsOfStories(t *testing.T, command string) map[string]bool {
	t.Helper()
	given := map[string]bool{}
	forEachStory(t, func(commands [][]string) {
		for _, words := range commands {
			if words[0] == command {
				given[words[1]] = true
			}
		}
	})
	return given
}

// forEachStory reads the commands of every story that have arguments.
func forEachStory(t *testing.T, read func(commands [][]string)) {
	t.Helper()
	stories, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, story := range stories {
		archive, err := txtar.ParseFile(story)
		if err != nil {
			t.Fatal(err)
		}
		var commands [][]string
		for line := range strings.Lines(string(archive.Comment)) {
			if words := strings.Fields(line); len(words) > 1 {
				commands = append(commands, words)
			}
		}
		read(commands)
	}
}
