package fn

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// targetName is the name of the Secret that an ExternalSecret makes.
func (es *externalSecret) targetName() string {
	if es.Spec.Target.Name != "" {
		return es.Spec.Target.Name
	}
	return es.Name
}

// targetMetadata gives the Secret's labels and annotations: the template's
// where there is a template, even an empty one; else the ExternalSecret's own
// (setMetadata in ESO's externalsecret_controller_template.go). What hosts
// annotate for themselves never goes along, nor do ESO's own marks: an ESO that
// runs in the cluster would take the Secret for its own.
func (es *externalSecret) targetMetadata() (labels, annotations map[string]string) {
	labels, annotations = es.Metadata.Labels, withoutHosts(es.Metadata.Annotations)
	if t := es.Spec.Target.Template; t != nil {
		labels, annotations = t.Metadata.Labels, t.Metadata.Annotations
	}
	return withoutMarks(labels), withoutMarks(annotations)
}

func withoutMarks(metadata map[string]string) map[string]string {
	own := maps.Clone(metadata)
	maps.DeleteFunc(own, func(key, _ string) bool { return strings.HasPrefix(key, "reconcile.external-secrets.io/") })
	return own
}

// secretNode builds the Secret: data in base64 and in the order of its keys,
// the type always set, nothing that changes from one run to the next.
func (es *externalSecret) secretNode(data map[string]secret.Value, mark map[string]string) *yaml.RNode {
	labels, own := es.targetMetadata()
	annotations := maps.Clone(own)
	if annotations == nil {
		annotations = map[string]string{}
	}
	maps.Copy(annotations, mark)

	metadata := mapping(pair{"name", text(es.targetName())})
	if es.Namespace != "" {
		metadata.Content = append(metadata.Content, text("namespace"), text(es.Namespace))
	}
	if len(labels) > 0 {
		metadata.Content = append(metadata.Content, text("labels"), texts(labels))
	}
	if len(annotations) > 0 {
		metadata.Content = append(metadata.Content, text("annotations"), texts(annotations))
	}
	// Here values leave the function, and only here.
	encoded := map[string]string{}
	for key, value := range data {
		encoded[key] = base64.StdEncoding.EncodeToString([]byte(value.Reveal()))
	}
	object := mapping(
		pair{"apiVersion", text("v1")},
		pair{"kind", text("Secret")},
		pair{"metadata", metadata},
		pair{"type", text(secretType(es.Spec.Target.Template))},
	)
	if len(encoded) > 0 {
		object.Content = append(object.Content, text("data"), texts(encoded))
	}
	return yaml.NewRNode(object)
}

// secretType is the template's, or what the API server would fill in.
func secretType(t *api.Template) string {
	if t == nil || t.Type == "" {
		return "Opaque"
	}
	return t.Type
}

type pair struct {
	key   string
	value *yaml.Node
}

func mapping(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for _, p := range pairs {
		n.Content = append(n.Content, text(p.key), p.value)
	}
	return n
}

func texts(m map[string]string) *yaml.Node {
	n := mapping()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		n.Content = append(n.Content, text(key), text(m[key]))
	}
	return n
}

// text is a string that every YAML reader takes for a string: quoted where
// YAML 1.1 would read a number or a boolean, and where the encoder would begin a
// block with a tab, which no reader takes.
func text(s string) *yaml.Node {
	n := yaml.NewStringRNode(s).YNode()
	if yaml.IsYaml1_1NonString(n) || strings.HasPrefix(s, "\t") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
