package fn

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/parallel"
)

// item is one object of the list as the rest of the package sees it.
type item struct {
	Resource
	index       int
	object      *manifest.Object
	annotations map[string]string
	// byOperator tells what does not stand among the items, but is the
	// operator's.
	byOperator bool
}

// objectName is what objects of one kind differ in. An object without a
// namespace is in that called default.
type objectName struct{ namespace, name string }

func (it *item) objectName() objectName { return objectName{api.OrDefault(it.Namespace), it.Name} }

// externalSecret is an ExternalSecret, decoded as far as it decodes.
type externalSecret struct {
	*item
	api.ExternalSecret
	// of is the ClusterExternalSecret that it was made from; nil for one that
	// stands among the items itself.
	of *item
	// problems are those of the document alone. What follows from them need not
	// be said as well.
	problems []api.Problem
	// unusable tells that one of its templates or rewrites does not parse, and
	// incomplete that one of its entries cannot be planned or read.
	unusable, incomplete bool
	// idle says why it makes no Secret, whatever is read; empty for one that does.
	// Its templates are not looked at.
	idle string
	// templates of its target, in the order in which they are applied.
	templates []targetTemplate
}

// isBroken tells that nothing need be read for it: what is wrong with it is wrong
// whatever Vault holds.
func (es *externalSecret) isBroken() bool { return es.unusable || len(es.problems) > 0 }

// origin is what stands among the items.
func (es *externalSecret) origin() *item {
	if es.of != nil {
		return es.of
	}
	return es.item
}

// problem is one of this ExternalSecret, at a field of it: where it was made
// from a ClusterExternalSecret, that is what its author wrote.
func (es *externalSecret) problem(field, cause, hint string) Problem {
	if es.of == nil {
		return Problem{es.Resource, field, cause, hint}
	}
	if inside, ok := strings.CutPrefix(field, "spec"); ok {
		field = "spec.externalSecretSpec" + inside
	}
	return Problem{es.of.Resource, field, cause, hint}
}

// packageView is the typed view of the items: what esfn acts on or may be
// referred to by what it acts on. Everything else it does not look at.
type packageView struct {
	sources
	host            host
	operator        operatorView
	externalSecrets []*externalSecret
	byName          map[objectName]*externalSecret
	// clusterExternalSecrets are those that ExternalSecrets were made from.
	clusterExternalSecrets []*item
	// ignored are left for the operator in the cluster, decoded as far as they
	// decode. A ClusterExternalSecret is one of no namespace.
	ignored []*externalSecret

	stores, secrets, configMaps objects
	// namespaces holds the labels of those that are among the items, or are the
	// operator's.
	namespaces map[string]map[string]string
	// labels are those of the namespaces that were asked for so far, with what the API
	// server adds.
	labels   map[string]map[string]string
	warnings Problems
	// connections are those that were made so far.
	connections map[usedFrom]Connection
	// expanded is how many ExternalSecrets were made from those so far.
	expanded int
	// templates of the run.
	templates parsing
	// lastRef is what the last entry reads, which the next mostly reads as well.
	lastRef *Ref
}

const group = "external-secrets.io"

// kinds of the group. Those that are not esfn's business pass through; one that
// is spelled almost like them is a mistake that would pass through as well.
var kinds = []string{"ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret", "PushSecret", "ClusterPushSecret"}

// view reads the items. What is wrong with an ExternalSecret is noted there, and
// said when it is known to be esfn's business; a store that nothing refers to is
// nobody's problem.
//
// Of a Namespace that the operator gives as well, the operator's labels count.
func view(in Input, from sources, operator operatorView) (*packageView, Problems) {
	v := &packageView{sources: from, host: hostOf(in), operator: operator, byName: map[objectName]*externalSecret{}, namespaces: map[string]map[string]string{}, labels: map[string]map[string]string{}, connections: map[usedFrom]Connection{}}
	if v.generator {
		v.host = kustomize
	}
	if len(v.objects) == 0 && !in.Plain {
		v.warnings = append(v.warnings, Problem{Resource{}, "", "was given no resources, and renders none", "do selectors hide them, or did what comes before it fail?"})
	}
	var problems Problems
	var clustered []*item
	decoded := decodeEach(v.objects)
	for i, object := range v.objects {
		h := object.Header()
		itsGroup, version, _ := strings.Cut(h.APIVersion, "/")
		it := &item{index: i, object: object, annotations: h.Annotations, Resource: resourceOf(h)}
		v.place(in, it)
		switch {
		case h.APIVersion == "v1" && h.Kind == "Secret":
			v.secrets.add(it)
		case h.APIVersion == "v1" && h.Kind == "ConfigMap":
			v.configMaps.add(it)
		case h.APIVersion == "v1" && h.Kind == "Namespace":
			if api.IsNamespace(h.Name) { // others no cluster has
				v.namespaces[h.Name] = h.Labels
			}
		case itsGroup != group && h.Kind == "ExternalSecret":
			v.warnings = append(v.warnings, Problem{it.Resource, "apiVersion", fmt.Sprintf("%q is not read, and passes through", h.APIVersion),
				"an ExternalSecret that esfn renders is of " + group + "/v1"})
		case itsGroup != group:
		case h.Kind == "SecretStore" || h.Kind == "ClusterSecretStore":
			v.stores.add(it)
		case (h.Kind == "ExternalSecret" || h.Kind == "ClusterExternalSecret") && !it.isIgnored() && version != "v1" && version != "v1beta1":
			problems = append(problems, Problem{it.Resource, "apiVersion", fmt.Sprintf("%q is no version that esfn reads", h.APIVersion),
				"write it as " + group + "/v1"})
		case h.Kind == "ExternalSecret":
			problems = append(problems, v.checkMark(it)...)
			v.addExternalSecret(it, decoded[i])
		case h.Kind == "ClusterExternalSecret":
			problems = append(problems, v.checkMark(it)...)
			clustered = append(clustered, it)
		case strings.HasSuffix(h.Kind, "List"):
			problems = append(problems, Problem{it.Resource, "kind", fmt.Sprintf("%q is a list", h.Kind), "give esfn its items one by one"})
		case !slices.Contains(kinds, h.Kind):
			if hint := api.DidYouMean(h.Kind, kinds); hint != "" {
				problems = append(problems, Problem{it.Resource, "kind", fmt.Sprintf("%q is no kind of %s", h.Kind, group), hint})
			}
		}
	}
	maps.Copy(v.namespaces, v.operator.namespaces)
	for _, it := range clustered {
		problems = append(problems, v.expand(it)...)
	}
	return v, problems
}

// decodeEach decodes the ExternalSecrets among objects, each at its index.
func decodeEach(objects []*manifest.Object) []*externalSecret {
	decoded := make([]*externalSecret, len(objects))
	parallel.Each(len(objects), func(i int) {
		if h := objects[i].Header(); h.Kind == "ExternalSecret" && strings.HasPrefix(h.APIVersion, group+"/") {
			decoded[i] = &externalSecret{}
			decoded[i].problems = api.Check(objects[i].Node(), &decoded[i].ExternalSecret)
			objects[i].Forget()
		}
	})
	return decoded
}

func (v *packageView) addExternalSecret(it *item, es *externalSecret) {
	es.item = it
	if it.isIgnored() {
		v.ignored = append(v.ignored, es)
		return
	}
	if other, twice := v.byName[it.objectName()]; twice {
		cause := "given twice"
		if other.File != "" {
			cause += "; the other one is in " + other.Place()
		}
		es.problems = append(es.problems, api.Problem{Field: "metadata.name", Cause: cause, Hint: "keep one of the two"})
	}
	v.byName[it.objectName()] = es
	v.externalSecrets = append(v.externalSecrets, es)
}

// place notes where an item stands: as the caller knows it, or by the path that
// hosts annotate. kustomize keeps no paths, but invents some after an earlier
// function.
func (v *packageView) place(in Input, it *item) {
	switch {
	case it.index < len(in.Places) && it.index < v.items:
		it.File, it.Line = in.Places[it.index].File, in.Places[it.index].Line
	case v.host != kustomize:
		it.File = cmp.Or(it.annotations[kioutil.PathAnnotation], it.annotations[kioutil.LegacyPathAnnotation])
		// An index that is no number is as good as none.
		it.Index, _ = strconv.Atoi(it.annotations[kioutil.IndexAnnotation])
	}
}
