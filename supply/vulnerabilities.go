package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
	"golang.org/x/vuln/scan"
)

// databaseModule has the reports of the vulnerability database, in data/osv. It comes
// through the module proxy, where the database's own address may be out of reach.
const databaseModule = "golang.org/x/vulndb"

// vulnerability is one that govulncheck found.
type vulnerability struct {
	id, summary string
	// module that it is in; "stdlib" is Go itself.
	module, fixed string
	// linked is whether a function that it is in is in the binary.
	linked bool
}

// message is one of govulncheck's, of the kinds that are of interest.
type message struct {
	OSV *struct {
		ID      string
		Summary string
	}
	Finding *struct {
		OSV          string
		FixedVersion string `json:"fixed_version"`
		Trace        []struct{ Module, Function string }
	}
}

// vulnerabilitiesOf has govulncheck look for what is vulnerable among the functions in
// a binary, which has to have its symbols. The linker has left out what no call leads to,
// so this is about just what is handed out, for the system that it is built for.
func vulnerabilitiesOf(ctx context.Context, binary, database string) ([]vulnerability, error) {
	var output, complaints bytes.Buffer
	command := scan.Command(ctx, "-mode", "binary", "-format", "json", "-db", database, binary)
	command.Stdout, command.Stderr = &output, &complaints
	if err := command.Start(); err != nil {
		return nil, err
	}
	if err := command.Wait(); err != nil {
		return nil, fmt.Errorf("govulncheck of %s: %w\n%s", binary, err, &complaints)
	}
	return readFindings(&output)
}

// readFindings makes one of all findings of a vulnerability.
func readFindings(output io.Reader) ([]vulnerability, error) {
	var found []vulnerability
	summaries := map[string]string{}
	decoder := json.NewDecoder(output)
	for {
		var m message
		if err := decoder.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("what govulncheck says: %w", err)
		}
		if m.OSV != nil {
			summaries[m.OSV.ID] = m.OSV.Summary
		}
		if m.Finding == nil || len(m.Finding.Trace) == 0 {
			continue
		}
		v := vulnerability{id: m.Finding.OSV, module: m.Finding.Trace[0].Module, fixed: m.Finding.FixedVersion}
		i := slices.IndexFunc(found, func(f vulnerability) bool { return f.id == v.id && f.module == v.module })
		if i < 0 {
			i, found = len(found), append(found, v)
		}
		found[i].linked = found[i].linked || m.Finding.Trace[0].Function != ""
	}
	for i := range found {
		found[i].summary = summaries[found[i].id]
	}
	return found, nil
}

// judged are vulnerabilities by what follows from them, each a line; of those of Go
// itself there is the ID.
type judged struct {
	// problems have to be fixed or explained.
	problems []string
	// ofGo are in Go itself, and fixed in a newer one, which is newestGo at least.
	ofGo     []string
	newestGo string
	// others are explained, or in what is not linked.
	others []string
}

// judge tells vulnerabilities apart. Those of Go itself are not esfn's to fix where
// there is a newer Go: it is said which, and a release has to be built with it.
func judge(found []vulnerability, explained map[string]string, release bool) judged {
	var j judged
	for _, v := range found {
		why, known := explained[v.id]
		line := fmt.Sprintf("%s in %s: %s", v.id, v.module, v.summary)
		switch ofGo := v.module == "stdlib" && v.fixed != ""; {
		case !v.linked:
			j.others = append(j.others, line+" (not in the binary)")
		case known:
			j.others = append(j.others, line+" (explained: "+why+")")
		case ofGo && !release:
			j.ofGo = append(j.ofGo, v.id)
			if semver.Compare(v.fixed, j.newestGo) > 0 {
				j.newestGo = v.fixed
			}
		case ofGo:
			j.problems = append(j.problems, line+"; build releases with Go "+strings.TrimPrefix(v.fixed, "v")+" or a newer one")
		case v.fixed != "":
			j.problems = append(j.problems, line+"; it is fixed in "+v.fixed)
		default:
			j.problems = append(j.problems, line+"; there is no fix: do without it, or explain it in docs/modules.md")
		}
	}
	return j
}

// unfoundProblems are the explanations that explain nothing that was found.
func unfoundProblems(found []vulnerability, explained map[string]string) []string {
	var problems []string
	for id := range explained {
		isIt := func(v vulnerability) bool { return v.id == id && v.linked }
		if !slices.ContainsFunc(found, isIt) {
			problems = append(problems, fmt.Sprintf("docs/modules.md explains %s, which is in no binary any more: take the row out", id))
		}
	}
	slices.Sort(problems)
	return problems
}

// databaseAt is the address of the vulnerability database: an address, a folder, or a
// version of databaseModule, which is taken from the module proxy.
func databaseAt(ctx context.Context, database string) (string, error) {
	if strings.Contains(database, "://") {
		return database, nil
	}
	if info, err := os.Stat(database); err == nil && info.IsDir() {
		folder, err := filepath.Abs(database)
		return "file://" + filepath.ToSlash(folder), err
	}
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", databaseModule+"@"+database)
	output, err := download.Output()
	var module struct{ Dir, Version, Error string }
	if jsonErr := json.Unmarshal(output, &module); jsonErr != nil || module.Error != "" {
		return "", fmt.Errorf("no vulnerability database, so nothing is known of vulnerabilities: %s@%s: %s: %w", databaseModule, database, module.Error, withStderr(err))
	}
	fmt.Println("vulnerability database:", module.Version)
	return "file://" + filepath.ToSlash(module.Dir) + "/data/osv", nil
}
