package api

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
	Data       RenderSpec `krm:"data"`
}

// RenderSpec holds the settings.
type RenderSpec struct {
	// Consumed says what becomes of ExternalSecrets and stores that were used:
	// Drop, Keep, or "" for what the host needs.
	Consumed string `krm:"consumed,enum=Drop|Keep"`

	Mode       NotYet `krm:"mode"`
	OutputPath NotYet `krm:"outputPath"`
	Resources  NotYet `krm:"resources"`
	SuffixHash NotYet `krm:"suffixHash"`
}
