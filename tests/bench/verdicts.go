package main

import "fmt"

// verdict is something measured beside what it was to be.
type verdict struct {
	measured, target string
	met              bool
}

// noTarget is for what is only shown.
const noTarget = 0

// within says how much of another line's wall, CPU or peak esfn takes, which is to
// be at most so much. What was not measured meets nothing.
func within(what string, esfn, other series, most float64) verdict {
	r := ratio(esfn, other)
	v := verdict{measured: fmt.Sprintf("esfn: %.2f × the %s", r, what)}
	if most != noTarget {
		v.target, v.met = fmt.Sprintf("≤ %.1f ×", most), r > 0 && r <= most
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
	v := verdict{target: fmt.Sprintf("just these, ≤ %d conn.", want.Connections), met: len(l.samples) > 0}
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
