package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

var (
	// licenceName is what a file with a licence is called, in any case.
	licenceName = regexp.MustCompile(`(?i)^([a-z0-9]+[-_])?(un)?(licen[sc]e|copying)([-._].*)?$`)
	// noticeName is what has to be handed on with it, but is no licence.
	noticeName = regexp.MustCompile(`(?i)^(notice|patents)([-._].*)?$`)
)

// knownLicences takes seconds to load, and is loaded once.
var knownLicences = sync.OnceValues(assets.DefaultClassifier)

// licenceFiles are those of a module: at its root, and in every folder from there down
// to a linked package, where code of somebody else's may be.
func (m linkedModule) licenceFiles(name *regexp.Regexp) ([]string, error) {
	folders := map[string]bool{m.dir: true}
	for _, folder := range m.packages {
		for ; folder != m.dir && strings.HasPrefix(folder, m.dir); folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	var files []string
	for folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.Type().IsRegular() && name.MatchString(entry.Name()) && filepath.Ext(entry.Name()) != ".go" {
				files = append(files, filepath.Join(folder, entry.Name()))
			}
		}
	}
	slices.Sort(files)
	return files, nil
}

// licencesOf are the SPDX identifiers of the licences of a module, joined by AND. A
// module without a licence file, and a file that is no known licence, are errors.
func licencesOf(known *classifier.Classifier, m linkedModule) (string, error) {
	files, err := m.licenceFiles(licenceName)
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", fmt.Errorf("%s has no file with a licence", m.path)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		before := len(found)
		for _, match := range known.Match(text).Matches {
			if match.MatchType == "License" {
				found = append(found, match.Name)
			}
		}
		if len(found) == before {
			return "", fmt.Errorf("%s: %s is no licence that is known", m.path, strings.TrimPrefix(file, m.dir+string(filepath.Separator)))
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " AND "), nil
}

// licenceProblems compares the licences of modules with what the page says of them,
// and with the licences that it allows.
func licenceProblems(linked []linkedModule, allowed page) ([]string, error) {
	known, err := knownLicences()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, m := range linked {
		licences, err := licencesOf(known, m)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		for licence := range strings.SplitSeq(licences, " AND ") {
			if !slices.Contains(allowed.licences, licence) {
				problems = append(problems, fmt.Sprintf("%s is under %s, which docs/modules.md does not allow", m.path, licence))
			}
		}
		if row := allowed.row(m.path); row != nil && row.licence != licences {
			problems = append(problems, fmt.Sprintf("%s is under %s; docs/modules.md says %s", m.path, licences, row.licence))
		}
	}
	return problems, nil
}
