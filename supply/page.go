package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// pageFile is the page that people read, and that the audit holds to what is there.
const pageFile = root + "/docs/modules.md"

// page is what docs/modules.md allows and explains, in its three tables.
type page struct {
	// licences that are allowed, by their SPDX identifiers.
	licences []string
	modules  []moduleRow
	// explained has why a vulnerability is no reason to stop, by its ID.
	explained map[string]string
}

// moduleRow allows one module.
type moduleRow struct {
	path, licence string
	// programs that it is linked into.
	programs []string
}

// The first cells of the heads of the tables.
const (
	licenceHead       = "licence"
	moduleHead        = "module"
	vulnerabilityHead = "vulnerability"
)

func readPage() (page, error) {
	text, err := os.ReadFile(pageFile)
	if err != nil {
		return page{}, err
	}
	return parsePage(string(text))
}

// parsePage reads the tables of the page. A table has its head in its first row and
// a rule below; what is no table is for people.
func parsePage(text string) (page, error) {
	p := page{explained: map[string]string{}}
	head := ""
	for number, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			head = ""
			continue
		}
		cells := cellsOf(line)
		if head == "" {
			head = cells[0]
			continue
		}
		if strings.Trim(cells[0], "- ") == "" {
			continue
		}
		if err := p.addRow(head, cells); err != nil {
			return page{}, fmt.Errorf("docs/modules.md:%d: %w", number+1, err)
		}
	}
	if len(p.licences) == 0 || len(p.modules) == 0 {
		return page{}, fmt.Errorf("docs/modules.md has no table with the head %q, or none with %q", licenceHead, moduleHead)
	}
	return p, nil
}

func (p *page) addRow(head string, cells []string) error {
	if slices.Contains(cells, "") {
		return fmt.Errorf("an empty cell: %q", cells)
	}
	switch {
	case head == licenceHead && len(cells) == 2:
		p.licences = append(p.licences, cells[0])
	case head == moduleHead && len(cells) == 4:
		row := moduleRow{cells[0], cells[1], strings.Split(cells[2], ", ")}
		for _, name := range row.programs {
			if _, err := programNamed(name); err != nil {
				return err
			}
		}
		if p.row(row.path) != nil {
			return fmt.Errorf("a second row for %s", row.path)
		}
		p.modules = append(p.modules, row)
	case head == vulnerabilityHead && len(cells) == 2:
		p.explained[cells[0]] = cells[1]
	default:
		return fmt.Errorf("a table of %q has no row of %d cells", head, len(cells))
	}
	return nil
}

// row is that of a module, or nil.
func (p *page) row(path string) *moduleRow {
	for i := range p.modules {
		if p.modules[i].path == path {
			return &p.modules[i]
		}
	}
	return nil
}

func cellsOf(line string) []string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
	for i := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
	}
	return cells
}
