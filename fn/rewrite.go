package fn

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/template"
)

// operation is one rewrite, ready to be applied: it changes keys, or, a merge,
// makes other values of them (runtime/esutils/utils.go in ESO). Its error names
// names and keys, no value.
type operation interface {
	apply(all []keyed) ([]keyed, error)
}

// advised is an error of an operation with what to do about it.
type advised struct{ cause, hint string }

func (a *advised) Error() string { return a.cause }

// compileRewrites reads the operations of an entry.
func (v *packageView) compileRewrites(e *entry) (problems Problems) {
	for i := range e.rewrite {
		field := fmt.Sprintf("%s.rewrite[%d]", e.field, i)
		if api.IsWrongAt(e.es.problems, field) {
			continue // it is not applied
		}
		switch r := &e.rewrite[i]; {
		case r.RegExp != nil:
			e.operations = append(e.operations, &replaceKeys{regexp.MustCompile(r.RegExp.Source), r.RegExp.Target})
		case r.Transform != nil:
			text, err := v.templates.parse(r.Transform.Template)
			if err != nil {
				problems = append(problems, e.es.templateProblem(field+".transform.template", err, true))
				e.es.unusable = true
				continue
			}
			v.warnings = append(v.warnings, e.es.unstable(field+".transform.template", text)...)
			e.operations = append(e.operations, &transformKeys{text})
		case r.Merge != nil:
			e.operations = append(e.operations, &mergeValues{r.Merge})
		}
	}
	return problems
}

// longestKey bounds a key between operations, each of which could double it. A
// Secret's keys end at 253.
const longestKey = 4096

func bounded(one keyed) error {
	if len(one.key) > longestKey {
		return &advised{fmt.Sprintf("%s becomes a key of %d bytes, and no more than %d are taken", inShort(one.name), len(one.key), longestKey),
			"a Secret's keys end at 253"}
	}
	return nil
}

// replaceKeys is rewrite.regexp.
type replaceKeys struct {
	source *regexp.Regexp
	target string
}

func (r *replaceKeys) apply(all []keyed) ([]keyed, error) {
	rewritten := slices.Clone(all)
	for i := range rewritten {
		rewritten[i].key = r.source.ReplaceAllString(all[i].key, r.target)
		if err := bounded(rewritten[i]); err != nil {
			return nil, err
		}
	}
	return rewritten, distinct(rewritten)
}

// transformKeys is rewrite.transform.
type transformKeys struct{ template *template.Template }

func (r *transformKeys) apply(all []keyed) ([]keyed, error) {
	rewritten := slices.Clone(all)
	for i := range rewritten {
		key, err := r.template.Rename(all[i].key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", inShort(all[i].key), err)
		}
		rewritten[i].key = key
		if err := bounded(rewritten[i]); err != nil {
			return nil, err
		}
	}
	return rewritten, distinct(rewritten)
}

// mergeValues is rewrite.merge.
type mergeValues struct{ *api.RewriteMerge }

// apply takes the values by the order of their keys, those with a priority last
// and in the order of the list: of two fields of one name the later wins, where
// that is no conflict.
func (r *mergeValues) apply(all []keyed) ([]keyed, error) {
	var order []keyed
	for _, one := range all {
		if !slices.Contains(r.Priority, one.key) {
			order = append(order, one)
		}
	}
	slices.SortStableFunc(order, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for _, key := range r.Priority {
		i := slices.IndexFunc(all, func(one keyed) bool { return one.key == key })
		switch {
		case i >= 0:
			order = append(order, all[i])
		case r.PriorityPolicy == "Strict":
			return nil, &advised{fmt.Sprintf("priority names %q, and there is no such key", key), "set priorityPolicy: IgnoreNotFound where it need not be there"}
		}
	}
	merged, from := fields{}, map[string]string{}
	for _, one := range order {
		object, err := objectIn(one.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", inShort(one.key), err)
		}
		for _, field := range sortedKeys(object) {
			other, twice := from[field]
			switch {
			case !twice || r.ConflictPolicy == "Ignore":
			case other == one.key && slices.Contains(r.Priority, other): // a conflict in ESO, too
				return nil, &advised{fmt.Sprintf("priority names %q twice", other), "name it once"}
			default:
				return nil, &advised{fmt.Sprintf("field %s is in %s and in %s", inShort(field), inShort(other), inShort(one.key)),
					"set conflictPolicy: Ignore to take the last one; priority says which is last"}
			}
			merged[field], from[field] = object[field], one.key
		}
	}
	if r.Strategy == "JSON" {
		kept := slices.DeleteFunc(slices.Clone(all), func(one keyed) bool { return one.key == r.Into })
		return append(kept, keyed{r.Into, r.Into, merged.document()}), nil
	}
	return underNames(merged.values()), nil
}
