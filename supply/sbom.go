package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdx/v2/common"
)

// noAssertion is SPDX's word for what is not said.
const noAssertion = "NOASSERTION"

// writeSBOM writes what a binary is made of, as the binary itself says, to a file.
func writeSBOM(binary, file string) error {
	allowed, err := readPage()
	if err != nil {
		return err
	}
	document, err := sbomOf(binary, allowed)
	if err != nil {
		return err
	}
	text, err := encodeSBOM(document)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

func encodeSBOM(document *spdx.Document) ([]byte, error) {
	var text bytes.Buffer
	err := spdxjson.Write(document, &text, spdxjson.Indent("  "), spdxjson.EscapeHTML(false))
	return text.Bytes(), err
}

// sbomOf is made from nothing but the binary and docs/modules.md, which the audit
// holds to the texts of licences, so that the same binary has the same document.
func sbomOf(binary string, allowed page) (*spdx.Document, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	name, sum := path.Base(info.Path), fmt.Sprintf("%x", sha256.Sum256(content))
	document := &spdx.Document{
		SPDXVersion:       spdx.Version,
		DataLicense:       spdx.DataLicense,
		SPDXIdentifier:    "DOCUMENT",
		DocumentName:      name,
		DocumentNamespace: "https://github.com/esfn/esfn/spdx/" + name + "-" + sum,
		CreationInfo: &spdx.CreationInfo{
			Created:  setting(info, "vcs.time", "1970-01-01T00:00:00Z"),
			Creators: []common.Creator{{CreatorType: "Tool", Creator: "esfn-supply"}, {CreatorType: "Organization", Creator: "esfn"}},
		},
	}
	main := packageOf(info.Main.Path, versionOf(info), "Apache-2.0")
	main.PrimaryPackagePurpose = "APPLICATION"
	main.PackageFileName = filepath.Base(binary)
	main.PackageChecksums = []common.Checksum{{Algorithm: common.SHA256, Value: sum}}
	goItself := packageOf("stdlib", strings.TrimPrefix(info.GoVersion, "go"), "BSD-3-Clause")
	document.Packages = []*spdx.Package{main, goItself}
	for _, dep := range info.Deps {
		row := allowed.row(dep.Path)
		if row == nil {
			return nil, fmt.Errorf("%s links %s, which has no row in docs/modules.md", binary, dep.Path)
		}
		if dep.Replace != nil {
			return nil, fmt.Errorf("%s links %s in place of %s", binary, dep.Replace.Path, dep.Path)
		}
		module := packageOf(dep.Path, dep.Version, row.licence)
		module.PackageComment = "go.sum " + dep.Sum
		document.Packages = append(document.Packages, module)
	}
	document.Relationships = relationships(document.Packages)
	return document, nil
}

// relationships say that the document is about the first package, which is made of
// all the others.
func relationships(packages []*spdx.Package) []*spdx.Relationship {
	related := func(a common.ElementID, kind string, b common.ElementID) *spdx.Relationship {
		return &spdx.Relationship{RefA: common.MakeDocElementID("", string(a)), RefB: common.MakeDocElementID("", string(b)), Relationship: kind}
	}
	main := packages[0].PackageSPDXIdentifier
	all := []*spdx.Relationship{related("DOCUMENT", common.TypeRelationshipDescribe, main)}
	for _, p := range packages[1:] {
		all = append(all, related(main, common.TypeRelationshipDependsOn, p.PackageSPDXIdentifier))
	}
	return all
}

// notInID is what an SPDX identifier has no place for.
var notInID = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

func packageOf(module, version, licence string) *spdx.Package {
	purl := "pkg:golang/" + strings.ToLower(module)
	if version != develVersion {
		purl += "@" + strings.ReplaceAll(version, "+", "%2B")
	}
	return &spdx.Package{
		PackageName:             module,
		PackageSPDXIdentifier:   common.ElementID("go-" + notInID.ReplaceAllString(module, "-")),
		PackageVersion:          version,
		PackageSupplier:         &common.Supplier{Supplier: noAssertion},
		PackageDownloadLocation: noAssertion,
		PackageLicenseConcluded: licence,
		PackageLicenseDeclared:  licence,
		PackageCopyrightText:    noAssertion,
		PrimaryPackagePurpose:   "LIBRARY",
		PackageExternalReferences: []*spdx.PackageExternalReference{
			{Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: purl},
		},
	}
}

// setting is one of a build, or what to say where it was not set.
func setting(info *debug.BuildInfo, key, otherwise string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return otherwise
}

// develVersion is Go's word for a build from files that no commit is known for.
const develVersion = "(devel)"

// versionOf is the version of the main module.
func versionOf(info *debug.BuildInfo) string {
	return cmp.Or(info.Main.Version, develVersion)
}
