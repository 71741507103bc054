package fn

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
)

// Operator is what whoever runs the render gives besides the manifests, and
// before them. None of it is ever in the output, or seen by a template.
type Operator struct {
	// Items are stores, which win over those of the package of the same kind and
	// name, and what they refer to: Secrets, ConfigMaps, and Namespaces for their
	// labels. Places has where each of them stands (ESFN_STORES).
	Items  []*manifest.Object
	Places []Place
	// Secrets holds files NAMESPACE/NAME/KEY; nil for none (ESFN_SECRETS_DIR).
	Secrets fs.FS
	// DenyPackageStores refuses stores that come with the package
	// (ESFN_PACKAGE_STORES).
	DenyPackageStores bool
}

// operatorView is the typed view of what the operator gives.
type operatorView struct {
	stores, secrets, configMaps objects
	namespaces                  map[string]map[string]string
	folder                      fs.FS
	denyPackageStores           bool
}

// viewOperator reads what the operator gives, and refuses what has no place there
// or is there twice: which of two counts is not to hang on the names of files.
func viewOperator(in Operator) (operatorView, Problems) {
	v := operatorView{namespaces: map[string]map[string]string{}, folder: in.Secrets, denyPackageStores: in.DenyPackageStores}
	var problems Problems
	type identity struct {
		kind string
		objectName
	}
	seen := map[identity]*item{}
	for i, object := range in.Items {
		h := object.Header()
		it := &item{index: i, object: object, annotations: h.Annotations, Resource: resourceOf(h), byOperator: true}
		if i < len(in.Places) {
			it.File, it.Line = in.Places[i].File, in.Places[i].Line
		}
		report := func(field, hint, cause string, args ...any) {
			problems = append(problems, Problem{it.Resource, field, fmt.Sprintf(cause, args...), hint})
		}
		itsGroup, _, _ := strings.Cut(h.APIVersion, "/")
		isStore := itsGroup == group && (h.Kind == "SecretStore" || h.Kind == "ClusterSecretStore")
		if !isStore && (h.APIVersion != "v1" || h.Kind != "Secret" && h.Kind != "ConfigMap" && h.Kind != "Namespace") {
			report("", "it takes SecretStores, ClusterSecretStores, and the Secrets, ConfigMaps and Namespaces that these need", "has no place in ESFN_STORES")
			continue
		}
		if h.Name == "" {
			report("metadata.name", "", "required, and not given")
			continue
		}
		id := identity{h.Kind, it.objectName()}
		if h.Kind == "Namespace" || h.Kind == "ClusterSecretStore" {
			id.namespace = ""
		}
		if other := seen[id]; other != nil {
			report("metadata.name", "keep one of the two", "given twice in ESFN_STORES; the other one is in %s", other.Place())
			continue
		}
		seen[id] = it
		switch {
		case isStore:
			v.stores.add(it)
		case h.Kind == "Secret":
			v.secrets.add(it)
		case h.Kind == "ConfigMap":
			v.configMaps.add(it)
		case !api.IsNamespace(h.Name):
			report("metadata.name", "", "%q is no name of a namespace", h.Name)
		default:
			v.namespaces[h.Name] = h.Labels
		}
	}
	return v, problems
}
