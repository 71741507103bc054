package api

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Shape is one of this package's shapes that has rules over several fields.
type Shape interface{ Problems() []Problem }

// Check decodes a document into a shape, as [Decode] does, and applies the
// shape's rules to what decodes. A rule is not applied where it would speak of
// what does not decode: that would be said twice.
func Check(document *yaml.RNode, into Shape) []Problem {
	found := Decode(document, into)
	undecoded := found
	for _, p := range into.Problems() {
		if !IsWrongAt(undecoded, p.Field) {
			found = append(found, p)
		}
	}
	return found
}

// IsWrongAt tells whether one of the problems is that of a field, or of one
// above or below it.
func IsWrongAt(problems []Problem, field string) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return isWithin(p.Field, field) || isWithin(field, p.Field) })
}

// isWithin tells whether a field's path leads through another's.
func isWithin(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[' || of == "")
}
