package main

import (
	"fmt"
	"time"

	"github.com/esfn/esfn/tests/bench/workload"
)

// Rows 4 to 6: what the process costs, beside a function that does nothing.

// startToEnd is row 4: all of a run that does the least that a run can do. Its token
// is in a file that the environment names, so that neither side logs in. What it is
// measured against is a function that does nothing, and then one read by a process
// that runs already: the two things that nobody can do without, in one process.
func (b *bench) startToEnd() row {
	const repeats = 30
	esfn, noop := b.amongOthers("one.yaml", nil)
	read := &line{name: "bare reader: its one read, with the connection", delay: 0, command: b.readerOf("one-read.txt", reads()[:1])}
	read.walls = read.inner
	both := &line{name: "no-op function and one bare read, added up", delay: -1}
	both.walls = func() series { return noop.wall().plus(read.inner()) }
	both.judge = func() []verdict { return []verdict{within("wall", esfn.wall(), both.wall(), 1.5)} }
	return row{number: 4, title: "from the start of the process to the end of one ExternalSecret", lines: []*line{esfn, noop, read, both}, rounds: repeats}.numbered()
}

// otherResources is row 5.
func (b *bench) otherResources() row {
	const others = 10000
	esfn, noop := b.amongOthers("others.yaml", workload.Others(others))
	noop.judge = func() []verdict {
		return []verdict{within("CPU", esfn.cpu(), noop.cpu(), 1.0), within("peak", esfn.peak(), noop.peak(), 1.0)}
	}
	return row{number: 5, title: fmt.Sprintf("one ExternalSecret among %s other resources", thousands(others)), lines: []*line{esfn, noop}}.numbered()
}

// amongOthers is esfn on one ExternalSecret in a list with other resources, and the
// no-op function on the same list.
func (b *bench) amongOthers(name string, others []string) (esfn, noop *line) {
	items := append([]string{workload.PlainStore(b.proxy.address)}, workload.ExternalSecrets(1, workload.Key)...)
	list := b.file(name, workload.List(append(items, others...)...))
	esfn = &line{name: "**esfn**", delay: 0, command: command{args: []string{b.programs.esfn}, stdin: list,
		environment: []string{"VAULT_ADDR=" + b.proxy.address, "VAULT_TOKEN_FILE=" + b.tokenFile},
		mark:        workload.ValueMarkBase64, times: workload.Fields}}
	esfn.judge = func() []verdict { return []verdict{exactly(esfn, tally{Reads: 1, Connections: 1})} }
	noop = &line{name: "no-op function on the same list", delay: -1, command: command{args: []string{b.programs.noop}, stdin: list}}
	return esfn, noop
}

// memory is row 6.
func (b *bench) memory() row {
	esfn := &line{name: "**esfn**", delay: 5 * time.Millisecond, command: b.esfnOf(workload.Key)}
	noop := &line{name: "no-op function on the same list", delay: -1, command: command{args: []string{b.programs.noop}, stdin: esfn.command.stdin}}
	noop.judge = func() []verdict { return []verdict{within("peak", esfn.peak(), noop.peak(), 1.0)} }
	return row{number: 6, title: "peak memory of row 1", lines: []*line{esfn, noop}}.numbered()
}
