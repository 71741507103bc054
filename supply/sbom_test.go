package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdxlib"
)

// linksPage allows what testdata/links is made of.
const linksPage = `
| licence | what it asks for |
| --- | --- |
| BSD-3-Clause | its text |

| module | licence | linked into | why it is here |
| --- | --- | --- | --- |
| golang.org/x/mod | BSD-3-Clause | esfn | because |
`

// linksBinary builds testdata/links.
func linksBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "links")
	if output, err := exec.Command("go", "build", "-o", binary, "./testdata/links").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return binary
}

// sbomText is the document of a binary, as it is written.
func sbomText(t *testing.T, binary, pageText string) []byte {
	t.Helper()
	allowed, err := parsePage(pageText)
	if err != nil {
		t.Fatal(err)
	}
	document, err := sbomOf(binary, allowed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := encodeSBOM(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnSBOMSaysWhatTheBinaryIsMadeOf(t *testing.T) {
	binary := linksBinary(t)
	text := sbomText(t, binary, linksPage)
	for _, problem := range sbomProblems(text, binary) {
		t.Error(problem)
	}
	if again := sbomText(t, binary, linksPage); !bytes.Equal(text, again) {
		t.Error("the same binary has two documents")
	}
	for _, want := range []string{`"name": "golang.org/x/mod"`, `"pkg:golang/golang.org/x/mod@v0.`, `"go.sum h1:`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestAnSBOMOfAModuleWithoutARowIsAnError(t *testing.T) {
	allowed, err := parsePage(strings.Replace(linksPage, "golang.org/x/mod", "golang.org/x/text", 1))
	if err != nil {
		t.Fatal(err)
	}
	if document, err := sbomOf(linksBinary(t), allowed); err == nil || !strings.Contains(err.Error(), "golang.org/x/mod, which has no row") {
		t.Errorf("got %v, %v", document, err)
	}
}

// TestSBOMProblems shows that what holds SBOMs to the standard and to the binary can fail.
func TestSBOMProblems(t *testing.T) {
	binary := linksBinary(t)
	good := string(sbomText(t, binary, linksPage))
	for name, change := range map[string][2]string{
		"no JSON":              {`"spdxVersion"`, `spdxVersion`},
		"another version":      {`SPDX-2.3`, `SPDX-2.9`},
		"no time":              {`"created": "`, `"created": "about `},
		"no namespace":         {`"documentNamespace": "https://`, `"documentNamespace": "`},
		"an ID with a slash":   {`"SPDXID": "SPDXRef-go-stdlib"`, `"SPDXID": "SPDXRef-go/stdlib"`},
		"a package less":       {`"name": "golang.org/x/mod"`, `"name": "golang.org/x/text"`},
		"another version of a": {`"versionInfo": "v0.`, `"versionInfo": "v9.`},
		"no licence":           {`"licenseDeclared": "BSD-3-Clause"`, `"licenseDeclared": ""`},
		"another binary":       {`"checksumValue": "`, `"checksumValue": "0`},
		"describes nothing":    {`"DESCRIBES"`, `"CONTAINS"`},
		"related to no one":    {`"relatedSpdxElement": "SPDXRef-go-stdlib"`, `"relatedSpdxElement": "SPDXRef-go-missing"`},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good {
			t.Fatalf("%s: the document has no %s", name, change[0])
		}
		if len(sbomProblems([]byte(text), binary)) == 0 {
			t.Errorf("%s: no problem is seen", name)
		}
	}
}

// mandatory are fields that SPDX 2.3 asks for, with the form of each.
var (
	mandatoryInDocument = map[string]string{"spdxVersion": `SPDX-2\.3`, "dataLicense": `CC0-1\.0`, "SPDXID": `SPDXRef-DOCUMENT`, "name": `.+`, "documentNamespace": `https://[^#\s]+`}
	mandatoryInPackage  = map[string]string{"name": `.+`, "SPDXID": `SPDXRef-[A-Za-z0-9.-]+`, "downloadLocation": `.+`, "licenseDeclared": `[A-Za-z0-9.-]+( AND [A-Za-z0-9.-]+)*`}
	createdForm         = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
)

// sbomProblems reads a document with SPDX's own library, checks what the standard asks
// for, and compares the document with the binary.
func sbomProblems(text []byte, binary string) []string {
	document, err := spdxjson.Read(bytes.NewReader(text))
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	if err := spdxlib.ValidateDocument(document); err != nil {
		problems = append(problems, err.Error())
	}
	described, err := spdxlib.GetDescribedPackageIDs(document)
	if err != nil || len(described) != 1 {
		problems = append(problems, fmt.Sprintf("it describes %v: %v", described, err))
	}
	var raw struct {
		CreationInfo struct{ Created string }
		Packages     []map[string]any
	}
	fields := map[string]any{}
	if err := errors.Join(json.Unmarshal(text, &raw), json.Unmarshal(text, &fields)); err != nil {
		return append(problems, err.Error())
	}
	if !createdForm.MatchString(raw.CreationInfo.Created) {
		problems = append(problems, "created "+raw.CreationInfo.Created)
	}
	problems = append(problems, formProblems("the document", fields, mandatoryInDocument)...)
	for _, p := range raw.Packages {
		problems = append(problems, formProblems(fmt.Sprint("package ", p["name"]), p, mandatoryInPackage)...)
	}
	return append(problems, comparedWithBinary(raw.Packages, binary)...)
}

func formProblems(of string, fields map[string]any, forms map[string]string) []string {
	var problems []string
	for name, form := range forms {
		if value, _ := fields[name].(string); !regexp.MustCompile(`^(` + form + `)$`).MatchString(value) {
			problems = append(problems, fmt.Sprintf("%s: %s is %q", of, name, value))
		}
	}
	return problems
}

// comparedWithBinary compares packages with the build info of the binary, and the
// checksum with its bytes.
func comparedWithBinary(packages []map[string]any, binary string) []string {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return []string{err.Error()}
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return []string{err.Error()}
	}
	want := []string{info.Main.Path + " " + versionOf(info), "stdlib " + strings.TrimPrefix(info.GoVersion, "go")}
	for _, dep := range info.Deps {
		want = append(want, dep.Path+" "+dep.Version)
	}
	var got, problems []string
	for _, p := range packages {
		got = append(got, fmt.Sprint(p["name"], " ", p["versionInfo"]))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		problems = append(problems, fmt.Sprintf("it has %q, the binary %q", got, want))
	}
	if len(packages) > 0 {
		if sum := fmt.Sprintf("map[algorithm:SHA256 checksumValue:%x]", sha256.Sum256(content)); fmt.Sprint(packages[0]["checksums"]) != "["+sum+"]" {
			problems = append(problems, "the checksum is not the binary's")
		}
	}
	return problems
}
