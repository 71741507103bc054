package main

import (
	"fmt"
	"time"
)

// line is one line of the table: a command in one setting, and what it took.
type line struct {
	row  int
	name string
	// delay is added to every request; for a command that sends none it is negative.
	delay   time.Duration
	fault   fault
	command command
	// most is in how many rounds it runs at most, if it is not 0: slow peers run
	// in fewer.
	most int
	// before and after are done around each run, for the Vault.
	before, after func() error

	samples []sample
	// walls is what the line has for wall times in place of the samples'.
	walls func() series
	// judge says what the line has to say of esfn, once all have run.
	judge func() []verdict
}

// verdict is something measured beside what it was to be.
type verdict struct {
	measured, target string
	met              bool
}

func (l *line) series(of func(sample) float64) (s series) {
	for _, sample := range l.samples {
		s = append(s, of(sample))
	}
	return s
}

func (l *line) wall() series {
	if l.walls != nil {
		return l.walls()
	}
	return l.series(func(s sample) float64 { return milliseconds(s.Wall) })
}

func (l *line) cpu() series  { return l.series(func(s sample) float64 { return milliseconds(s.CPU) }) }
func (l *line) peak() series { return l.series(func(s sample) float64 { return megabytes(s.Peak) }) }
func (l *line) inner() series {
	return l.series(func(s sample) float64 { return milliseconds(s.inner) })
}
func (l *line) requests() series {
	return l.series(func(s sample) float64 { return float64(s.tally.requests()) })
}
func (l *line) connections() series {
	return l.series(func(s sample) float64 { return float64(s.tally.Connections) })
}

// noTarget is for what is only shown.
const noTarget = 0

// within says how much of another line's wall, CPU or peak esfn takes, which is to
// be at most so much.
func within(what string, esfn, other series, most float64) verdict {
	r := ratio(esfn, other)
	v := verdict{measured: fmt.Sprintf("esfn: %.2f × the %s", r, what)}
	if most != noTarget {
		v.target, v.met = fmt.Sprintf("≤ %.1f ×", most), r <= most
	}
	return v
}

// faster says how many times as long as esfn another takes, which is to be at
// least so often.
func faster(esfn, other *line, least float64) verdict {
	r := ratio(other.wall(), esfn.wall())
	v := verdict{measured: fmt.Sprintf("%.1f × as long as esfn", r)}
	if least != noTarget {
		v.target, v.met = fmt.Sprintf("≥ %.0f ×", least), r >= least
	}
	return v
}

// exactly says which requests each of the runs made, and that they are to be just
// these, over so many connections at most.
func exactly(l *line, want tally) verdict {
	v := verdict{target: fmt.Sprintf("just these, ≤ %d conn.", want.Connections), met: true}
	for _, s := range l.samples {
		got := s.tally
		connections := got.Connections
		got.Connections, got.Peak, got.Faults, got.PeakAfter = want.Connections, 0, 0, 0
		v.measured = requestsOf(s.tally)
		if got != want || connections > want.Connections {
			v.met = false
			return v
		}
	}
	return v
}

// requestsOf is as in 1,000 reads, 1 login, 1 revoke.
func requestsOf(t tally) (text string) {
	for _, kind := range []struct {
		n    int
		name string
	}{{t.Lists, "list"}, {t.Reads, "read"}, {t.Logins, "login"}, {t.Revokes, "revoke"}, {t.Others, "other"}} {
		if kind.n == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += thousands(kind.n) + " " + kind.name
		if kind.n > 1 {
			text += "s"
		}
	}
	return text
}

// measure runs lines in turn, round after round, so that what else the machine does
// hits all of them.
func (b *bench) measure(lines []*line, rounds int) error {
	for round := range rounds {
		for _, l := range lines {
			if len(l.command.args) == 0 || l.most != 0 && round >= l.most {
				continue
			}
			if err := b.once(l); err != nil {
				return fmt.Errorf("row %d, %s: %w", l.row, l.name, err)
			}
			if wall := l.samples[len(l.samples)-1].Wall; rounds <= 10 {
				fmt.Fprintf(b.progress, "row %d, round %d: %s%s: %s\n", l.row, round+1, l.name, at(l.delay), wall.Round(time.Millisecond))
			}
		}
	}
	return nil
}

func (b *bench) once(l *line) error {
	if l.before != nil {
		if err := l.before(); err != nil {
			return err
		}
	}
	b.proxy.reset(max(l.delay, 0), l.fault)
	s, err := b.launcher.run(l.command)
	s.tally = b.proxy.counted()
	l.samples = append(l.samples, s)
	if l.after != nil {
		if after := l.after(); err == nil {
			err = after
		}
	}
	return err
}

func at(delay time.Duration) string {
	if delay < 0 {
		return ""
	}
	return fmt.Sprintf(" at %d ms", delay.Milliseconds())
}
