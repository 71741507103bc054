package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	spdxjson "github.com/spdx/tools-golang/json"
)

// TestImagesSayWhatTheyAreMadeOf reads the SBOMs and licences out of the images that
// ESFN_TEST_IMAGE and ESFN_TEST_ARGOCD_IMAGE name, and their labels, and compares them
// with the binaries in the same image.
func TestImagesSayWhatTheyAreMadeOf(t *testing.T) {
	for variable, programs := range map[string][]string{"ESFN_TEST_IMAGE": {"esfn"}, "ESFN_TEST_ARGOCD_IMAGE": {"esfn", "kustomize"}} {
		t.Run(variable, func(t *testing.T) {
			image := os.Getenv(variable)
			if image == "" {
				t.Skip("it names no image: make test sets it where there is a Docker engine")
			}
			folder := filesOfImage(t, image, "/usr")
			var licences []string
			for _, program := range programs {
				binary := filepath.Join(folder, "usr/local/bin", program)
				documents := filepath.Join(folder, "usr/share/doc", program)
				text, err := os.ReadFile(filepath.Join(documents, program+".spdx.json"))
				if err != nil {
					t.Fatal(err)
				}
				for _, problem := range sbomProblems(text, binary) {
					t.Errorf("%s: %s", program, problem)
				}
				licences = licencesIn(t, text, licences)
				compareLicences(t, filepath.Join(documents, "licences.txt"), binary)
			}
			compareLabels(t, image, filepath.Join(folder, "usr/local/bin/esfn"), strings.Join(licences, " AND "))
		})
	}
}

// filesOfImage copies a folder out of an image, which has no shell to do it, by a
// container that is never started.
func filesOfImage(t *testing.T, image, from string) string {
	t.Helper()
	folder := t.TempDir()
	container := strings.TrimSpace(docker(t, "create", image, "no command"))
	defer docker(t, "rm", container)
	docker(t, "cp", container+":"+from, folder)
	return folder
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.Command("docker", args...).Output()
	if err != nil {
		t.Fatalf("docker %v: %v", args, withStderr(err))
	}
	return string(output)
}

// compareLicences looks for every module of a binary in a file of licences.
func compareLicences(t *testing.T, file, binary string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range info.Deps {
		if !strings.Contains(string(text), "\n"+dep.Path+" "+dep.Version+": ") {
			t.Errorf("%s has no licence of %s %s", file, dep.Path, dep.Version)
		}
	}
}

// compareLabels holds the labels of an image to what the binary in it says and to the
// licences of all that is in it.
func compareLabels(t *testing.T, image, binary, licences string) {
	t.Helper()
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if err := json.Unmarshal([]byte(docker(t, "image", "inspect", "-f", "{{json .Config.Labels}}", image)), &got); err != nil {
		t.Fatal(err)
	}
	want := labelsOf(info)
	for _, name := range []string{labelVersion, labelRevision, labelCreated} {
		if got[name] != want[name] {
			t.Errorf("the label %s is %q, the binary says %q", name, got[name], want[name])
		}
	}
	for name, want := range map[string]string{"title": "esfn", "source": "https://github.com/esfn/esfn"} {
		if value := got["org.opencontainers.image."+name]; !strings.Contains(value, want) {
			t.Errorf("the label %s is %q", name, value)
		}
	}
	if got["org.opencontainers.image.description"] == "" {
		t.Error("no label description")
	}
	if got["org.opencontainers.image.licenses"] != licences {
		t.Errorf("the label licenses is %q, the SBOMs have %q", got["org.opencontainers.image.licenses"], licences)
	}
}

// licencesIn adds the licences of an SBOM to those of others.
func licencesIn(t *testing.T, text []byte, all []string) []string {
	t.Helper()
	document, err := spdxjson.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range document.Packages {
		all = append(all, strings.Split(p.PackageLicenseDeclared, " AND ")...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
