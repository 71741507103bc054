package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// command is what is measured: one process.
type command struct {
	args        []string
	stdin       string   // a file, or ""
	environment []string // all of it, but for HOME and PATH
	// mark has to be in the output so many times, if it is not "".
	mark  string
	times int
	// mayFail is for a command that shall be looked at, and not only timed.
	mayFail bool
}

// sample is what one run of it took.
type sample struct {
	Wall time.Duration `json:"wall"`
	CPU  time.Duration `json:"cpu"`
	Peak int64         `json:"peak"` // bytes of resident memory
	Exit int           `json:"exit"`

	tally tally
	// found is how often the mark is in the output.
	found int
	// inner is what a reader took from its first request to its last answer.
	inner time.Duration
}

// launcher runs commands, in a folder of its own.
type launcher struct{ binary, folder string }

// run runs a command. It is an error if it fails and may not, or if its output does
// not have what it has to have: what did not do the work is not measured.
func (l launcher) run(c command) (s sample, err error) {
	output := filepath.Join(l.folder, "output")
	cmd := exec.Command(l.binary, append([]string{"-stdout", output}, c.args...)...)
	cmd.Env = append([]string{"HOME=" + l.folder, "PATH="}, c.environment...)
	var report, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &report, &complaints
	if c.stdin != "" {
		in, err := os.Open(c.stdin)
		if err != nil {
			return s, err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	if err := cmd.Run(); err != nil {
		return s, fmt.Errorf("%s: %w\n%s", c, err, complaints.Bytes())
	}
	if err := json.Unmarshal(report.Bytes(), &s); err != nil {
		return s, err
	}
	out, err := os.ReadFile(output)
	if err != nil {
		return s, err
	}
	if c.mark != "" {
		s.found = bytes.Count(out, []byte(c.mark))
	}
	if nanoseconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64); err == nil {
		s.inner = time.Duration(nanoseconds)
	}
	if c.mayFail {
		return s, nil
	}
	if s.Exit != 0 {
		return s, fmt.Errorf("%s: exit status %d\n%s", c, s.Exit, complaints.Bytes())
	}
	if s.found != c.times {
		return s, fmt.Errorf("%s: %q is in its output %d times, want %d", c, c.mark, s.found, c.times)
	}
	return s, nil
}

// String is the command without the folders of this machine, as someone else would
// type it.
func (c command) String() string {
	var words []string
	for _, variable := range c.environment {
		name, value, _ := strings.Cut(variable, "=")
		switch {
		case strings.HasPrefix(value, "http://"), strings.Contains(name, "TOKEN") && !strings.HasSuffix(name, "_FILE"):
			value = "…"
		case filepath.IsAbs(value):
			value = filepath.Base(value)
		}
		words = append(words, name+"="+value)
	}
	for _, arg := range c.args {
		switch {
		case filepath.IsAbs(arg):
			arg = filepath.Base(arg)
		case strings.HasPrefix(arg, "http://"):
			arg = "…"
		}
		words = append(words, arg)
	}
	if c.stdin != "" {
		words = append(words, "<", filepath.Base(c.stdin))
	}
	return strings.Join(words, " ")
}

// floor is the peak memory of a command that does nothing, in bytes: less than that
// of any other cannot be seen. It is an error if it is so much that it could hide
// something.
func (l launcher) floor() (int64, error) {
	const most = 6e6
	s, err := l.run(command{args: []string{l.binary, "-nothing"}})
	if err == nil && s.Peak > most {
		err = fmt.Errorf("a command that does nothing has a peak memory of %.1f MB: the launcher's own hides that of others", megabytes(s.Peak))
	}
	return s.Peak, err
}
