package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMedianAndSpread(t *testing.T) {
	for _, tc := range []struct {
		name                string
		of                  series
		median, least, most float64
	}{
		{"nothing", nil, 0, 0, 0},
		{"one", series{3}, 3, 3, 3},
		{"odd, in no order", series{9, 1, 4}, 4, 1, 9},
		{"even: the mean of the two in the middle", series{10, 1, 4, 2}, 3, 1, 10},
		{"one that is far out", series{1, 1, 1, 1, 1000}, 1, 1, 1000},
	} {
		least, most := tc.of.spread()
		if diff := cmp.Diff([]float64{tc.median, tc.least, tc.most}, []float64{tc.of.median(), least, most}); diff != "" {
			t.Errorf("%s: median, least, most (-want +got):\n%s", tc.name, diff)
		}
	}
	unsorted := series{9, 1, 4}
	_ = unsorted.median()
	if diff := cmp.Diff(series{9, 1, 4}, unsorted); diff != "" {
		t.Errorf("the rounds are no more in their order (-want +got):\n%s", diff)
	}
}

func TestRatioIsThatOfTheMedians(t *testing.T) {
	for _, tc := range []struct {
		of, to series
		want   float64
	}{
		{series{2, 30, 3}, series{4, 1, 6}, 0.75},
		{series{3}, nil, 0},
		{nil, series{3}, 0},
	} {
		if got := ratio(tc.of, tc.to); got != tc.want {
			t.Errorf("%v to %v is %v, want %v", tc.of, tc.to, got, tc.want)
		}
	}
}

func TestRoundsAreAddedUpOneByOne(t *testing.T) {
	if diff := cmp.Diff(series{11, 22}, series{1, 2, 3}.plus(series{10, 20})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestVerdicts(t *testing.T) {
	took := func(ms ...int) *line {
		l := &line{}
		for _, n := range ms {
			l.samples = append(l.samples, sample{Wall: time.Duration(n) * time.Millisecond})
		}
		return l
	}
	just := tally{Reads: 2, Logins: 1, Connections: 4}
	requests := func(t tally) *line { return &line{samples: []sample{{tally: just}, {tally: t}}} }
	ended := func(exits ...int) *line {
		l := &line{}
		for _, exit := range exits {
			l.samples = append(l.samples, sample{Exit: exit, found: 5000})
		}
		return l
	}
	for _, tc := range []struct {
		name string
		got  verdict
		want verdict
	}{
		{"within", within("wall", took(13).wall(), took(10).wall(), 1.3), verdict{"esfn: 1.30 × the wall", "≤ 1.3 ×", true}},
		{"not within", within("wall", took(14).wall(), took(10).wall(), 1.3), verdict{"esfn: 1.40 × the wall", "≤ 1.3 ×", false}},
		{"no target", within("wall", took(14).wall(), took(10).wall(), noTarget), verdict{"esfn: 1.40 × the wall", "", false}},
		{"fast", faster(took(10, 20, 30), took(800), 40), verdict{"40.0 × as long as esfn", "≥ 40 ×", true}},
		{"not so fast", faster(took(10, 21, 30), took(800), 40), verdict{"38.1 × as long as esfn", "≥ 40 ×", false}},
		{"just these requests", exactly(requests(tally{Reads: 2, Logins: 1, Connections: 3, Peak: 2}), just), verdict{"2 reads, 1 login", "just these, ≤ 4 conn.", true}},
		{"in one run one more", exactly(requests(tally{Reads: 3, Logins: 1, Connections: 4}), just), verdict{"3 reads, 1 login", "just these, ≤ 4 conn.", false}},
		{"in one run another kind", exactly(requests(tally{Reads: 2, Logins: 1, Others: 1}), just), verdict{"2 reads, 1 login, 1 other", "just these, ≤ 4 conn.", false}},
		{"a connection more", exactly(requests(tally{Reads: 2, Logins: 1, Connections: 5}), just), verdict{"2 reads, 1 login", "just these, ≤ 4 conn.", false}},
		{"never run", exactly(&line{}, just), verdict{"", "just these, ≤ 4 conn.", false}},
		{"esfn never run", within("wall", nil, took(10).wall(), 1.3), verdict{"esfn: 0.00 × the wall", "≤ 1.3 ×", false}},
		{"all Secrets", allRight(ended(0, 0)), verdict{"exit 0, 0; 1,000 Secrets; 0 faults, then 0 at once", "exit 0, 1,000 Secrets", true}},
		{"one run fails", allRight(ended(0, 1)), verdict{"exit 0, 1; 1,000 Secrets; 0 faults, then 0 at once", "exit 0, 1,000 Secrets", false}},
		{"size", atMost(24_000_000, 24), verdict{"24.0 MB", "≤ 24 MB", true}},
		{"too large", atMost(24_100_000, 24), verdict{"24.1 MB", "≤ 24 MB", false}},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmp.AllowUnexported(verdict{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
