package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// faultColumns are the columns of the table in docs/reliability.md.
var faultColumns = []string{"fault", "what the user sees", "exit", "requests", "tokens left", "bytes on stdout"}

// faultRows reads the table: the cells of each row, by the first.
func faultRows(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docsFolder, "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, found := map[string][]string{}, false
	for line := range strings.Lines(string(text)) {
		line, isRow := strings.CutPrefix(strings.TrimSpace(line), "| ")
		if !isRow {
			found = false
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, " |"), " | ")
		switch {
		case slices.Equal(cells, faultColumns):
			found = true
		case found && !strings.HasPrefix(line, "---"):
			if len(cells) != len(faultColumns) {
				t.Fatalf("%d cells in the row:\n%s", len(cells), line)
			}
			if rows[cells[0]] != nil {
				t.Errorf("two rows of %q", cells[0])
			}
			rows[cells[0]] = cells
		}
	}
	return rows
}

// row is what the page should say of an outcome. Of a number of requests that depends
// on the clock the page says between what it is; then the cell is the page's.
func (o outcome) row(name, said, whole string, written []string) []string {
	bytes := strconv.Itoa(len(o.stdout))
	if o.stdout == whole {
		bytes = "all"
	}
	var requests []string
	for _, kind := range []struct{ plural, one, many string }{{"logins", "login", "logins"}, {"lists", "list", "lists"}, {"reads", "read", "reads"}, {"revokes", "revocation", "revocations"}} {
		switch n := o.requests[kind.plural]; n {
		case 0:
		case 1:
			requests = append(requests, "1 "+kind.one)
		default:
			requests = append(requests, fmt.Sprint(n, " ", kind.many))
		}
	}
	cell := strings.Join(requests, ", ")
	if cell == "" {
		cell = fmt.Sprintf("none; connections: %d", o.connections)
	}
	if written != nil && within(cell, written[3]) {
		cell = written[3]
	}
	return []string{name, said, strconv.Itoa(o.exit), cell, strconv.Itoa(o.tokens), bytes}
}

// inCell is a text of lines as it stands in a cell.
func inCell(text string) string {
	if text == "" {
		return "nothing"
	}
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "|", `\|`)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = "`" + strings.TrimSpace(line) + "`"
	}
	return strings.Join(lines, "<br>")
}

var betweenTwo = regexp.MustCompile(`(\d+) to (\d+) `)

// within tells whether numbers are between those that a cell says, as in 3 to 5 reads.
func within(cell, written string) bool {
	pattern := regexp.QuoteMeta(written)
	for _, bounds := range betweenTwo.FindAllStringSubmatch(written, -1) {
		least, _ := strconv.Atoi(bounds[1])
		most, _ := strconv.Atoi(bounds[2])
		var any []string
		for n := least; n <= most; n++ {
			any = append(any, strconv.Itoa(n))
		}
		pattern = strings.Replace(pattern, bounds[0], "("+strings.Join(any, "|")+") ", 1)
	}
	return regexp.MustCompile("^" + pattern + "$").MatchString(cell)
}

// played is what came of a fault in one of the ways.
type playedFault struct {
	outcome
	said   string
	leaked []string
	err    error
}

// TestReliability brings every fault about, at a real Vault or on the way there, and
// compares what comes of it with the page that promises it.
func TestReliability(t *testing.T) {
	if _, err := certificates.start(); err != nil {
		t.Fatal(err)
	}
	shared, err := testbed.StartVault(programs.vault)
	if err == nil {
		t.Cleanup(shared.Stop)
		err = furnish(shared)
	}
	if err != nil {
		t.Fatal(err)
	}
	faults := slices.Concat(faultsOfVault, faultsBetween, faultsOfConnections)
	played := make([]map[string]playedFault, len(faults))
	folder := t.TempDir()
	var all sync.WaitGroup
	var mu sync.Mutex
	atOnce := make(chan struct{}, 16) // most of them wait
	for i, fault := range faults {
		played[i] = map[string]playedFault{}
		for _, way := range fault.ways() {
			all.Go(func() {
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				one := fault.play(shared, folder, way)
				mu.Lock()
				defer mu.Unlock()
				played[i][way] = one
			})
		}
	}
	all.Wait()
	rows := faultRows(t)
	for i, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			written := rows[fault.name]
			delete(rows, fault.name)
			for _, way := range fault.ways() {
				one := played[i][way]
				if one.err != nil {
					t.Errorf("%s: %v", way, one.err)
					continue
				}
				if len(one.leaked) > 0 {
					t.Errorf("%s: shown: %s", way, strings.Join(one.leaked, "; "))
				}
				if way == listWay {
					one.stdout = ofResourceList(one.outcome, played[0][way].stdout, played[0][pipeWay].stdout)
				}
				row := one.row(fault.name, inCell(one.said), played[0][pipeWay].stdout, written)
				if !slices.Equal(row, written) {
					t.Errorf("%s: the row should be\n| %s |\nand is\n| %s |", way, strings.Join(row, " | "), strings.Join(written, " | "))
				}
			}
		})
	}
	for name := range rows {
		t.Errorf("docs/reliability.md has a row %q, and no test brings that about", name)
	}
}

// ways are those that a fault is played in: one that needs a Vault of its own in the
// first alone, which is enough.
func (f fault) ways() []string {
	if f.alone {
		return ways[:1]
	}
	return ways
}

// ofResourceList is what would be on the stdout of a pipe: of a ResourceList the items
// come back, as they were or with all Secrets.
func ofResourceList(o outcome, whole, wholeOfPipe string) string {
	if o.stdout == whole {
		return wholeOfPipe
	}
	if o.exit != 0 && !strings.Contains(o.stdout, "kind: Secret\n  metadata:\n    name: app") {
		return ""
	}
	return o.stdout
}

// play is a trial with the fault.
func (f fault) play(shared *testbed.Vault, folder, way string) (p playedFault) {
	t, err := newTrial(f, shared)
	if t != nil {
		defer t.end()
	}
	if err != nil {
		return playedFault{err: err}
	}
	f.bring(t)
	if t.err != nil {
		return playedFault{err: t.err}
	}
	p.outcome, p.err = t.run(folder, way)
	p.said, p.leaked = t.said(p.stderr, f.anyRead), t.leaked(p.outcome)
	return p
}
