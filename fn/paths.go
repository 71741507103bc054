package fn

import (
	"math"
	"strings"
)

// maxTaken bounds what a gjson path may make of a secret.
const maxTaken Bytes = 64 << 20

// growth is how many times a secret's text what a gjson path makes of it may have at
// most. Most paths only take from it; a list of paths takes several times, and some
// modifiers write more than they read: each <, quote and backslash in more bytes, each
// line with an indent, each name with all that it belongs to.
func growth(path, text string) float64 {
	factor := 1.0
	if lists := float64(strings.Count(path, "[") + strings.Count(path, "{")); lists > 0 {
		factor *= math.Pow(float64(strings.Count(path, ","))/lists+1, lists)
	}
	if !strings.Contains(path, "@") {
		return factor
	}
	levels, longest := shape(text)
	for modifier, each := range map[string]float64{
		"@tostr":  6,
		"@pretty": 2*levels + 4,
		"@dig":    levels + 1,
		"@group":  longest + 1,
	} {
		factor *= math.Pow(each, float64(strings.Count(path, modifier)))
	}
	if strings.Contains(path, "@pretty:") { // with an indent of its own
		factor *= float64(len(path))
	}
	return factor
}

// shape is how many levels a JSON text has, and how long its longest string is.
func shape(text string) (levels, longest float64) {
	level, deepest, most := 0, 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			level++
			deepest = max(deepest, level)
		case ']', '}':
			level--
		case '"':
			begin := i
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			most = max(most, i-begin)
		}
	}
	return float64(deepest), float64(most)
}
