package api

// ClusterExternalSecret makes one ExternalSecret in each of many namespaces
// (apis/externalsecrets/v1/clusterexternalsecret_types.go in ESO).
type ClusterExternalSecret struct {
	APIVersion Ignored                   `krm:"apiVersion"`
	Kind       Ignored                   `krm:"kind"`
	Metadata   Metadata                  `krm:"metadata,required"`
	Spec       ClusterExternalSecretSpec `krm:"spec,required"`
	Status     Ignored                   `krm:"status"`
}

// ClusterExternalSecretSpec says what ExternalSecret to make, and where: in every
// namespace that any of the three ways of choosing them chooses.
type ClusterExternalSecretSpec struct {
	ExternalSecretSpec ExternalSecretSpec `krm:"externalSecretSpec,required"`
	// ExternalSecretName is empty for the ClusterExternalSecret's own name.
	ExternalSecretName     string                 `krm:"externalSecretName,format=name"`
	ExternalSecretMetadata ExternalSecretMetadata `krm:"externalSecretMetadata"`

	NamespaceSelector  *LabelSelector  `krm:"namespaceSelector"`
	NamespaceSelectors []LabelSelector `krm:"namespaceSelectors"`
	Namespaces         []string        `krm:"namespaces,format=namespace"`

	RefreshTime string `krm:"refreshTime,format=duration"`
}

// ExternalSecretMetadata is all the metadata that the ExternalSecrets have.
type ExternalSecretMetadata struct {
	Labels      map[string]string `krm:"labels"`
	Annotations map[string]string `krm:"annotations"`
}
