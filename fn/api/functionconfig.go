package api

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/expression"
)

// FunctionConfigAPIVersion and FunctionConfigKind name esfn's own
// functionConfig.
const (
	FunctionConfigAPIVersion = "esfn.krm/v1alpha1"
	FunctionConfigKind       = "RenderExternalSecrets"
)

// RenderExternalSecrets is esfn's functionConfig: what belongs to the package
// rather than to whoever renders it. None is required.
type RenderExternalSecrets struct {
	APIVersion Ignored    `krm:"apiVersion"`
	Kind       Ignored    `krm:"kind"`
	Metadata   Metadata   `krm:"metadata"`
	Spec       RenderSpec `krm:"spec"`
	Status     Ignored    `krm:"status"`
}

// ConfigMap carries the same settings in its data, for hosts that make the
// functionConfig themselves (kpt's configMap and `-- key=value`).
type ConfigMap struct {
	APIVersion Ignored    `krm:"apiVersion"`
	Kind       Ignored    `krm:"kind"`
	Metadata   Metadata   `krm:"metadata"`
	Data       RenderData `krm:"data"`
}

// RenderData holds the settings as texts, but for resources, which are none.
type RenderData struct {
	Consumed   string `krm:"consumed,enum=Drop|Keep"`
	OutputPath string `krm:"outputPath"`
	SuffixHash string `krm:"suffixHash,enum=true|false"`
}

// Spec returns the settings as those of a RenderExternalSecrets.
func (d RenderData) Spec() RenderSpec {
	return RenderSpec{Consumed: d.Consumed, OutputPath: d.OutputPath, SuffixHash: d.SuffixHash == "true"}
}

func (RenderData) unknown(name string) (cause, hint string) {
	if name == "resources" {
		return "cannot stand in a ConfigMap", "write a functionConfig of kind " + FunctionConfigKind
	}
	return "", ""
}

// RenderSpec holds the settings.
type RenderSpec struct {
	// Consumed says what becomes of ExternalSecrets and stores that were used:
	// Drop, Keep, or "" for what the host needs.
	Consumed string `krm:"consumed,enum=Drop|Keep"`
	// OutputPath is the folder of the package that kpt is told to write rendered
	// Secrets to; empty for .rendered-secrets.
	OutputPath string `krm:"outputPath"`
	// SuffixHash has kustomize add a hash of its content to each Secret's name,
	// and to the references to it.
	SuffixHash bool `krm:"suffixHash"`
	// Resources are rendered as well, or used by what is: ExternalSecrets,
	// stores, and what these refer to. They are not in the output themselves.
	Resources []Object `krm:"resources"`
}

// Object is an object that stands in another one, as it is written there.
type Object struct{ Node *yaml.RNode }

// Problems returns what is wrong with settings that decode.
func (s *RenderSpec) Problems(field string) (found []Problem) {
	if p := s.OutputPath; p != "" && (!folderName().MatchString(p) || path.Clean(p) != strings.TrimSuffix(p, "/") || strings.HasPrefix(p, "..") || p == "." || p == "./") {
		found = append(found, Problem{field + ".outputPath", "must be a folder below the package's own, in words and single slashes", "as in secrets/rendered"})
	}
	return found
}

var folderName = expression.Later(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?$`)
