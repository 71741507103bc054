package api

import "strings"

// DidYouMean is the hint for a word that is not known, or "" where none of the
// known words is near it.
func DidYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// nearest returns the known word that is fewest edits away from word, if it is
// near enough to be what was meant: at most a third of the letters differ.
// Case does not count, and of equals the first wins.
func nearest(word string, known []string) string {
	best, fewest := "", len(word)/3+2
	for _, candidate := range known {
		if n := edits(strings.ToLower(word), strings.ToLower(candidate)); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best
}

// edits counts the letters to insert, drop or change to get from a to b
// (the Levenshtein distance), and a swap of neighbours as one of them.
func edits(a, b string) int {
	before, last, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}
