package fn

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
)

// configure reads the functionConfig, which may be nil: kpt and a pipe need
// none.
func configure(in Input) (api.RenderSpec, Problems) {
	config := in.FunctionConfig
	if config == nil || yaml.IsMissingOrNull(config) {
		return api.RenderSpec{}, nil
	}
	h := api.HeaderOf(config)
	r := resourceOf(h)
	switch {
	case r.APIVersion == api.FunctionConfigAPIVersion && r.Kind == api.FunctionConfigKind:
		var c api.RenderExternalSecrets
		found := api.Decode(config, &c)
		return c.Spec, at(r, append(found, c.Spec.Problems("spec")...))
	case r.APIVersion == "v1" && r.Kind == "ConfigMap":
		var c api.ConfigMap
		found := api.Decode(config, &c)
		spec := c.Data.Spec()
		return spec, at(r, append(found, spec.Problems("data")...))
	case isGenerator(in) && isExternalSecret(h):
		return api.RenderSpec{}, nil
	case isExternalSecret(h):
		return api.RenderSpec{}, Problems{{r, "", "an ExternalSecret can be a functionConfig of generators only", "list it under generators in kustomization.yaml, or under resources"}}
	}
	return api.RenderSpec{}, Problems{{r, "", fmt.Sprintf("a functionConfig of kind %q (%q) is none that esfn reads", r.Kind, r.APIVersion),
		fmt.Sprintf("write it as kind: %s, apiVersion: %s", api.FunctionConfigKind, api.FunctionConfigAPIVersion)}}
}

// isGenerator tells a generator of kustomize's. Those are given a copy of their
// own functionConfig as the only item; kpt, too, has it among the items, but with
// the path of its file.
func isGenerator(in Input) bool {
	if in.FunctionConfig == nil || len(in.Items) != 1 {
		return false
	}
	config, only := api.HeaderOf(in.FunctionConfig), in.Items[0].Header()
	return only.Kind == config.Kind && only.Name == config.Name && only.Annotations[localConfig] == "true" && !isPlaced(only.Annotations)
}

// sources are what a run works on: the items, of which the host gets back what
// esfn does not replace, and after them what the functionConfig brings, which it
// does not.
type sources struct {
	objects []*manifest.Object
	// items is how many of the objects are the host's own.
	items int
	// generator tells that the host is a kustomize that wants to have what is made,
	// and nothing else.
	generator bool
}

// sourcesOf puts the items and the functionConfig's resources together. A
// generator's only item is its functionConfig, which may be an ExternalSecret
// itself.
func sourcesOf(in Input, spec api.RenderSpec) (sources, Problems) {
	var s sources
	switch s.generator = isGenerator(in); {
	case !s.generator:
		s.objects, s.items = in.Items, len(in.Items)
	case isExternalSecret(in.Items[0].Header()):
		s.objects = in.Items
	}
	var problems Problems
	for i, object := range spec.Resources {
		if object.Node == nil {
			continue
		}
		if h := api.HeaderOf(object.Node); !isOurs(h) {
			problems = append(problems, Problem{resourceOf(api.HeaderOf(in.FunctionConfig)), fmt.Sprintf("spec.resources[%d]", i), fmt.Sprintf("%s has no place there", resourceOf(h)),
				"it takes ExternalSecrets, ClusterExternalSecrets, stores, and the Secrets, ConfigMaps and Namespaces that these need"})
		}
		s.objects = append(s.objects[:len(s.objects):len(s.objects)], manifest.New(object.Node))
	}
	if kind := api.HeaderOf(in.FunctionConfig).Kind; s.generator && len(s.objects) == 0 && (kind == api.FunctionConfigKind || kind == "ConfigMap") {
		problems = append(problems, Problem{resourceOf(api.HeaderOf(in.FunctionConfig)), "spec.resources", "is empty, and kustomize shows a generator no other resources",
			"put the ExternalSecrets there, or list this under transformers, beside resources"})
	}
	return s, problems
}

func isExternalSecret(h api.Header) bool {
	return h.Kind == "ExternalSecret" && (h.APIVersion == group+"/v1" || h.APIVersion == group+"/v1beta1")
}

// isOurs tells the kinds that esfn acts on, or that may be referred to.
func isOurs(h api.Header) bool {
	itsGroup, _, _ := strings.Cut(h.APIVersion, "/")
	switch h.Kind {
	case "ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore":
		return itsGroup == group
	case "Secret", "ConfigMap", "Namespace":
		return h.APIVersion == "v1"
	}
	return false
}

func resourceOf(h api.Header) Resource {
	return Resource{APIVersion: h.APIVersion, Kind: h.Kind, Namespace: h.Namespace, Name: h.Name}
}
