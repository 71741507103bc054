// Package expression measures regular expressions before they are compiled, and before
// they go over a text: a few letters, a{1000} for one, make a program of thousands of
// steps, each of which may be taken at each byte. Go's regexp is never worse than that
// for one match, and takes no bound. Of esfn's own it compiles those that few runs need
// when they are needed.
package expression

import "regexp/syntax"

const (
	// MaxText is how many bytes an expression has at most.
	MaxText = 16 << 10
	// MaxSteps is how many steps it comes to at most: some 2 MB.
	MaxSteps = 20_000
)

// Extent is how much an expression is. That of one that is none is zero: who compiles it
// says so.
type Extent struct {
	// Steps are about the instructions that it is compiled to.
	Steps int
	// Overshoots tells that a match may be looked for far behind the end of that which
	// is found, as by x*y|x: to find all takes the square of the text.
	Overshoots bool
}

// IsTooLarge tells an expression that is not to be compiled.
func IsTooLarge(source string) bool { return len(source) > MaxText || Of(source).Steps > MaxSteps }

// Of measures an expression. One with a text that is too long has endless steps.
func Of(source string) Extent {
	if len(source) > MaxText {
		return Extent{Steps: most}
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return Extent{}
	}
	return Extent{steps(parsed), overshoots(parsed, false)}
}

// most is where counting ends, so that no sum overflows.
const most = 1 << 30

func steps(r *syntax.Regexp) int {
	sum := 1
	if r.Op == syntax.OpLiteral {
		sum = len(r.Rune)
	}
	for _, sub := range r.Sub {
		sum = min(most, sum+steps(sub))
	}
	if r.Op == syntax.OpRepeat {
		sum = min(most, sum*max(1, r.Min, r.Max))
	}
	return sum
}

// overshoots finds a repetition without end that something follows, below a choice: if
// what follows fails after all, a shorter match may do.
func overshoots(r *syntax.Regexp, choice bool) bool {
	if r.Op == syntax.OpConcat && choice {
		for _, sub := range r.Sub[:len(r.Sub)-1] {
			if isEndless(sub) {
				return true
			}
		}
	}
	switch r.Op {
	case syntax.OpAlternate, syntax.OpQuest, syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
		choice = true
	}
	for _, sub := range r.Sub {
		if overshoots(sub, choice) {
			return true
		}
	}
	return false
}

func isEndless(r *syntax.Regexp) bool {
	if r.Op == syntax.OpStar || r.Op == syntax.OpPlus || r.Op == syntax.OpRepeat && r.Max < 0 {
		return true
	}
	for _, sub := range r.Sub {
		if isEndless(sub) {
			return true
		}
	}
	return false
}
