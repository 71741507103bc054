package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// page is where the table is kept, and marker ends what is written anew each time:
// what is below it is written by hand, and stays.
const (
	page   = "docs/benchmarks.md"
	marker = "<!-- What is above this line is written by make bench, what is below it by hand. -->"
)

// document is the page but for what is written by hand.
func document(machine, table string, rows []row, floor int64) string {
	return fmt.Sprintf(`# Benchmarks

What esfn takes, beside what else does the same work, in one run on one machine. Only
the ratios mean something elsewhere.

%[1]s
%[2]s
Numbers are medians, with the least and the most in parentheses. Wall, CPU (user and
system) and peak resident memory (MB of 1,000,000 bytes) are those of one process, from
its start to its end. All run in turn, round after round, each when the rest of the
machine is idle, as far as waiting helps. Nothing is left out of the
medians. A peak below %.1[3]f MB cannot be seen.

## How it is measured

`+"`make bench`"+` builds everything with CGO_ENABLED=0, -trimpath and -ldflags '-s -w', and
starts a real Vault on the same machine, with an in-memory store. Between it and what is
measured stands a proxy that counts requests and connections, and makes each request
take 0, 5 or 25 ms longer. Everything is plain HTTP, by a token with a policy, never the
root token. A run counts only if the command succeeds and all values are in its output;
in row 8 the table says what came out. What is measured, Vault and the proxy share the
machine's cores: CPU time that a command takes while it reads is time that Vault lacks.

- The bare reader (tests/bench/reader) is what net/http can do: it sends the same
  requests over 16 connections and drops the answers. It is given a token, while esfn
  logs in, and revokes its token, too.
- The no-op function (tests/bench/noop) is kyaml's own framework with a function that
  does nothing.
- argocd-vault-plugin v1.18.1 has a file for each Secret, with a placeholder for each
  value; or with the path as an annotation, and a placeholder for each value. vals
  v0.46.1, with Vault as its only provider, has a reference for each value: eval reads
  YAML, in one document, since with a document for each Secret it asks twice as often;
  flatten, its fastest, takes any text. Both are given a token, which spares them a login.
- In rows 4 and 5 esfn has a token as well, by VAULT_TOKEN_FILE. Row 4 is beside two
  things that nobody can do without, added up: the no-op function from start to end,
  and what a reader that runs already takes for one read, with its connection. esfn does
  both in one process.
- The other resources of row 5 are ConfigMaps, Deployments, Services and ServiceAccounts
  as kustomize gives them to a function: 850 bytes each, with 11 annotations.
- Row 8 shows what becomes of a run: the exit status of each, the Secrets that came out,
  how many answers were faulty, and how many requests were under way at once, at most,
  of those that came after the first of these. A connection that was cut is made anew:
  conn. counts both, of which no more than the limit are open at a time.

The commands:

%[4]s
`, machine, table, megabytes(floor), commandsOf(rows))
}

// commandsOf lists the commands of the rows, each once.
func commandsOf(rows []row) string {
	var lines []string
	for _, r := range rows {
		for _, l := range r.lines {
			line := "    " + l.command.String()
			if len(l.command.args) > 0 && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// keep writes the page anew, with what an earlier one has below the marker.
func keep(file, text string) error {
	byHand := "\n## Where a target is missed\n"
	if before, err := os.ReadFile(file); err == nil {
		if _, below, ok := strings.Cut(string(before), marker+"\n"); ok {
			byHand = below
		}
	}
	return os.WriteFile(file, []byte(text+"\n"+marker+"\n"+byHand), 0o644)
}
