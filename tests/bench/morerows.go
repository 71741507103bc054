package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/esfn/esfn/tests/bench/workload"
)

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

// sizes is row 7.
func (b *bench) sizes() row {
	binary := &line{name: "stripped binary", delay: -1}
	binary.judge = func() []verdict {
		info, err := os.Stat(b.programs.esfn)
		if err != nil {
			return nil
		}
		return []verdict{atMost(info.Size(), 24)}
	}
	r := row{number: 7, title: "size", lines: []*line{binary}}
	size, err := imageSize(b.image)
	if err != nil {
		fmt.Fprintf(b.progress, "row 7: no image: %v\n", err)
		return r.numbered()
	}
	image := &line{name: "image " + b.image, delay: -1}
	image.judge = func() []verdict { return []verdict{atMost(size, 25)} }
	r.lines = append(r.lines, image)
	return r.numbered()
}

func atMost(bytes int64, most float64) verdict {
	size := megabytes(bytes)
	return verdict{measured: fmt.Sprintf("%.1f MB", size), target: fmt.Sprintf("≤ %.0f MB", most), met: size <= most}
}

// imageSize asks the Docker engine, where there is one.
func imageSize(image string) (int64, error) {
	text, err := exec.Command("docker", "image", "inspect", "--format", "{{.Size}}", image).Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}

// faults is row 8: what goes wrong in the middle of row 1. Nothing is to be met here:
// the line says what came of it.
func (b *bench) faults() row {
	const delay, fewer, rate = 5 * time.Millisecond, 3, 400
	command := b.esfnOf(workload.Key)
	command.mayFail = true
	sound := &line{name: "**esfn**, no fault", delay: delay, most: fewer, command: command}
	r := row{number: 8, title: fmt.Sprintf("faults in the middle of row 1, after %d reads", faultAfter), lines: []*line{sound}}
	for _, f := range []struct {
		name  string
		fault fault
	}{
		{fmt.Sprintf("every read refused for %s: 429, Retry-After: 1", burst), refuse(429, "1")},
		{fmt.Sprintf("every read refused for %s: 503", burst), refuse(503, "")},
		{"one read of ten takes 1 s longer", slow},
		{"20 of 200 connections cut in the middle of the answer", cutOff},
	} {
		r.lines = append(r.lines, &line{name: f.name, fault: f.fault, delay: delay, most: fewer, command: command})
	}
	r.lines = append(r.lines, &line{name: fmt.Sprintf("Vault's own quota, %d a second, with Retry-After", rate), delay: delay, most: fewer, command: command,
		before: func() error { return workload.LimitRate(b.vault, rate) },
		after:  func() error { return workload.LimitRate(b.vault, 0) }})
	for _, l := range r.lines {
		l.judge = func() []verdict {
			return []verdict{{measured: outcome(l)}, {measured: fmt.Sprintf("%.2f × the wall without a fault", ratio(l.wall(), sound.wall()))}}
		}
	}
	return r.numbered()
}

// outcome says what came of the runs with a fault.
func outcome(l *line) string {
	var exits []string
	for _, s := range l.samples {
		exits = append(exits, strconv.Itoa(s.Exit))
	}
	count := func(of func(sample) int) string {
		return numbers("%.0f", l.series(func(s sample) float64 { return float64(of(s)) }))
	}
	return fmt.Sprintf("exit %s; %s Secrets; %s faults, then %s at once", strings.Join(exits, ", "),
		count(func(s sample) int { return s.found / workload.Fields }),
		count(func(s sample) int { return s.tally.Faults }), count(func(s sample) int { return s.tally.PeakAfter }))
}
