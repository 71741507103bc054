package fn

import (
	"fmt"
	"math"
	"strings"
)

// maxTaken bounds what a gjson path may make of a secret.
const maxTaken Bytes = 64 << 20

// deepestTaken bounds the brackets of a text, those in strings among them, that a gjson path
// with @fromstr is used on: gjson goes through what is nested by calling itself, and Go ends
// a process whose stack is full. The secret itself is no deeper, since encoding/json has
// read it; a string that @fromstr makes JSON of was not read yet.
const deepestTaken = 10_000

// digitsOfANumber is how many digits @fromstr makes of 1e308, or of 5e-324, at most.
const digitsOfANumber = 330

// tooMuch says what speaks against using a gjson path on a secret's text; "" where nothing
// does.
func tooMuch(path, text string) string {
	inside := shape(text, strings.Contains(path, "@fromstr"))
	switch {
	case strings.Contains(path, "@fromstr") && inside.levels > deepestTaken:
		return fmt.Sprintf("is a path with @fromstr, and there are more than %d of [, { and \\u in", deepestTaken)
	case making(path, text, inside) > float64(maxTaken):
		return fmt.Sprintf("is a path that could make more than %s of", maxTaken)
	}
	return ""
}

// making is how many bytes a gjson path may make of a secret's text at most. Most paths
// only take from it. What the path itself brings, literals and names, may stand in it once
// for each value of a list after #, and of everything after @dig.
func making(path, text string, inside shaped) float64 {
	added := asJSON(path)
	if each := strings.Count(path, "#.") + strings.Count(path, "@dig"); each > 0 {
		added = inside.values * math.Pow(added, float64(each))
	}
	if strings.Contains(path, "@fromstr") {
		added += inside.values * digitsOfANumber
	}
	return growth(path, inside) * (float64(len(text)) + added)
}

// asJSON is how long a path is where all of it is written as JSON.
func asJSON(path string) float64 { return 6 * float64(len(path)) }

// growth is how many times as much as it reads a gjson path may write: each <, quote and
// backslash in more bytes, each line with an indent, each name with all that it belongs
// to.
func growth(path string, of shaped) float64 {
	factor, brackets := 1.0, float64(strings.Count(path, "[")+strings.Count(path, "{"))
	if brackets > 0 {
		factor *= math.Pow(float64(strings.Count(path, ","))/brackets+1, brackets)
	}
	if !strings.Contains(path, "@") {
		return factor
	}
	levels := of.levels + brackets
	for modifier, each := range map[string]float64{
		"@tostr":  6,
		"@keys":   3, // null for each value
		"@pretty": 2*levels + 4,
		"@dig":    levels + 1,
		"@group":  of.longest + asJSON(path),
	} {
		factor *= math.Pow(each, float64(strings.Count(path, modifier)))
	}
	if strings.Contains(path, "@pretty:") { // with an indent of its own
		factor *= float64(len(path))
	}
	return factor
}

// shaped is how many levels a JSON text has, how long its longest string is, and how many
// values it has at most.
type shaped struct{ levels, longest, values float64 }

// shape takes strings for JSON as well where it is told to, in whatever escapes.
func shape(text string, stringsToo bool) shaped {
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
	brackets := strings.Count(text, "[") + strings.Count(text, "{")
	values := 1 + strings.Count(text, ",") + brackets
	if stringsToo {
		escapes := strings.Count(text, `\u`)
		deepest, values = brackets+escapes, values+escapes
	}
	return shaped{float64(deepest), float64(most), float64(values)}
}
