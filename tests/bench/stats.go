package main

import (
	"slices"
	"time"
)

// series is one quantity of a command, measured in several rounds.
type series []float64

// median is the middle one, or the mean of the two in the middle. Of nothing it is 0.
func (s series) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread is the least and the most.
func (s series) spread() (least, most float64) {
	if len(s) == 0 {
		return 0, 0
	}
	return slices.Min(s), slices.Max(s)
}

// ratio is that of the medians, or 0 where there is nothing to divide by.
func ratio(of, to series) float64 {
	if to.median() == 0 {
		return 0
	}
	return of.median() / to.median()
}

// plus adds what was measured in the same rounds.
func (s series) plus(t series) (sum series) {
	for i := range min(len(s), len(t)) {
		sum = append(sum, s[i]+t[i])
	}
	return sum
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// megabytes are those of 1,000,000 bytes.
func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
