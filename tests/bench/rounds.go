package main

import (
	"fmt"
	"time"
)

// measure runs lines in turn, round after round, so that what else the machine does
// hits all of them.
func (b *bench) measure(lines []*line, rounds int) error {
	for round := range rounds {
		for pass := range 3 {
			for _, l := range lines {
				if len(l.command.args) == 0 || l.most != 0 && round >= l.most || pass > 0 && !l.often {
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
	}
	return nil
}

func (b *bench) once(l *line) error {
	if l.before != nil {
		if err := l.before(); err != nil {
			return err
		}
	}
	b.calm.wait()
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
