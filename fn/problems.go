package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// Problem is one thing that keeps a run from making its Secrets, or, among the
// warnings, one thing to know of a run that did.
type Problem struct {
	// Resource is the object that has the problem. It is the zero value where
	// the problem is no object's.
	Resource Resource
	// Field is the path in the object, or an environment variable's name.
	Field string
	// Cause says what is wrong; Hint, which may be empty, what to do.
	Cause, Hint string
}

// Resource is an object as messages name it.
type Resource struct {
	APIVersion, Kind, Namespace, Name string
	// File that the object stands in; empty where the host did not say. A host
	// says the Index of the document in it, from 0; of files that esfn reads
	// itself the Line is known, from 1.
	File        string
	Index, Line int
}

// String gives Kind namespace/name.
func (r Resource) String() string {
	if r.Namespace == "" {
		return strings.TrimSpace(r.Kind + " " + r.Name)
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

// Place names the file, and in it the line or the document, but for the first.
func (r Resource) Place() string {
	switch {
	case r.Line > 1:
		return fmt.Sprintf("%s, line %d", r.File, r.Line)
	case r.Index > 0:
		return fmt.Sprintf("%s, document %d", r.File, r.Index+1)
	}
	return r.File
}

// Problems is everything that is wrong with a run. It is an error as soon as
// there is one.
type Problems []Problem

// Error gives all problems, a line each and an indented one for file and hint.
func (p Problems) Error() string {
	var b strings.Builder
	p.write(&b, "error")
	return strings.TrimSuffix(b.String(), "\n")
}

// Warnings gives the same lines, as warnings.
func (p Problems) Warnings() string {
	var b strings.Builder
	p.write(&b, "warning")
	return strings.TrimSuffix(b.String(), "\n")
}

func (p Problems) write(b *strings.Builder, severity string) {
	for _, one := range p {
		b.WriteString(severity)
		for _, part := range []string{one.Resource.String(), one.Field, one.Cause} {
			if part != "" {
				b.WriteString(": " + OneLine(part))
			}
		}
		b.WriteString("\n")
		if file := one.Resource.File; file != "" {
			fmt.Fprintf(b, "  file: %s\n", OneLine(one.Resource.Place()))
		}
		if one.Hint != "" {
			fmt.Fprintf(b, "  hint: %s\n", OneLine(one.Hint))
		}
	}
}

// OneLine keeps names out of manifests from moving the terminal's cursor or
// passing for a line of ours.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
}

// Results gives the problems as a ResourceList's results.
func (p Problems) Results(severity Severity) []Result {
	var results []Result
	for _, one := range p {
		result := Result{Message: OneLine(one.Cause), Severity: severity}
		if one.Hint != "" {
			result.Message += " (" + OneLine(one.Hint) + ")"
		}
		if r := one.Resource; r.Kind != "" {
			result.ResourceRef = &yaml.ResourceIdentifier{
				TypeMeta: yaml.TypeMeta{APIVersion: r.APIVersion, Kind: r.Kind},
				NameMeta: yaml.NameMeta{Namespace: r.Namespace, Name: r.Name},
			}
			if r.File != "" {
				result.File = &ResultFile{Path: r.File, Index: r.Index}
			}
		}
		if one.Field != "" {
			result.Field = &ResultField{Path: one.Field}
		}
		results = append(results, result)
	}
	return results
}

// sorted orders problems by resource and then by field, so that the same run
// says the same things in the same order; fields keep the order of their index.
// What is said twice is said once.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Resource.Kind, b.Resource.Kind),
			cmp.Compare(a.Resource.Namespace, b.Resource.Namespace),
			cmp.Compare(a.Resource.Name, b.Resource.Name),
			compareFields(a.Field, b.Field),
			cmp.Compare(a.Cause, b.Cause),
		)
	})
	return slices.Compact(p)
}

// compareFields has data[2] before data[10].
func compareFields(a, b string) int {
	x, y := strings.Split(a, "["), strings.Split(b, "[")
	for i := range min(len(x), len(y)) {
		var m, n int
		if _, err := fmt.Sscanf(x[i], "%d]", &m); err == nil {
			if _, err := fmt.Sscanf(y[i], "%d]", &n); err == nil && m != n {
				return cmp.Compare(m, n)
			}
		}
		if c := cmp.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// at turns what package api found in an object into problems of that object.
func at(r Resource, found []api.Problem) Problems {
	var problems Problems
	for _, f := range found {
		problems = append(problems, Problem{r, f.Field, f.Cause, f.Hint})
	}
	return problems
}
