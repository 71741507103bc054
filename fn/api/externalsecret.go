package api

// ExternalSecret is the operator's ExternalSecret, v1 or v1beta1: for the
// fields below the two have one wire format
// (apis/externalsecrets/v1/externalsecret_types.go in ESO).
type ExternalSecret struct {
	APIVersion Ignored            `krm:"apiVersion"`
	Kind       Ignored            `krm:"kind"`
	Metadata   Metadata           `krm:"metadata,required"`
	Spec       ExternalSecretSpec `krm:"spec,required"`
	Status     Ignored            `krm:"status"`
}

// ExternalSecretSpec says which fields to read and what Secret to make of them.
type ExternalSecretSpec struct {
	// SecretStoreRef is the store of every entry without one of its own. It may
	// be nil.
	SecretStoreRef *StoreRef       `krm:"secretStoreRef"`
	Target         Target          `krm:"target"`
	Data           []DataEntry     `krm:"data"`
	DataFrom       []DataFromEntry `krm:"dataFrom"`

	RefreshInterval Ignored `krm:"refreshInterval"`
	RefreshPolicy   Ignored `krm:"refreshPolicy"`
	SyncWindows     Ignored `krm:"syncWindows"`
}

// StoreRef names a store. An empty Kind is a SecretStore.
type StoreRef struct {
	Name string `krm:"name,format=name"`
	Kind string `krm:"kind,enum=SecretStore|ClusterSecretStore,default=SecretStore"`
}

// Target describes the Secret to make.
type Target struct {
	// Name of the Secret; empty for that of the ExternalSecret.
	Name           string    `krm:"name,format=name"`
	CreationPolicy string    `krm:"creationPolicy,default=Owner,enum=Owner|Orphan,not-yet=Merge|CreateOrMerge|None"`
	DeletionPolicy string    `krm:"deletionPolicy,default=Retain,enum=Retain|Delete|Merge"`
	Template       *Template `krm:"template"`
	Immutable      NotYet    `krm:"immutable"`
	Manifest       NotYet    `krm:"manifest"`
}

// Template shapes the Secret. A Template that is present, even an empty one,
// keeps the ExternalSecret's own labels and annotations off the Secret.
type Template struct {
	Type          string           `krm:"type"`
	EngineVersion string           `krm:"engineVersion,default=v2,enum=v2"`
	MergePolicy   string           `krm:"mergePolicy,default=Replace,enum=Replace|Merge"`
	Metadata      TemplateMetadata `krm:"metadata"`
	Data          NotYet           `krm:"data"`
	TemplateFrom  NotYet           `krm:"templateFrom"`
}

// TemplateMetadata is metadata for the Secret.
type TemplateMetadata struct {
	Labels      map[string]string `krm:"labels"`
	Annotations map[string]string `krm:"annotations"`
	Finalizers  NotYet            `krm:"finalizers"`
}

// DataEntry puts one field of one Vault secret under one key.
type DataEntry struct {
	SecretKey string     `krm:"secretKey,required,format=key"`
	RemoteRef RemoteRef  `krm:"remoteRef,required"`
	SourceRef *SourceRef `krm:"sourceRef"`
}

// DataFromEntry puts all fields of one Vault secret under keys of their names.
type DataFromEntry struct {
	Extract   *RemoteRef      `krm:"extract"`
	SourceRef *SourceRef      `krm:"sourceRef"`
	Find      NotYetEvenEmpty `krm:"find"`
	Rewrite   NotYet          `krm:"rewrite"`
}

// unknown knows the entries of v1alpha1, which had no extract around them.
func (DataFromEntry) unknown(name string) (cause, hint string) {
	switch name {
	case "key", "property", "version":
		return "no such field", "write it below extract, as in: extract: {key: app/db}"
	}
	return "", ""
}

// SourceRef takes one entry from another store than the ExternalSecret's.
type SourceRef struct {
	StoreRef     *StoreRef       `krm:"storeRef"`
	GeneratorRef NotYetEvenEmpty `krm:"generatorRef"`
}

// RemoteRef names a secret in Vault and what to take of it.
type RemoteRef struct {
	// Key is the secret's path, below the store's mount.
	Key string `krm:"key,required"`
	// Property is a field's name or a gjson path; empty for the whole secret.
	Property string `krm:"property"`
	// Version of a KV v2 secret; empty for the latest.
	Version            string `krm:"version"`
	ConversionStrategy string `krm:"conversionStrategy,enum=Default|Unicode,default=Default"`
	DecodingStrategy   string `krm:"decodingStrategy,enum=None,not-yet=Auto|Base64|Base64URL"`
	MetadataPolicy     string `krm:"metadataPolicy,enum=None,not-yet=Fetch"`
	NullBytePolicy     string `krm:"nullBytePolicy,enum=Ignore,not-yet=Fail"`
}
