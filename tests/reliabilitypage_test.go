package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
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
