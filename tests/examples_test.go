package tests

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/yaml"

	"github.com/esfn/esfn/tests/testbed"
)

// examplesServer is the Vault that pages and examples name.
const examplesServer = "https://vault.example.com:8200"

// exampleHeadings are those of each example's README.
var exampleHeadings = []string{"What it shows", "In Vault", "Run it", "What comes out"}

// TestExampleScripts plays the examples that need no cluster.
func TestExampleScripts(t *testing.T) { play(t, "examples") }

// sectionsOf splits a page at its headings of the second level.
func sectionsOf(page string) (headings []string, sections map[string]string) {
	sections = map[string]string{}
	for _, section := range regexp.MustCompile(`(?m)^## `).Split(page, -1)[1:] {
		heading, text, _ := strings.Cut(section, "\n")
		headings = append(headings, heading)
		sections[heading] = text
	}
	return headings, sections
}

// shellBlock is a block of commands.
var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// commandsOf are the commands of a section: the text of its one block.
func commandsOf(readme, section string) (string, error) {
	_, sections := sectionsOf(readme)
	blocks := shellBlock.FindAllStringSubmatch(sections[section], -1)
	if len(blocks) != 1 {
		return "", fmt.Errorf("%d blocks of sh below ## %s, which should be one", len(blocks), section)
	}
	return blocks[0][1], nil
}

// cmdReadme prepares an example: a copy of its folder at examples/NAME, a Vault as
// the commands below "In Vault" set it up, and those below "Run it", word for word,
// in the file run.sh. The server that they name becomes $VAULT, and further texts
// of theirs become those that are given.
//
//	readme NAME [OLD=NEW]…
func cmdReadme(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 0, "readme NAME [OLD=NEW]…")
	changes := append(args[1:], examplesServer+"="+ts.Getenv("VAULT"))
	from := filepath.Join(ts.Getenv("EXAMPLES"), args[0])
	ts.Check(fs.WalkDir(os.DirFS(from), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(from, path))
		if err != nil {
			return err
		}
		to := ts.MkAbs(filepath.Join("examples", args[0], path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, []byte(changed(string(text), changes)), 0o644)
	}))
	original, err := os.ReadFile(filepath.Join(from, "README.md"))
	ts.Check(err)
	for _, change := range args[1:] {
		if before, _, _ := strings.Cut(change, "="); !strings.Contains(string(original), before) {
			ts.Fatalf("the README of %s does not say %q", args[0], before)
		}
	}
	readme := changed(string(original), changes)
	setUp, err := commandsOf(readme, "In Vault")
	ts.Check(err)
	ts.Check(setUpVault(storyOf(ts), setUp))
	run, err := commandsOf(readme, "Run it")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("run.sh"), []byte(run), 0o644))
}

func changed(text string, changes []string) string {
	for _, change := range changes {
		before, after, _ := strings.Cut(change, "=")
		text = strings.ReplaceAll(text, before, after)
	}
	return text
}

// secretPut is a command that writes a secret.
var secretPut = regexp.MustCompile(`(?m)^vault kv put (\S+) (.*)$`)

// setUpVault runs commands with the right to do everything, and remembers the
// secrets that they write.
func setUpVault(s *story, commands string) error {
	for _, put := range secretPut.FindAllStringSubmatch(commands, -1) {
		fields, err := vaultFields(strings.Fields(put[2]))
		if err != nil {
			return err
		}
		text, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		s.leaks.RememberFields("the secret "+put[1], string(text))
	}
	shell := exec.Command("sh", "-e")
	shell.Stdin = strings.NewReader(commands)
	shell.Env = append(os.Environ(), "PATH="+programs.folder+":"+os.Getenv("PATH"), "VAULT_ADDR="+s.vault.Address, "VAULT_TOKEN="+testbed.RootToken)
	if out, err := shell.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// TestEveryExampleIsWhole: each folder has a README of the same headings, with
// commands, and what comes out; a story runs it.
func TestEveryExampleIsWhole(t *testing.T) {
	folders, err := filepath.Glob("../examples/*")
	if err != nil || len(folders) < 7 {
		t.Fatalf("%d examples, %v", len(folders), err)
	}
	run := commandsOfStories(t, "readme")
	for _, folder := range folders {
		name := filepath.Base(folder)
		readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if headings, _ := sectionsOf(string(readme)); !slices.Equal(headings, exampleHeadings) {
			t.Errorf("%s: README.md has the headings %q", name, headings)
		}
		for _, section := range []string{"In Vault", "Run it"} {
			if _, err := commandsOf(string(readme), section); err != nil {
				t.Errorf("%s: README.md: %v", name, err)
			}
		}
		if expected, err := os.ReadFile(filepath.Join(folder, "expected.yaml")); err != nil || len(expected) == 0 {
			t.Errorf("%s: expected.yaml: %d bytes, %v", name, len(expected), err)
		}
		if !run[name] {
			t.Errorf("no story has the command: readme %s", name)
		}
	}
}

// TestTheJobIsThatOfTheREADME: gitlab-ci.yml, which nothing here can run, has the
// commands of the README, which a story runs, and applies what comes out.
func TestTheJobIsThatOfTheREADME(t *testing.T) {
	text, err := os.ReadFile("../examples/ci/gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var jobs struct{ Render struct{ Script []string } }
	if err := yaml.Unmarshal(text, &jobs); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../examples/ci/README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands, err := commandsOf(string(readme), "Run it")
	if err != nil {
		t.Fatal(err)
	}
	job := strings.Replace(strings.Join(jobs.Render.Script, "\n")+"\n", " | kubectl apply -f -\n", "\n", 1)
	if job != commands {
		t.Errorf("the job:\n%s\nthe README:\n%s", job, commands)
	}
}
