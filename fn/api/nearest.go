package api

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// DidYouMean is the hint for a word that is not known, or "" where none of the
// known words is near it.
func DidYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// longestWord is the most that near ones are looked for: the time it takes grows with
// the square.
const longestWord = 253

// nearest returns the known word that is fewest edits away from word, if it is
// near enough to be what was meant: at most a third of its letters, and one more.
// Case does not count, and of equals the first wins.
func nearest(word string, known []string) string {
	if len(word) > longestWord {
		return ""
	}
	best, fewest := "", len(word)/3+2
	for _, candidate := range known {
		if d := utf8.RuneCountInString(word) - utf8.RuneCountInString(candidate); max(d, -d) >= fewest {
			continue // at least as many edits
		}
		if n := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate)); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best
}
