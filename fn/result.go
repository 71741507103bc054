package fn

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Severity of a [Result].
type Severity string

// Those of the KRM functions specification that esfn has results of.
const (
	ErrorSeverity   Severity = "error"
	WarningSeverity Severity = "warning"
)

// Result is what a function says to its host, in the results of a ResourceList (KRM
// functions specification, config.kubernetes.io/v1; kyaml's own type of it comes with
// a validator for OpenAPI, a third of the time in which esfn starts).
type Result struct {
	Message     string                   `yaml:"message"`
	Severity    Severity                 `yaml:"severity"`
	ResourceRef *yaml.ResourceIdentifier `yaml:"resourceRef,omitempty"`
	Field       *ResultField             `yaml:"field,omitempty"`
	File        *ResultFile              `yaml:"file,omitempty"`
}

// ResultField is where in a resource. Its value is never said: hosts write results to
// files.
type ResultField struct {
	Path string `yaml:"path"`
}

// ResultFile is the file of a resource, and the index of its document there, from 0.
type ResultFile struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}
