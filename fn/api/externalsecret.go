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

	// What follows is about when the operator reads again. It is judged, and
	// has no effect on a render.
	RefreshInterval string       `krm:"refreshInterval,format=duration"`
	RefreshPolicy   string       `krm:"refreshPolicy,enum=CreatedOnce|Periodic|OnChange"`
	SyncWindows     *SyncWindows `krm:"syncWindows"`
}

// StoreRef names a store. An empty Kind is a SecretStore.
type StoreRef struct {
	Name string `krm:"name,format=name"`
	Kind string `krm:"kind,enum=SecretStore|ClusterSecretStore,default=SecretStore"`
}

// DataEntry puts one field of one Vault secret under one key.
type DataEntry struct {
	SecretKey string     `krm:"secretKey,required,format=key"`
	RemoteRef RemoteRef  `krm:"remoteRef,required"`
	SourceRef *SourceRef `krm:"sourceRef"`
}

// DataFromEntry puts many fields or secrets under keys of their names: those of
// one secret (extract), or all secrets that are found (find).
type DataFromEntry struct {
	Extract *RemoteRef `krm:"extract"`
	Find    *Find      `krm:"find"`
	// Rewrite changes the keys, an operation after the other. Where it is empty
	// the entry's conversionStrategy does.
	Rewrite   []Rewrite  `krm:"rewrite"`
	SourceRef *SourceRef `krm:"sourceRef"`
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
	StoreRef *StoreRef `krm:"storeRef"`
	// GeneratorRef is refused: see its problems.
	GeneratorRef *GeneratorRef `krm:"generatorRef"`
}

// GeneratorRef names an object that makes values instead of reading them.
type GeneratorRef struct {
	APIVersion string `krm:"apiVersion,default=generators.external-secrets.io/v1alpha1"`
	Kind       string `krm:"kind"`
	Name       string `krm:"name,required,format=name"`
}

// RemoteRef names a secret in Vault and what to take of it.
type RemoteRef struct {
	// Key is the secret's path, below the store's mount.
	Key string `krm:"key,required"`
	// Property is a field's name or a gjson path; empty for the whole secret.
	Property string `krm:"property"`
	// Version of a KV v2 secret; empty for the latest.
	Version string `krm:"version"`
	// MetadataPolicy Fetch takes KV v2's metadata in place of the secret.
	MetadataPolicy string `krm:"metadataPolicy,enum=None|Fetch,default=None"`
	Policies
}

// Policies say what becomes of keys and values that were read. Those of a
// remoteRef and of find are the same fields.
type Policies struct {
	// ConversionStrategy turns names into keys. Under data[] it has no effect.
	ConversionStrategy string `krm:"conversionStrategy,enum=Default|Unicode,default=Default"`
	DecodingStrategy   string `krm:"decodingStrategy,enum=Auto|Base64|Base64URL|None,default=None"`
	NullBytePolicy     string `krm:"nullBytePolicy,enum=Ignore|Fail,default=Ignore"`
}

// Find reads every secret of a folder and those below it, each as one JSON
// document.
type Find struct {
	// Path of the folder, below the store's mount. Nil for the mount itself.
	Path *string `krm:"path"`
	// Name chooses by name. Where it is given, Tags are not looked at.
	Name *FindName `krm:"name"`
	// Tags choose by metadata: all of them have to be there. Nil is no choice,
	// and so is an empty map.
	Tags map[string]string `krm:"tags"`
	Policies
}

// FindName chooses secrets by name.
type FindName struct {
	// RegExp is looked for anywhere in the name, which begins with find.path.
	RegExp string `krm:"regexp"`
}

// Rewrite is one operation on the keys of an entry: exactly one of the three.
type Rewrite struct {
	RegExp    *RewriteRegExp    `krm:"regexp"`
	Transform *RewriteTransform `krm:"transform"`
	Merge     *RewriteMerge     `krm:"merge"`
}

// RewriteRegExp replaces what Source matches by Target, in which $1 and ${name}
// stand for groups.
type RewriteRegExp struct {
	Source string `krm:"source,required"`
	Target string `krm:"target,required"`
}

// RewriteTransform gives every key to a template, as .value.
type RewriteTransform struct {
	Template string `krm:"template,required"`
}

// RewriteMerge makes the fields of all values, which have to be JSON objects,
// into keys of their own (Extract) or into one JSON object (JSON).
type RewriteMerge struct {
	// Into is the key of the JSON object.
	Into string `krm:"into"`
	// Priority lists keys whose fields win, the last over the others.
	Priority       []string `krm:"priority"`
	PriorityPolicy string   `krm:"priorityPolicy,enum=Strict|IgnoreNotFound,default=Strict"`
	ConflictPolicy string   `krm:"conflictPolicy,enum=Error|Ignore,default=Error"`
	Strategy       string   `krm:"strategy,enum=Extract|JSON,default=Extract"`
}

// SyncWindows are times at which the operator may or may not read.
type SyncWindows struct {
	Kind    string       `krm:"kind,required,enum=allow|deny"`
	Windows []SyncWindow `krm:"windows,required"`
}

// SyncWindow is a time to begin at, as cron has it, and how long from there.
type SyncWindow struct {
	Schedule string `krm:"schedule,required"`
	Duration string `krm:"duration,required,format=duration"`
}
