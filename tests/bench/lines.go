package main

import "time"

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
	// often has it run three times a round: what is quick enough, and has a target
	// that the machine's noise could hide.
	often bool
	// before and after are done around each run, for the Vault.
	before, after func() error

	samples []sample
	// walls is what the line has for wall times in place of the samples'.
	walls func() series
	// judge says what the line has to say of esfn, once all have run.
	judge func() []verdict
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
