package fn

import "testing"

// TestNamesCannotPassForLinesOfOurs has line breaks, an escape of the terminal
// and a turn of the writing direction in what comes from manifests.
func TestNamesCannotPassForLinesOfOurs(t *testing.T) {
	p := Problems{{Resource: Resource{Kind: "ExternalSecret", Name: "a\nerror: b", File: "c\r\x1b[2J"}, Cause: "d\u202ee\u2028f", Hint: "g\u200bh"}}
	const want = "error: ExternalSecret a error: b: d e f\n  file: c  [2J\n  hint: g h"
	if got := p.Error(); got != want {
		t.Errorf("got %q", got)
	}
}

func TestProblemsAreInTheOrderOfTheirFields(t *testing.T) {
	var p Problems
	for _, field := range []string{"spec.data[10].x", "spec.data[2].x", "spec.data[2].a", "metadata", "spec.data[2].a"} {
		p = append(p, Problem{Field: field})
	}
	var got string
	for _, one := range p.sorted() {
		got += one.Field + " "
	}
	if got != "metadata spec.data[2].a spec.data[2].x spec.data[10].x " {
		t.Errorf("got %s", got)
	}
}
