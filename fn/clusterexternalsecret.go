package fn

import (
	"fmt"
	"maps"
	"slices"

	"github.com/esfn/esfn/fn/api"
)

// expand makes an ExternalSecret of a ClusterExternalSecret in every namespace
// that it chooses. What it chooses by label is known of the Namespace objects
// among the items; a namespace that it names need not be among them
// (GetTargetNamespaces in ESO's runtime/esutils/utils.go finds it in the
// cluster).
//
// The ExternalSecrets have the metadata that externalSecretMetadata gives them,
// and nothing of the ClusterExternalSecret's own but the annotation by which
// ESO's users ask for a refresh.
func (v *packageView) expand(it *item) Problems {
	var c api.ClusterExternalSecret
	found := api.Check(it.object.Node(), &c)
	if it.isIgnored() {
		// Which namespaces it is for does not matter: the cluster may have others.
		es := &externalSecret{item: new(*it), of: it}
		es.Spec = c.Spec.ExternalSecretSpec
		v.ignored = append(v.ignored, es)
		return nil
	}
	if len(found) > 0 {
		return at(it.Resource, found)
	}
	v.clusterExternalSecrets = append(v.clusterExternalSecrets, it)
	chosen := v.chosen(&c.Spec)
	if len(chosen) == 0 {
		v.warnings = append(v.warnings, Problem{it.Resource, "spec", "makes no Secret: it chooses none of the namespaces given",
			"give esfn the Namespace objects with their labels, or name them in spec.namespaces"})
	}
	var problems Problems
	for _, namespace := range chosen {
		if v.expanded++; v.expanded > maxExpanded {
			if v.expanded == maxExpanded+1 {
				problems = append(problems, Problem{it.Resource, "spec", fmt.Sprintf("with it, more than %d ExternalSecrets are made from ClusterExternalSecrets", maxExpanded),
					"render fewer of them at a time, or for fewer namespaces"})
			}
			return problems
		}
		es := &externalSecret{item: new(*it), of: it}
		es.Spec = c.Spec.ExternalSecretSpec
		es.Namespace, es.Name = namespace, c.Spec.ExternalSecretName
		if es.Name == "" {
			es.Name = c.Metadata.Name
		}
		es.Metadata = api.Metadata{Name: es.Name, Namespace: namespace, Labels: c.Spec.ExternalSecretMetadata.Labels,
			Annotations: c.Spec.ExternalSecretMetadata.Annotations}
		const forceSync = "external-secrets.io/force-sync"
		if asked, ok := c.Metadata.Annotations[forceSync]; ok {
			es.Metadata.Annotations = maps.Clone(es.Metadata.Annotations)
			if es.Metadata.Annotations == nil {
				es.Metadata.Annotations = map[string]string{}
			}
			es.Metadata.Annotations[forceSync] = asked
		}
		if other, taken := v.byName[es.objectName()]; taken {
			what := other.item.Resource.String()
			if other.of != nil {
				what = other.of.Resource.String() + ", in the same namespace"
			}
			problems = append(problems, Problem{it.Resource, "spec.externalSecretName",
				fmt.Sprintf("the ExternalSecret that it makes in namespace %q is there already: %s", namespace, what), "give one of the two another name"})
			continue
		}
		v.byName[es.objectName()] = es
		v.externalSecrets = append(v.externalSecrets, es)
	}
	return problems
}

// chosen returns the namespaces that a ClusterExternalSecret chooses, sorted.
func (v *packageView) chosen(spec *api.ClusterExternalSecretSpec) []string {
	selectors := slices.Clone(spec.NamespaceSelectors)
	if spec.NamespaceSelector != nil {
		selectors = append(selectors, *spec.NamespaceSelector)
	}
	chosen := slices.Clone(spec.Namespaces)
	for name := range v.namespaces {
		if slices.ContainsFunc(selectors, func(s api.LabelSelector) bool { return s.Matches(v.labelsOf(name)) }) {
			chosen = append(chosen, name)
		}
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

// labelsOf returns a namespace's labels, the one of its name among them, which
// the API server sets.
func (v *packageView) labelsOf(namespace string) map[string]string {
	labels, known := v.labels[namespace]
	if !known {
		labels = map[string]string{}
		maps.Copy(labels, v.namespaces[namespace])
		labels["kubernetes.io/metadata.name"] = namespace
		v.labels[namespace] = labels
	}
	return labels
}
