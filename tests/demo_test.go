package tests

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTheDemoShowsTheSecret runs what make demo runs.
func TestTheDemoShowsTheSecret(t *testing.T) {
	cmd := exec.Command("go", "run", "./tests/demo")
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, err := os.ReadFile("../examples/quickstart/expected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "examples/quickstart\n"+string(want)+"\n") {
		t.Errorf("the Secret of expected.yaml is not what it shows:\n%s", out)
	}
}
