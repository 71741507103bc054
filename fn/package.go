package fn

import (
	"fmt"
	"slices"
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

// externalSecret is an ExternalSecret, decoded as far as it decodes.
type externalSecret struct {
	*item
	api.ExternalSecret
	// broken tells that problems of it are known, so that what follows from
	// them alone need not be said as well.
	broken bool
}

// packageView is the typed view of the items: what esfn acts on or may be
// referred to by what it acts on. Everything else it does not look at.
type packageView struct {
	host            host
	externalSecrets []*externalSecret
	stores          []*item
	secrets         []*item
}

const group = "external-secrets.io"

// view reads the items. Problems are those of ExternalSecrets alone: a store
// that nothing refers to is nobody's problem.
func view(in Input) (*packageView, Problems) {
	v := &packageView{host: hostOf(in.Items)}
	var problems Problems
	for i, node := range in.Items {
		if node.YNode() == nil || node.YNode().Kind != yaml.MappingNode {
			continue
		}
		apiVersion, kind := node.GetApiVersion(), node.GetKind()
		itsGroup, version, _ := strings.Cut(apiVersion, "/")
		if itsGroup != group && (apiVersion != "v1" || kind != "Secret") {
			continue
		}
		it := &item{index: i, node: node, annotations: node.GetAnnotations()}
		it.Resource = Resource{apiVersion, kind, node.GetNamespace(), node.GetName(), "", 0}
		it.File, it.Index = placeOf(in.Files, i, it.annotations)
		switch {
		case kind == "Secret":
			v.secrets = append(v.secrets, it)
		case kind == "SecretStore" || kind == "ClusterSecretStore":
			v.stores = append(v.stores, it)
		case kind == "ClusterExternalSecret":
			problems = append(problems, Problem{it.Resource, "kind", "not supported yet", "write an ExternalSecret for each namespace"})
		case kind == "ExternalSecret" && version != "v1" && version != "v1beta1":
			problems = append(problems, Problem{it.Resource, "apiVersion", fmt.Sprintf("%q is no version that esfn reads", apiVersion),
				"write it as " + group + "/v1"})
		case kind == "ExternalSecret":
			es := &externalSecret{item: it}
			found := api.Decode(node, &es.ExternalSecret)
			if len(found) == 0 {
				found = es.Problems()
			}
			es.broken = len(found) > 0
			problems = append(problems, at(it.Resource, found)...)
			v.externalSecrets = append(v.externalSecrets, es)
		}
	}
	return v, problems
}

// placeOf returns the file of item i, from the caller's list or from the path
// that hosts annotate.
func placeOf(files []string, i int, annotations map[string]string) (string, int) {
	if i < len(files) && files[i] != "" {
		return files[i], 0
	}
	var index int
	path := annotations[kioutil.PathAnnotation]
	if path == "" {
		path = annotations[kioutil.LegacyPathAnnotation]
	}
	if _, err := fmt.Sscan(annotations[kioutil.IndexAnnotation], &index); err != nil {
		index = 0
	}
	return path, index
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
