package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// item is one object of the list as the rest of the package sees it.
type item struct {
	Resource
	index       int
	node        *yaml.RNode
	annotations map[string]string
}

// objectName is what objects of one kind differ in. An object without a
// namespace is in that called default.
type objectName struct{ namespace, name string }

func (it *item) objectName() objectName { return objectName{api.OrDefault(it.Namespace), it.Name} }

// externalSecret is an ExternalSecret, decoded as far as it decodes.
type externalSecret struct {
	*item
	api.ExternalSecret
	// problems are those of the document alone. What follows from them need not
	// be said as well.
	problems []api.Problem
	// incomplete tells that one of its entries cannot be planned or read.
	incomplete bool
}

func (es *externalSecret) isBroken() bool { return len(es.problems) > 0 }

// packageView is the typed view of the items: what esfn acts on or may be
// referred to by what it acts on. Everything else it does not look at.
type packageView struct {
	host            host
	externalSecrets []*externalSecret
	byName          map[objectName]*externalSecret
	stores          []*item
	secrets         []*item
	warnings        Problems
}

const group = "external-secrets.io"

// kinds of the group. Those that are not esfn's business pass through; one that
// is spelled almost like them is a mistake that would pass through as well.
var kinds = []string{"ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret", "PushSecret", "ClusterPushSecret"}

// view reads the items. Problems are those of ExternalSecrets alone: a store
// that nothing refers to is nobody's problem.
func view(in Input) (*packageView, Problems) {
	v := &packageView{host: hostOf(in), byName: map[objectName]*externalSecret{}}
	var problems Problems
	for i, node := range in.Items {
		h := api.HeaderOf(node)
		itsGroup, version, _ := strings.Cut(h.APIVersion, "/")
		it := &item{index: i, node: node, annotations: h.Annotations, Resource: resourceOf(h)}
		v.place(in, it)
		switch {
		case h.APIVersion == "v1" && h.Kind == "Secret":
			v.secrets = append(v.secrets, it)
		case itsGroup != group && h.Kind == "ExternalSecret":
			v.warnings = append(v.warnings, Problem{it.Resource, "apiVersion", fmt.Sprintf("%q is not read, and passes through", h.APIVersion),
				"an ExternalSecret that esfn renders is of " + group + "/v1"})
		case itsGroup != group:
		case h.Kind == "SecretStore" || h.Kind == "ClusterSecretStore":
			v.stores = append(v.stores, it)
		case h.Kind == "ClusterExternalSecret":
			problems = append(problems, Problem{it.Resource, "kind", "not supported yet", "write an ExternalSecret for each namespace"})
		case h.Kind == "ExternalSecret" && version != "v1" && version != "v1beta1":
			problems = append(problems, Problem{it.Resource, "apiVersion", fmt.Sprintf("%q is no version that esfn reads", h.APIVersion),
				"write it as " + group + "/v1"})
		case h.Kind == "ExternalSecret":
			problems = append(problems, v.addExternalSecret(it)...)
		case strings.HasSuffix(h.Kind, "List"):
			problems = append(problems, Problem{it.Resource, "kind", fmt.Sprintf("%q is a list", h.Kind), "give esfn its items one by one"})
		case !slices.Contains(kinds, h.Kind):
			if hint := api.DidYouMean(h.Kind, kinds); hint != "" {
				problems = append(problems, Problem{it.Resource, "kind", fmt.Sprintf("%q is no kind of %s", h.Kind, group), hint})
			}
		}
	}
	return v, problems
}

func (v *packageView) addExternalSecret(it *item) Problems {
	es := &externalSecret{item: it}
	found := api.Decode(it.node, &es.ExternalSecret)
	if len(found) == 0 {
		found = es.Problems()
	}
	if other, twice := v.byName[it.objectName()]; twice {
		cause := "given twice"
		if other.File != "" {
			cause += "; the other one is in " + other.place()
		}
		found = append(found, api.Problem{Field: "metadata.name", Cause: cause, Hint: "keep one of the two"})
	}
	v.byName[it.objectName()] = es
	es.problems = found
	v.externalSecrets = append(v.externalSecrets, es)
	return at(it.Resource, found)
}

// place notes where an item stands: as the caller knows it, or by the path that
// hosts annotate. kustomize keeps no paths, but invents some after an earlier
// function.
func (v *packageView) place(in Input, it *item) {
	switch {
	case it.index < len(in.Places):
		it.File, it.Line = in.Places[it.index].File, in.Places[it.index].Line
	case v.host != kustomize:
		it.File = cmp.Or(it.annotations[kioutil.PathAnnotation], it.annotations[kioutil.LegacyPathAnnotation])
		// An index that is no number is as good as none.
		it.Index, _ = strconv.Atoi(it.annotations[kioutil.IndexAnnotation])
	}
}

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
func (it *item) wasCalled(name string) bool {
	return slices.Contains(strings.Split(it.annotations[previousNames], ","), name)
}

// isIn tells whether the object is in this namespace, or was before kustomize
// moved it.
func (it *item) isIn(namespace string) bool {
	if api.OrDefault(it.Namespace) == api.OrDefault(namespace) {
		return true
	}
	before, moved := it.annotations[previousNamespaces]
	return moved && slices.ContainsFunc(strings.Split(before, ","), func(old string) bool {
		return api.OrDefault(old) == api.OrDefault(namespace)
	})
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
