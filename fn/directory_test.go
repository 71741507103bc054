package fn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn/api"
)

// TestADirectoryFindsWhatAWalkFinds compares it with looking through all objects, for
// objects that kustomize has renamed and moved, some of them several times.
func TestADirectoryFindsWhatAWalkFinds(t *testing.T) {
	names, namespaces := []string{"a", "b", "pre-a", "none"}, []string{"", "default", "shop", "bank"}
	random := rand.New(rand.NewPCG(1, 2))
	some := func(of []string) string {
		var list []string
		for range random.IntN(4) {
			list = append(list, of[random.IntN(len(of))])
		}
		return strings.Join(list, ",")
	}
	pairs := 0
	for range 200 {
		var objects objects
		for i := range random.IntN(12) {
			it := &item{index: i, Resource: Resource{Namespace: namespaces[random.IntN(4)], Name: names[random.IntN(3)]}, annotations: map[string]string{}}
			if random.IntN(2) == 0 {
				it.annotations[previousNames] = some(names)
			}
			if random.IntN(2) == 0 {
				it.annotations[previousNamespaces] = some(namespaces)
			}
			objects.add(it)
		}
		for _, name := range names {
			isCalled := func(it *item) bool {
				before := strings.Split(it.annotations[previousNames], ",")
				return it.Name == name || slices.Contains(before, name)
			}
			if diff := difference(objects.all, isCalled, objects.anywhere(name)); diff != "" {
				t.Fatalf("%s anywhere: %s", name, diff)
			}
			for _, namespace := range namespaces {
				isIn := func(it *item) bool {
					before, moved := it.annotations[previousNamespaces]
					places := []string{it.Namespace}
					if moved {
						places = append(places, strings.Split(before, ",")...)
					}
					return slices.ContainsFunc(places, func(place string) bool { return api.OrDefault(place) == api.OrDefault(namespace) })
				}
				if diff := difference(objects.all, func(it *item) bool { return isCalled(it) && isIn(it) }, objects.in(namespace, name)); diff != "" {
					t.Fatalf("%q in %q: %s", name, namespace, diff)
				}
				pairs += len(objects.in(namespace, name))
			}
		}
	}
	if pairs < 1000 {
		t.Fatalf("only %d found", pairs)
	}
}

// difference compares those of the objects that a walk takes with what was found.
func difference(all []*item, takes func(*item) bool, found []*item) string {
	want := slices.DeleteFunc(slices.Clone(all), func(it *item) bool { return !takes(it) })
	if slices.Equal(want, found) {
		return ""
	}
	return fmt.Sprintf("found %d objects %s, a walk %d: %s", len(found), listed(found), len(want), listed(want))
}
