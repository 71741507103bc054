package expression

import (
	"regexp/syntax"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for source, want := range map[string]Extent{
		`(`:                       {},
		`a`:                       {1, false},
		`^ab+c$`:                  {7, false},
		`a{1000}`:                 {2000, false},
		`(a{10}){100}`:            {2200, false},
		`\s+`:                     {2, false},
		`a.*b`:                    {5, false},
		`x*y|x`:                   {7, true},
		`(x*y)?x`:                 {8, true},
		`(\w+=\w+;)*`:             {9, true},
		`(ab|c)d+`:                {7, false},
		`(?:x|y)*`:                {2, false},
		strings.Repeat("a{9}", 3): {31, false},
	} {
		got := Of(source)
		if got.Overshoots != want.Overshoots {
			t.Errorf("%s overshoots: %v", source, got.Overshoots)
		}
		// Never much less than what it is compiled to.
		parsed, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			if got != (Extent{}) {
				t.Errorf("%s: %v", source, got)
			}
			continue
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(program.Inst); got.Steps < n/2 || got.Steps > 3*n {
			t.Errorf("%s: %d steps, %d instructions", source, got.Steps, n)
		}
	}
}

func TestWhatIsTooLarge(t *testing.T) {
	for source, want := range map[string]bool{
		strings.Repeat("a", MaxText):                   false,
		strings.Repeat("a", MaxText+1):                 true,
		strings.Repeat("a{1000}", 9):                   false,
		strings.Repeat("a{1000}", 20):                  true,
		`((a{1000}){1000}){1000}`:                      false, // regexp refuses it
		strings.Repeat(`[a-z]`, 1000):                  false,
		`(` + strings.Repeat("(a{30}){30}|", 40) + `)`: true,
	} {
		if IsTooLarge(source) != want {
			t.Errorf("%.40s: too large: %v, %d steps", source, !want, Of(source).Steps)
		}
	}
}
