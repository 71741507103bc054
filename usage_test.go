package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryVariableIsDocumented looks for each variable that the program reads in
// the usage and in docs/stores.md, where an example sets it.
func TestEveryVariableIsDocumented(t *testing.T) {
	page, err := os.ReadFile("docs/stores.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, folder := range []string{"*.go", "vaultsrc/*.go"} {
		files, err := filepath.Glob(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, read := range regexp.MustCompile(`getenv\("([A-Z_]+)"\)`).FindAllStringSubmatch(string(source), -1) {
				found[read[1]] = true
			}
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d variables found", len(found))
	}
	// These stand in the usage with the end that they share.
	short := map[string]string{
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "_RELATIVE_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "_TOKEN_FILE",
	}
	for _, ofGo := range []string{"NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOGC", "GOMEMLIMIT"} {
		found[ofGo] = true
	}
	for variable := range found {
		if variable == "HOME" { // what ~/ stands for
			continue
		}
		if !strings.Contains(string(page), "`"+variable+"`") {
			t.Errorf("docs/stores.md does not say what %s does", variable)
		}
		// At an address that is always the same, where nothing listens in the tests.
		inExample := variable != "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
		if inExample && !strings.Contains(string(page), "\nexport "+variable+"=") {
			t.Errorf("docs/stores.md has no example of %s", variable)
		}
		inUsage := variable
		if end, ok := short[variable]; ok {
			inUsage = end
		}
		if !regexp.MustCompile(`\b` + inUsage + `\b`).MatchString(usage) {
			t.Errorf("esfn --help does not say what %s does", variable)
		}
	}
}
