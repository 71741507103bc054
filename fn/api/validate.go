package api

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/esfn/esfn/fn/expression"
)

// Problems returns what ESO's admission webhook refuses about an ExternalSecret
// (apis/externalsecrets/v1/externalsecret_validator.go), and what its controller
// would find as soon as it looked, whatever Vault holds. All of them are
// reported.
func (es *ExternalSecret) Problems() []Problem { return es.Spec.problems("spec") }

// Problems returns what is wrong with a ClusterExternalSecret that decodes, the
// ExternalSecret in it included.
func (c *ClusterExternalSecret) Problems() []Problem {
	found := c.Spec.ExternalSecretSpec.problems("spec.externalSecretSpec")
	found = append(found, c.Spec.NamespaceSelector.problems("spec.namespaceSelector")...)
	for i := range c.Spec.NamespaceSelectors {
		found = append(found, c.Spec.NamespaceSelectors[i].problems(fmt.Sprintf("spec.namespaceSelectors[%d]", i))...)
	}
	return found
}

func (s *ExternalSecretSpec) problems(at string) (found []Problem) {
	if len(s.Data) == 0 && len(s.DataFrom) == 0 {
		found = append(found, Problem{at, "has neither data nor dataFrom", fmt.Sprintf("add an entry under %s.data or %s.dataFrom", at, at)})
	}
	first := map[string]int{}
	for i := range s.Data {
		entry, field := &s.Data[i], fmt.Sprintf("%s.data[%d]", at, i)
		if before, twice := first[entry.SecretKey]; twice && s.Target.DeletionPolicy == "Retain" {
			found = append(found, Problem{field + ".secretKey", fmt.Sprintf("%q is already the key of %s.data[%d]", entry.SecretKey, at, before), ""})
		}
		first[entry.SecretKey] = i
		found = append(found, entry.problems(field)...)
	}
	for i := range s.DataFrom {
		found = append(found, s.DataFrom[i].problems(fmt.Sprintf("%s.dataFrom[%d]", at, i))...)
	}
	if s.SyncWindows != nil && len(s.SyncWindows.Windows) == 0 {
		found = append(found, Problem{at + ".syncWindows.windows", "is empty", "give it a window, or leave syncWindows out"})
	}
	return append(found, s.Target.problems(at+".target")...)
}

func (d *DataEntry) problems(field string) (found []Problem) {
	if !IsSecretKey(d.SecretKey) {
		found = append(found, Problem{field + ".secretKey", fmt.Sprintf("%q is no key that Kubernetes takes", d.SecretKey), ""})
	}
	found = append(found, d.RemoteRef.problems(field+".remoteRef")...)
	if d.SourceRef != nil && d.SourceRef.GeneratorRef != nil {
		// ESO's CRD has the field and its controller looks for a store there.
		return append(found, Problem{field + ".sourceRef.generatorRef", "is for dataFrom only: ESO does not act on it here either", "write a storeRef"})
	}
	return append(found, d.SourceRef.problems(field+".sourceRef")...)
}

func (d *DataFromEntry) problems(field string) (found []Problem) {
	var sources []string
	for name, given := range map[string]bool{
		"extract": d.Extract != nil, "find": d.Find != nil, "sourceRef.generatorRef": d.SourceRef != nil && d.SourceRef.GeneratorRef != nil,
	} {
		if given {
			sources = append(sources, name)
		}
	}
	slices.Sort(sources)
	switch {
	case len(sources) > 1:
		found = append(found, Problem{field, "has " + strings.Join(sources, " and ") + ", and takes one of them", "write an entry for each"})
	case len(sources) == 0 && d.SourceRef == nil:
		found = append(found, Problem{field, "names nothing to read", "name the secret to read with extract.key, or choose many with find"})
	}
	if d.Extract != nil {
		found = append(found, d.Extract.problems(field+".extract")...)
	}
	if d.Find != nil {
		found = append(found, d.Find.problems(field+".find")...)
	}
	for i := range d.Rewrite {
		found = append(found, d.Rewrite[i].problems(fmt.Sprintf("%s.rewrite[%d]", field, i))...)
	}
	return append(found, d.SourceRef.problems(field+".sourceRef")...)
}

func (s *SourceRef) problems(field string) []Problem {
	switch {
	case s == nil:
		return nil
	case s.GeneratorRef != nil && s.StoreRef != nil:
		return []Problem{{field, "has storeRef and generatorRef, and takes one of them", "leave generatorRef out: esfn reads values and makes none"}}
	case s.GeneratorRef != nil:
		return []Problem{{field + ".generatorRef", "esfn reads values and makes none: a generator's would be others in every render",
			"keep what it makes in Vault, or leave this ExternalSecret to the operator"}}
	case s.StoreRef == nil:
		return []Problem{{field, "names no store", "give it a storeRef, or leave it out to use secretStoreRef"}}
	}
	return nil
}

func (r *RemoteRef) problems(field string) (found []Problem) {
	if hasDotDot(r.Key) {
		found = append(found, Problem{field + ".key", leadsOut, withoutDots})
	}
	// Each of gjson's multipaths can double the text that the next one is given.
	if len(r.Property) > 4096 || strings.Count(r.Property, "[")+strings.Count(r.Property, "{") > 4 || strings.Count(r.Property, ",") > 100 {
		found = append(found, Problem{field + ".property", "is a path that could make far more of a secret than it holds",
			"it takes 4 of [ and {, 100 commas and 4096 characters; take what is needed in several entries"})
	}
	return found
}

func (f *Find) problems(field string) (found []Problem) {
	if f.Path != nil && hasDotDot(*f.Path) {
		found = append(found, Problem{field + ".path", leadsOut, withoutDots})
	}
	if f.Name != nil {
		found = append(found, regExpProblems(field+".name.regexp", f.Name.RegExp)...)
	}
	return found
}

func (r *Rewrite) problems(field string) (found []Problem) {
	given := 0
	for _, is := range []bool{r.RegExp != nil, r.Transform != nil, r.Merge != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		found = append(found, Problem{field, "takes exactly one of regexp, transform and merge", "write an operation for each; they are applied one after the other"})
	}
	if r.RegExp != nil {
		found = append(found, regExpProblems(field+".regexp.source", r.RegExp.Source)...)
		if len(r.RegExp.Target) > longestTarget {
			found = append(found, Problem{field + ".regexp.target", fmt.Sprintf("is longer than %d bytes", longestTarget), ""})
		}
	}
	if r.Merge != nil && r.Merge.Strategy == "JSON" && r.Merge.Into == "" {
		found = append(found, Problem{field + ".merge.into", "strategy JSON needs it", "name the key that the JSON object is to have"})
	}
	return found
}

// longestTarget bounds what takes the place of each match.
const longestTarget = 4096

// regExpProblems judges a regular expression as Go reads it (RE2), and ESO.
func regExpProblems(field, source string) []Problem {
	if expression.IsTooLarge(source) {
		return []Problem{{field, fmt.Sprintf("is a regular expression of more than %d KiB, or of more than %d steps", expression.MaxText>>10, expression.MaxSteps), "a{1000} is a thousand steps: write a shorter one, or several"}}
	}
	if _, err := regexp.Compile(source); err != nil {
		return []Problem{{field, "is no regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "), "Go's syntax (RE2) is without look-around and back references"}}
	}
	return nil
}

// IsSecretKey is Kubernetes' rule for a key of a Secret
// (IsConfigMapKey in k8s.io/apimachinery/pkg/util/validation).
func IsSecretKey(key string) bool {
	if key == "" || len(key) > 253 || key == "." || strings.HasPrefix(key, "..") {
		return false
	}
	for _, r := range key {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r) {
			return false
		}
	}
	return true
}

// What is said of a path with "..": Vault's client resolves it before the
// request is sent, so that it would read another mount than the store's.
const (
	leadsOut    = "leads out of its mount with .."
	withoutDots = "write the path without it"
)

func hasDotDot(path string) bool {
	return slices.Contains(strings.Split(path, "/"), "..")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
