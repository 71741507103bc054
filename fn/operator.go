package fn

import (
	"io/fs"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// Operator is what whoever runs the render gives besides the manifests, and
// before them.
type Operator struct {
	// Items are stores, which win over those of the package of the same kind and
	// name, and what they refer to: Secrets, ConfigMaps, and Namespaces for their
	// labels. Places has where each of them stands (ESFN_STORES).
	Items  []*yaml.RNode
	Places []Place
	// Secrets holds files NAMESPACE/NAME/KEY; nil for none (ESFN_SECRETS_DIR).
	Secrets fs.FS
	// DenyPackageStores refuses stores that come with the package
	// (ESFN_PACKAGE_STORES).
	DenyPackageStores bool
}

// operatorView is the typed view of what the operator gives. None of it is ever
// in the output.
type operatorView struct {
	stores, secrets, configMaps []*item
	namespaces                  map[string]map[string]string
	folder                      fs.FS
	denyPackageStores           bool
}

// viewOperator reads what the operator gives, and refuses what has no place there.
func viewOperator(in Operator) (operatorView, Problems) {
	v := operatorView{namespaces: map[string]map[string]string{}, folder: in.Secrets, denyPackageStores: in.DenyPackageStores}
	var problems Problems
	for i, node := range in.Items {
		h := api.HeaderOf(node)
		it := &item{index: i, node: node, annotations: h.Annotations, Resource: resourceOf(h), byOperator: true}
		if i < len(in.Places) {
			it.File, it.Line = in.Places[i].File, in.Places[i].Line
		}
		switch {
		case h.Kind == "SecretStore" || h.Kind == "ClusterSecretStore":
			v.stores = append(v.stores, it)
		case h.APIVersion == "v1" && h.Kind == "Secret":
			v.secrets = append(v.secrets, it)
		case h.APIVersion == "v1" && h.Kind == "ConfigMap":
			v.configMaps = append(v.configMaps, it)
		case h.APIVersion == "v1" && h.Kind == "Namespace":
			v.namespaces[h.Name] = h.Labels
		default:
			problems = append(problems, Problem{it.Resource, "", "has no place in ESFN_STORES",
				"it takes SecretStores, ClusterSecretStores, and Secrets, ConfigMaps and Namespaces that these need"})
		}
	}
	return v, problems
}
