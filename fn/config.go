package fn

import (
	"fmt"

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
	r := resourceOf(api.HeaderOf(config))
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

// asGenerator refuses to run as a generator of kustomize's. Those are given a
// copy of their own functionConfig as the only item; kpt, too, has it among the
// items, but with the path of its file.
func asGenerator(in Input) Problems {
	if in.FunctionConfig == nil || len(in.Items) != 1 {
		return nil
	}
	config, only := api.HeaderOf(in.FunctionConfig), api.HeaderOf(in.Items[0])
	if only.Kind != config.Kind || only.Name != config.Name || only.Annotations[localConfig] != "true" || isPlaced(only.Annotations) {
		return nil
	}
	hint := "list it under transformers in kustomization.yaml"
	if config.Kind != api.FunctionConfigKind {
		hint = "list it under resources in kustomization.yaml, and a " + api.FunctionConfigKind + " under transformers"
	}
	return Problems{{resourceOf(config), "", "running as a generator is not supported yet: kustomize shows a generator no other resources", hint}}
}

func resourceOf(h api.Header) Resource {
	return Resource{APIVersion: h.APIVersion, Kind: h.Kind, Namespace: h.Namespace, Name: h.Name}
}
