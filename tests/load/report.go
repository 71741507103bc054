package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// residentOf is the resident memory of a process in bytes.
func residentOf(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// among tells in which outage a render went on; nil for none.
func (r *result) among(one rendering) *outage {
	for i := range r.outages {
		if r.outages[i].overlaps(one) {
			return &r.outages[i]
		}
	}
	return nil
}

// failed counts the renders that failed in an outage by what they said, and those that
// went on in it and were right all the same.
func (r *result) failed(in *outage) (reasons map[string]int, right int) {
	reasons = map[string]int{}
	for _, one := range r.renders {
		if r.among(one) != in {
			continue
		}
		if one.exit == 0 {
			right++
		} else {
			reasons[one.reason]++
		}
	}
	return reasons, right
}

// third are the peaks of memory, or the times, of the renders of one third of the time
// that no outage troubled, sorted.
func (r *result) third(n int, of func(rendering) int64) (all []int64) {
	if len(r.renders) == 0 {
		return nil
	}
	began := slices.MinFunc(r.renders, func(a, b rendering) int { return a.began.Compare(b.began) }).began
	for _, one := range r.renders {
		if which := int(one.began.Sub(began) * 3 / r.duration); min(which, 2) == n && one.exit == 0 && r.among(one) == nil {
			all = append(all, of(one))
		}
	}
	slices.Sort(all)
	return all
}

func peakOf(one rendering) int64 { return one.peak }
func timeOf(one rendering) int64 { return int64(one.ended.Sub(one.began)) }

// at is what a part of all, which are sorted, do not exceed.
func at(all []int64, part float64) int64 {
	if len(all) == 0 {
		return 0
	}
	return all[int(part*float64(len(all)-1))]
}

// tokens tells of the tokens that are left: of how many a render has said so, how many
// are of logins that a render has said had no answer, and of how many nothing was said.
// They are compared place by place.
func (r *result) tokens() (said, unanswered, unsaid int) {
	const attempts = 3 // at a login, each of which may get a token
	left, known, lost := map[string]int{}, map[string]int{}, map[string]int{}
	for _, login := range r.left {
		left[login.Meta["place"]]++
	}
	for _, one := range r.renders {
		name := place{number: one.place}.name()
		known[name] += one.tokens
		lost[name] += one.logins * attempts
	}
	for name, n := range left {
		ofKnown := min(n, known[name])
		ofLost := min(n-ofKnown, lost[name])
		said, unanswered, unsaid = said+ofKnown, unanswered+ofLost, unsaid+n-ofKnown-ofLost
	}
	return said, unanswered, unsaid
}

// warned is how many tokens renders have said they left, and how many logins without an
// answer.
func (r *result) warned() (tokens, logins int) {
	for _, one := range r.renders {
		tokens, logins = tokens+one.tokens, logins+one.logins
	}
	return tokens, logins
}

func (r *result) table() string {
	var b strings.Builder
	row := func(what, figure string, args ...any) {
		fmt.Fprintf(&b, "| %s | %s |\n", what, fmt.Sprintf(figure, args...))
	}
	row("what", "figure")
	row("---", "---")
	right := 0
	for _, one := range r.renders {
		if one.exit == 0 && one.wrong == nil {
			right++
		}
	}
	row("renders, "+strconv.Itoa(r.atOnce)+" at once for "+r.duration.String(), "%d, %.0f a second", len(r.renders), float64(len(r.renders))/r.duration.Seconds())
	row("of one", "%d Secrets of %d tenants, as many logins", tenantsOfOne*len(keysOf("")), tenantsOfOne)
	row("versions written meanwhile", "%d", r.versions)
	row("renders with the right Secrets", "%d", right)
	for i := range r.outages {
		o := &r.outages[i]
		reasons, right := r.failed(o)
		row(fmt.Sprintf("Vault %s, for %s: renders that went on then", o.what, o.ended.Sub(o.began).Round(100*time.Millisecond)),
			"%d right all the same; %d failed: %d sealed, %d no connection", right, reasons["sealed"]+reasons["connection"], reasons["sealed"], reasons["connection"])
	}
	reasons, _ := r.failed(nil)
	row("renders that failed at any other time", "%d", reasons["sealed"]+reasons["connection"]+reasons[""])
	tokens, logins := r.warned()
	row("what renders have warned of", "%d tokens that were not revoked, %d logins without an answer", tokens, logins)
	said, unanswered, unsaid := r.tokens()
	row("tokens of logins that are left", "%d: %d and %d of these, %d of which nothing was said", len(r.left), said, unanswered, unsaid)
	for _, part := range []struct {
		name string
		at   float64
	}{{"median", 0.5}, {"99 of 100 have less", 0.99}} {
		row("peak memory of a render, "+part.name+", first and last third", "%.1f MB, %.1f MB",
			float64(at(r.third(0, peakOf), part.at))/1e6, float64(at(r.third(2, peakOf), part.at))/1e6)
	}
	row("time of a render, median, first and last third", "%.2f s, %.2f s",
		time.Duration(at(r.third(0, timeOf), 0.5)).Seconds(), time.Duration(at(r.third(2, timeOf), 0.5)).Seconds())
	row("Vault's file descriptors, before and after", "%d, %d", r.before.descriptors, r.after.descriptors)
	row("Vault's resident memory, before and after", "%.0f MB, %.0f MB", float64(r.before.resident)/1e6, float64(r.after.resident)/1e6)
	return b.String()
}
