package api

// Metadata is what esfn reads of an object's metadata. The other fields of
// Kubernetes' ObjectMeta are accepted and left alone.
type Metadata struct {
	Name        string            `krm:"name,required,format=name"`
	Namespace   string            `krm:"namespace,format=namespace"`
	Labels      map[string]string `krm:"labels"`
	Annotations map[string]string `krm:"annotations"`

	GenerateName               Ignored `krm:"generateName"`
	CreationTimestamp          Ignored `krm:"creationTimestamp"`
	DeletionTimestamp          Ignored `krm:"deletionTimestamp"`
	DeletionGracePeriodSeconds Ignored `krm:"deletionGracePeriodSeconds"`
	Finalizers                 Ignored `krm:"finalizers"`
	Generation                 Ignored `krm:"generation"`
	ManagedFields              Ignored `krm:"managedFields"`
	OwnerReferences            Ignored `krm:"ownerReferences"`
	ResourceVersion            Ignored `krm:"resourceVersion"`
	SelfLink                   Ignored `krm:"selfLink"`
	UID                        Ignored `krm:"uid"`
}

// IsNamespace is Kubernetes' rule for the name of a namespace.
func IsNamespace(name string) bool {
	f := formats["namespace"]
	return f.pattern.MatchString(name) && len(name) <= f.max
}

// OrDefault returns the namespace that a namespaced object without one is in.
func OrDefault(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}
