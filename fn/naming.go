package fn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/api"
)

// kustomize notes what an object was called before it gave it prefixes,
// suffixes and namespaces: lists with one entry a change. References between
// objects that it does not know, such as secretStoreRef, keep the old names.
const (
	previousNames      = "internal.config.kubernetes.io/previousNames"
	previousNamespaces = "internal.config.kubernetes.io/previousNamespaces"
	namePrefixes       = "internal.config.kubernetes.io/prefixes"
	nameSuffixes       = "internal.config.kubernetes.io/suffixes"
)

// wasCalled tells whether the object had this name before kustomize renamed it.
func (it *item) wasCalled(name string) bool { return slices.Contains(it.names()[1:], name) }

// names are the one that the object has, and those that it had before, the
// latest first.
func (it *item) names() []string {
	names := []string{it.Name}
	for _, before := range slices.Backward(strings.Split(it.annotations[previousNames], ",")) {
		if before != "" {
			names = append(names, before)
		}
	}
	return names
}

// earlierNamespaces are those that the object was in before kustomize moved it.
func (it *item) earlierNamespaces() (earlier []string) {
	before, moved := it.annotations[previousNamespaces]
	if !moved {
		return nil
	}
	for namespace := range strings.SplitSeq(before, ",") {
		earlier = append(earlier, api.OrDefault(namespace))
	}
	return earlier
}

// named returns those of the candidates that referrer means by name: the ones
// that are called so now, else the ones that were called so before kustomize
// renamed them. Of several, those with the referrer's own prefixes and
// suffixes, which come from the same layer, are preferred.
func named(candidates []*item, name string, referrer *item) []*item {
	var now, before, same []*item
	for _, it := range candidates {
		switch {
		case it.Name == name:
			now = append(now, it)
		case it.wasCalled(name):
			before = append(before, it)
		}
	}
	if len(now) == 0 {
		now = before
	}
	if len(now) < 2 {
		return now
	}
	for _, it := range now {
		if it.annotations[namePrefixes] == referrer.annotations[namePrefixes] &&
			it.annotations[nameSuffixes] == referrer.annotations[nameSuffixes] {
			same = append(same, it)
		}
	}
	if len(same) > 0 {
		return same
	}
	return now
}

// referred returns the one object of a kind, in a namespace, that referrer means
// by name. Where there is none, or several, the cause says so; there is none
// exactly where missing is true.
func referred(kind string, all *objects, namespace, name string, referrer *item) (found *item, missing bool, cause string) {
	where := fmt.Sprintf("%s %s/%s", kind, api.OrDefault(namespace), name)
	switch answering := named(all.in(namespace, name), name, referrer); len(answering) {
	case 0:
		return nil, true, "no " + where + " among the manifests given"
	case 1:
		return answering[0], false, ""
	default:
		return nil, false, fmt.Sprintf("%d %ss answer to %s: %s", len(answering), kind, where, listed(answering))
	}
}
