package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGovulncheckFindsWhatIsLinked runs the real one over a program that calls what a
// made-up database says is vulnerable.
func TestGovulncheckFindsWhatIsLinked(t *testing.T) {
	database, err := databaseAt(t.Context(), "testdata/database")
	if err != nil {
		t.Fatal(err)
	}
	links := program{"links", "testdata/links", targets}
	found, err := links.vulnerabilities(t.Context(), "linux/amd64", database)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b vulnerability) int { return strings.Compare(a.id, b.id) })
	want := []vulnerability{
		{"GO-0000-0001", "Made up, in what is linked", "golang.org/x/mod", "", true},
		{"GO-0000-0002", "Made up, in what is not linked", "golang.org/x/mod", "v999.0.0", false},
		{"GO-0000-0003", "Made up, in Go itself", "stdlib", "v1.999.0", true},
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

func TestWhatFollowsFromAVulnerability(t *testing.T) {
	const why = "only with a file that nobody gives"
	for _, tc := range []struct {
		name      string
		found     vulnerability
		explained map[string]string
		release   bool
		want      judged
	}{
		{name: "fixed in a newer module", found: vulnerability{"GO-1", "bad", "example.com/m", "v1.2.4", true},
			want: judged{problems: []string{"GO-1 in example.com/m: bad; it is fixed in v1.2.4"}}},
		{name: "not fixed", found: vulnerability{"GO-1", "bad", "example.com/m", "", true},
			want: judged{problems: []string{"GO-1 in example.com/m: bad; there is no fix: do without it, or explain it in docs/modules.md"}}},
		{name: "explained", found: vulnerability{"GO-1", "bad", "example.com/m", "", true}, explained: map[string]string{"GO-1": why},
			want: judged{others: []string{"GO-1 in example.com/m: bad (explained: " + why + ")"}}},
		{name: "another one explained", found: vulnerability{"GO-1", "bad", "example.com/m", "v1.2.4", true}, explained: map[string]string{"GO-2": why},
			want: judged{problems: []string{"GO-1 in example.com/m: bad; it is fixed in v1.2.4"}}},
		{name: "not in the binary", found: vulnerability{"GO-1", "bad", "example.com/m", "", false},
			want: judged{others: []string{"GO-1 in example.com/m: bad (not in the binary)"}}},
		{name: "in Go", found: vulnerability{"GO-1", "bad", "stdlib", "v1.26.9", true},
			want: judged{ofGo: []string{"GO-1"}, newestGo: "v1.26.9"}},
		{name: "in Go, for a release", found: vulnerability{"GO-1", "bad", "stdlib", "v1.26.9", true}, release: true,
			want: judged{problems: []string{"GO-1 in stdlib: bad; build releases with Go 1.26.9 or a newer one"}}},
		{name: "in Go, not fixed", found: vulnerability{"GO-1", "bad", "stdlib", "", true},
			want: judged{problems: []string{"GO-1 in stdlib: bad; there is no fix: do without it, or explain it in docs/modules.md"}}},
	} {
		got := judge([]vulnerability{tc.found}, tc.explained, tc.release)
		if !slices.Equal(got.problems, tc.want.problems) || !slices.Equal(got.ofGo, tc.want.ofGo) || !slices.Equal(got.others, tc.want.others) || got.newestGo != tc.want.newestGo {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

func TestTheNewestOfTheGosThatAreNeeded(t *testing.T) {
	j := judge([]vulnerability{{"GO-1", "", "stdlib", "v1.26.9", true}, {"GO-2", "", "stdlib", "v1.26.10", true}, {"GO-3", "", "stdlib", "v1.26.8", true}}, nil, false)
	if j.newestGo != "v1.26.10" {
		t.Errorf("got %s", j.newestGo)
	}
}

func TestAnExplanationOfNothingIsAProblem(t *testing.T) {
	found := []vulnerability{{"GO-1", "", "example.com/m", "", true}, {"GO-2", "", "example.com/m", "", false}}
	got := unfoundProblems(found, map[string]string{"GO-1": "why", "GO-2": "why", "GO-3": "why"})
	if len(got) != 2 || !strings.Contains(got[0], "GO-2") || !strings.Contains(got[1], "GO-3") {
		t.Errorf("got %q", got)
	}
}

func TestADatabaseThatCannotBeHadIsAnError(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "modules"))
	if address, err := databaseAt(t.Context(), "latest"); err == nil || !strings.Contains(err.Error(), "no vulnerability database") {
		t.Errorf("got %q, %v", address, err)
	}
}
