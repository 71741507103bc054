package main

import (
	"fmt"
	"time"
)

// growth is how much more memory, in percent, the median of the last third may have than
// that of the first: each render is a process of its own, and does the same.
const growth = 10

// faults is all that is wrong with what happened.
func (r *result) faults() (all []error) {
	report := func(text string, args ...any) { all = append(all, fmt.Errorf(text, args...)) }
	const most = 20 // of a kind
	wrong := 0
	for _, one := range r.renders {
		if one.wrong != nil {
			if wrong++; wrong <= most {
				report("a render at place %d, %s to %s: %w", one.place, one.began.Format(time.TimeOnly), one.ended.Format(time.TimeOnly), one.wrong)
			}
		} else if one.exit != 0 && r.among(one) == nil {
			report("a render at place %d failed (%s) while Vault was there, from %s to %s", one.place, one.reason, one.began.Format(time.TimeOnly), one.ended.Format(time.TimeOnly))
		}
		if left := one.tokens + one.logins; left > 0 && r.among(one) == nil {
			report("a render at place %d left %d tokens while Vault was there", one.place, left)
		}
	}
	if wrong > most {
		report("and %d more renders", wrong-most)
	}
	for _, o := range r.outages {
		if after := r.succeededAfter(o); after == 0 {
			report("no render succeeded that began after Vault was %s", o.what)
		}
	}
	if reasons, _ := r.failed(&r.outages[0]); reasons["sealed"] == 0 {
		report("no render failed while Vault was sealed: was it?")
	}
	if _, _, unsaid := r.tokens(); unsaid > 0 {
		report("%d tokens are left of which no render said so", unsaid)
	}
	first, last := at(r.third(0, peakOf), 0.5), at(r.third(2, peakOf), 0.5)
	if first == 0 || last > first+first*growth/100 {
		report("the peak memory of a render grew from %d to %d bytes", first, last)
	}
	if r.after.descriptors > r.before.descriptors {
		report("Vault has %d file descriptors open, and had %d", r.after.descriptors, r.before.descriptors)
	}
	return all
}

// succeededAfter counts the renders that began after an outage and succeeded.
func (r *result) succeededAfter(o outage) (n int) {
	for _, one := range r.renders {
		if one.began.After(o.ended) && one.exit == 0 && one.wrong == nil {
			n++
		}
	}
	return n
}
