package fn

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// configure reads the functionConfig, which may be nil: kpt and a pipe need
// none.
func configure(in Input) (api.RenderSpec, Problems) {
	config := in.FunctionConfig
	if config == nil || yaml.IsMissingOrNull(config) {
		return api.RenderSpec{}, nil
	}
	r := Resource{APIVersion: config.GetApiVersion(), Kind: config.GetKind(), Namespace: config.GetNamespace(), Name: config.GetName()}
	if isGenerator(in.Items, config) {
		return api.RenderSpec{}, Problems{{r, "", "running as a generator is not supported yet: kustomize shows a generator no other resources",
			"list it under transformers in kustomization.yaml"}}
	}
	switch {
	case r.APIVersion == api.FunctionConfigAPIVersion && r.Kind == api.FunctionConfigKind:
		var c api.RenderExternalSecrets
		found := api.Decode(config, &c)
		return c.Spec, at(r, found)
	case r.APIVersion == "v1" && r.Kind == "ConfigMap":
		var c api.ConfigMap
		found := api.Decode(config, &c)
		return c.Data, at(r, found)
	}
	return api.RenderSpec{}, Problems{{r, "", fmt.Sprintf("a functionConfig of kind %q (%q) is none that esfn reads", r.Kind, r.APIVersion),
		fmt.Sprintf("write it as kind: %s, apiVersion: %s", api.FunctionConfigKind, api.FunctionConfigAPIVersion)}}
}

// isGenerator tells kustomize's generators, which are given a copy of their own
// functionConfig as the only item. kpt, too, has the functionConfig among the
// items, but with the path of its file.
func isGenerator(items []*yaml.RNode, config *yaml.RNode) bool {
	if len(items) != 1 || items[0].GetKind() != config.GetKind() || items[0].GetName() != config.GetName() {
		return false
	}
	annotations := items[0].GetAnnotations()
	_, placed := annotations[kioutil.PathAnnotation]
	_, placedBefore := annotations[kioutil.LegacyPathAnnotation]
	return annotations[localConfig] == "true" && !placed && !placedBefore
}
