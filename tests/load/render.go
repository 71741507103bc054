package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// patience is more than a render may take, which ends by itself after 50 s.
const patience = 2 * time.Minute

// rendering is one process of esfn.
type rendering struct {
	place        int
	began, ended time.Time
	exit         int
	peak         int64 // bytes of resident memory
	// wrong is what it did that it may not, whatever Vault did.
	wrong error
	// reason is what it said where it failed.
	reason string
	// tokens is how many it said were not revoked, and logins how many it said had no
	// answer, or none yet.
	tokens, logins int
}

// renderer makes renders and judges them.
type renderer struct {
	programs
	folder  string
	history *history
	leaks   *testbed.Leaks
}

// render runs esfn once at a place.
func (r *renderer) render(p place) rendering {
	output := filepath.Join(r.folder, fmt.Sprint("output-", p.number))
	one := rendering{place: p.number}
	in, err := os.Open(p.manifests)
	if err != nil {
		one.wrong = err
		return one
	}
	defer in.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.launch, "-stdout", output, r.esfn)
	cmd.Env = []string{"HOME=" + r.folder}
	var report, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &report, &stderr
	one.began = time.Now()
	err = cmd.Run()
	one.ended = time.Now()
	var took struct {
		Peak int64
		Exit int
	}
	if err == nil {
		err = json.Unmarshal(report.Bytes(), &took)
	}
	if err != nil {
		one.wrong = fmt.Errorf("it was not run to its end: %w", errors.Join(err, ctx.Err()))
		return one
	}
	one.exit, one.peak = took.Exit, took.Peak
	one.tokens, one.logins = saidIn(stderr.String(), unrevoked), saidIn(stderr.String(), unanswered)
	stdout, err := os.ReadFile(output)
	one.wrong = errors.Join(err, r.judge(p, &one, string(stdout), stderr.String()))
	return one
}

func (r *renderer) judge(p place, one *rendering, stdout, stderr string) error {
	if found := r.leaks.In(stderr); len(found) > 0 || made.MatchString(stderr) {
		return fmt.Errorf("stderr shows a value, or %s", strings.Join(found, "; "))
	}
	switch {
	case one.exit == 0:
		return r.history.judge(p, stdout, one.began, one.ended)
	case one.exit != 1:
		return fmt.Errorf("exit status %d", one.exit)
	case stdout != "":
		return fmt.Errorf("it failed, and wrote %d bytes", len(stdout))
	}
	one.reason = reasonIn(stderr)
	if one.reason == "" {
		return fmt.Errorf("it failed, and does not say that Vault is out of service:\n%s", stderr)
	}
	return nil
}

// reasons are what there is to say of a Vault that is sealed, stopped, or on its way to
// either.
var reasons = []struct {
	reason string
	words  *regexp.Regexp
}{
	{"sealed", regexp.MustCompile(`(?m)^error: .*sealed`)},
	{"connection", regexp.MustCompile(`(?m)^error: .*(nothing listens|connection|refused)`)},
}

func reasonIn(stderr string) string {
	for _, one := range reasons {
		if one.words.MatchString(stderr) {
			return one.reason
		}
	}
	return ""
}

// What a render says of tokens that it has left, and of those that it may have left.
var (
	unrevoked  = regexp.MustCompile(`(?m)^warning: (a|\d+) tokens? that esfn got at `)
	unanswered = regexp.MustCompile(`(?m)^warning: (?:the answers? to )?(a|\d+) logins? at `)
)

// saidIn is how many a render says there are.
func saidIn(stderr string, of *regexp.Regexp) (n int) {
	for _, said := range of.FindAllStringSubmatch(stderr, -1) {
		number, err := strconv.Atoi(said[1])
		if err != nil {
			number = 1
		}
		n += number
	}
	return n
}
