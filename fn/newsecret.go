package fn

import (
	"encoding/base64"
	"maps"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/secret"
)

// targetName is the name of the Secret that an ExternalSecret makes.
func (es *externalSecret) targetName() string {
	if es.Spec.Target.Name != "" {
		return es.Spec.Target.Name
	}
	return es.Name
}

// secretNode builds the Secret: data in base64 and in the order of its keys,
// the type always set, nothing that changes from one run to the next.
func (es *externalSecret) secretNode(r *contents, mark map[string]string) *yaml.RNode {
	annotations := shown(r.annotations)
	maps.Copy(annotations, mark)

	metadata := mapping(pair{"name", text(es.targetName())})
	if es.Namespace != "" {
		metadata.Content = append(metadata.Content, text("namespace"), text(es.Namespace))
	}
	if labels := shown(r.labels); len(labels) > 0 {
		metadata.Content = append(metadata.Content, text("labels"), texts(labels))
	}
	if len(annotations) > 0 {
		metadata.Content = append(metadata.Content, text("annotations"), texts(annotations))
	}
	if finalizers := es.finalizers(); len(finalizers) > 0 {
		metadata.Content = append(metadata.Content, text("finalizers"), list(finalizers))
	}
	object := mapping(
		pair{"apiVersion", text("v1")},
		pair{"kind", text("Secret")},
		pair{"metadata", metadata},
		pair{"type", text(es.secretType("Opaque"))},
	)
	if es.Spec.Target.Immutable {
		object.Content = append(object.Content, text("immutable"), yes())
	}
	if data := encoded(r.data); len(data) > 0 {
		object.Content = append(object.Content, text("data"), texts(data))
	}
	return yaml.NewRNode(object)
}

// encoded and shown are where values leave the function: in base64, or, where a
// template put them into labels and annotations, as they are. ESO's own marks do
// not go along: an ESO that runs in the cluster would take the Secret for its
// own. Nor does what a host would take for its bookkeeping, or esfn for its mark:
// it says which file a Secret is written to.
func encoded(data map[string]secret.Value) map[string]string {
	texts := map[string]string{}
	for key, value := range data {
		texts[key] = base64.StdEncoding.EncodeToString([]byte(value.Reveal()))
	}
	return texts
}

func shown(metadata map[string]secret.Value) map[string]string {
	texts := map[string]string{}
	for key, value := range metadata {
		if !strings.HasPrefix(key, "reconcile.external-secrets.io/") && !isBookkeeping(key) && key != madeBy {
			texts[key] = value.Reveal()
		}
	}
	return texts
}

// secretType is the template's; else what is given, for one that the API server
// would fill in.
func (es *externalSecret) secretType(otherwise string) string {
	if t := es.Spec.Target.Template; t != nil && t.Type != "" {
		return t.Type
	}
	return otherwise
}

func (es *externalSecret) finalizers() []string {
	if t := es.Spec.Target.Template; t != nil {
		return t.Metadata.Finalizers
	}
	return nil
}
