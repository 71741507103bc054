package api

import (
	"strings"
	"testing"
)

// TestALongWordIsNearNothing: that it is near another would take minutes to see, where
// there are many.
func TestALongWordIsNearNothing(t *testing.T) {
	for length, want := range map[int]string{longestWord: "did you mean " + strings.Repeat("x", longestWord-1) + "?", longestWord + 1: ""} {
		if got := DidYouMean(strings.Repeat("x", length), []string{strings.Repeat("x", length-1)}); got != want {
			t.Errorf("%d bytes: %q", length, got)
		}
	}
}
