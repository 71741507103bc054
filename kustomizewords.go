package main

import (
	"regexp"
	"strings"
)

// beforeWhole is after which kustomize writes out a value, or all of an object or a patch,
// without quotes.
const beforeWhole = `(?:out of bounds for value|node contents:|content summary:|[Uu]nexpected kind:|unexpected key|JSON patch from|following resource:` +
	`|a target for (?:JSON )?patch|Patches in one|in object|is not a string:|at the same time|one of patch and path in|document separator:|version string in)\s`

var (
	// quotedByKustomize is what kustomize quotes, and what is quoted and is no value:
	// the name of a field, and a group or a version that is not said.
	quotedByKustomize = regexp.MustCompile("(?s)" + strings.Join([]string{
		`literal sources \[.*\]: invalid literal source .*, expected key=value`, `unknown anchor '.*' referenced`, `:/+[^/\s]*@`,
		`unknown field "\w+"`, `\[no\w+\]`, "`.*`", `"(?:[^"\\]|\\.)*(?:"|$)`, `\[(?:.*\]|.*)`,
		beforeWhole + ".*"}, "|"))
	whole = regexp.MustCompile("^" + beforeWhole)
	// goType is where kustomize names a type of Go's, which says nothing to anyone.
	goType = strings.NewReplacer("map[string]interface {}(nil): ", "", "map[string]interface{}(nil): ", "")
)

// withoutQuoted is what kustomize says of a folder, without what it quotes: that may
// be a value, as a literal of a secretGenerator is, a patch, a password that YAML takes
// for an alias, or the one in an address. Names of files stand in single quotes, and
// stay. less tells that something is left out.
func withoutQuoted(words string) (said string, less bool) {
	words = goType.Replace(words)
	said = quotedByKustomize.ReplaceAllStringFunc(words, func(quoted string) string {
		switch {
		case whole.MatchString(quoted):
			return whole.FindString(quoted) + "…"
		case strings.HasPrefix(quoted, "unknown field"), strings.HasPrefix(quoted, "[no"):
			return quoted
		case strings.HasPrefix(quoted, "literal sources"):
			return "one of the literals is not key=value"
		case strings.HasPrefix(quoted, "unknown anchor"):
			return "an alias (*) refers to no anchor"
		case strings.HasPrefix(quoted, ":/"):
			return quoted[:strings.LastIndex(quoted, "/")+1] + "…@"
		}
		return "…"
	})
	return said, said != words
}
