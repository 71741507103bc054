package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/esfn/esfn/tests/bench/workload"
)

// faults is row 8: what goes wrong in the middle of row 1. What it costs has no target;
// that the runs end right has.
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
			return []verdict{allRight(l), {measured: fmt.Sprintf("%.2f × the wall without a fault", ratio(l.wall(), sound.wall()))}}
		}
	}
	return r.numbered()
}

// allRight says what came of the runs with a fault, each of which is to end with all
// Secrets.
func allRight(l *line) verdict {
	v := verdict{measured: outcome(l), target: fmt.Sprintf("exit 0, %s Secrets", thousands(workload.Secrets)), met: len(l.samples) > 0}
	for _, s := range l.samples {
		v.met = v.met && s.Exit == 0 && s.found == workload.Secrets*workload.Fields
	}
	return v
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
