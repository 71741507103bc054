package main

import (
	"fmt"
	"slices"
)

// moduleProblems compares the modules linked into a program with the rows of the
// page, both ways.
func moduleProblems(program string, linked []linkedModule, allowed page) []string {
	var problems []string
	for _, m := range linked {
		switch row := allowed.row(m.path); {
		case row == nil:
			problems = append(problems, fmt.Sprintf("%s links %s, which has no row in docs/modules.md: say there why it is needed, or do without it", program, m.path))
		case !slices.Contains(row.programs, program):
			problems = append(problems, fmt.Sprintf("%s links %s, which docs/modules.md allows for %v only", program, m.path, row.programs))
		}
	}
	for _, row := range allowed.modules {
		isIt := func(m linkedModule) bool { return m.path == row.path }
		if slices.Contains(row.programs, program) && !slices.ContainsFunc(linked, isIt) {
			problems = append(problems, fmt.Sprintf("docs/modules.md allows %s for %s, which does not link it: take the row out", row.path, program))
		}
	}
	return problems
}
