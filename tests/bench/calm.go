package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// calm waits before a run until the rest of the machine is idle: others' work that
// begins and ends would hit one line of the table and spare the next. It looks at the
// machine only, and before runs only, so it favours no command.
type calm struct {
	// left is how long it will wait in all; then it measures as it is.
	left time.Duration
	// waited is how long it has.
	waited time.Duration
	looked time.Time
}

const (
	// look is for how long it looks at once, while nothing of ours runs.
	look = 100 * time.Millisecond
	// mostBusy is the part of the processors' time that others may take.
	mostBusy = 0.25
	// again is how long a look is good for: processors that idle before each run of
	// some milliseconds are slow in waking up, and that hides what the run takes.
	again = time.Second
)

func (c *calm) wait() {
	if time.Since(c.looked) < again {
		return
	}
	defer func() { c.looked = time.Now() }()
	before, ok := processorTimes()
	for ok {
		time.Sleep(look)
		after, _ := processorTimes()
		if after.busySince(before) <= mostBusy || c.left <= 0 {
			return
		}
		c.left -= look
		c.waited += look
		before = after
	}
}

// String says how long it waited, and whether that was enough.
func (c *calm) String() string {
	text := c.waited.Round(time.Second).String()
	if c.left <= 0 {
		text += ", and then measured as it was"
	}
	return text
}

// times are what all processors did since the machine started, in ticks.
type times struct{ busy, all int }

// processorTimes reads them, on Linux
// (https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat).
func processorTimes() (t times, ok bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return t, false
	}
	return parseTimes(string(text))
}

// parseTimes takes the first line: user, nice, system, idle, iowait, irq, softirq,
// steal. What comes after is in user already.
func parseTimes(text string) (t times, ok bool) {
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	if len(words) < 9 || words[0] != "cpu" {
		return t, false
	}
	for i, word := range words[1:9] {
		ticks, err := strconv.Atoi(word)
		if err != nil {
			return t, false
		}
		t.all += ticks
		if i != 3 && i != 4 {
			t.busy += ticks
		}
	}
	return t, true
}

// busySince is the part of the time since then that the processors worked, from 0 to 1.
func (t times) busySince(then times) float64 {
	if t.all == then.all {
		return 0
	}
	return float64(t.busy-then.busy) / float64(t.all-then.all)
}
