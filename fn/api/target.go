package api

import "strings"

// Target describes the Secret to make.
type Target struct {
	// Name of the Secret; empty for that of the ExternalSecret.
	Name           string    `krm:"name,format=name"`
	CreationPolicy string    `krm:"creationPolicy,default=Owner,enum=Owner|Orphan|Merge|CreateOrMerge|None"`
	DeletionPolicy string    `krm:"deletionPolicy,default=Retain,enum=Retain|Delete|Merge"`
	Template       *Template `krm:"template"`
	Immutable      bool      `krm:"immutable"`
	// Manifest is refused: esfn makes Secrets.
	Manifest *Manifest `krm:"manifest"`
}

// Manifest is a kind of object to write to in place of a Secret.
type Manifest struct {
	APIVersion string `krm:"apiVersion,required"`
	Kind       string `krm:"kind,required"`
}

// Merges tells that the Secret may be there already, with keys that are to
// stay.
func (t *Target) Merges() bool {
	return t.CreationPolicy == "Merge" || t.CreationPolicy == "CreateOrMerge"
}

// Template shapes the Secret. A Template that is present, even an empty one,
// keeps the ExternalSecret's own labels and annotations off the Secret.
type Template struct {
	Type          string            `krm:"type"`
	EngineVersion string            `krm:"engineVersion,default=v2,enum=v2"`
	MergePolicy   string            `krm:"mergePolicy,default=Replace,enum=Replace|Merge"`
	Metadata      TemplateMetadata  `krm:"metadata"`
	Data          map[string]string `krm:"data"`
	TemplateFrom  []TemplateFrom    `krm:"templateFrom"`
}

// KeepsData tells that what was read goes into the Secret as it is, below what
// templates make: where the template says so, or has no data of its own
// (externalsecret_controller_template.go in ESO).
func (t *Template) KeepsData() bool {
	return t == nil || t.MergePolicy == "Merge" || len(t.Data) == 0 && len(t.TemplateFrom) == 0
}

// TemplateMetadata is metadata for the Secret. The values are templates, the
// keys are not.
type TemplateMetadata struct {
	Labels      map[string]string `krm:"labels"`
	Annotations map[string]string `krm:"annotations"`
	Finalizers  []string          `krm:"finalizers"`
}

// TemplateFrom takes templates from a ConfigMap, then from a Secret, then from
// the text itself: whichever are given.
type TemplateFrom struct {
	ConfigMap *TemplateSource `krm:"configMap"`
	Secret    *TemplateSource `krm:"secret"`
	// Literal is read as keys and values. Nil where there is none; an empty one
	// is there.
	Literal *string `krm:"literal"`
	// Target is what the templates make: data, labels or annotations.
	Target string `krm:"target,default=Data"`
	// ValuesDecodingStrategy is applied to what the templates make.
	ValuesDecodingStrategy string `krm:"valuesDecodingStrategy,enum=Auto|Base64|Base64URL|None,default=None"`
}

// TemplateSource is a ConfigMap or a Secret that holds templates.
type TemplateSource struct {
	Name  string         `krm:"name,required,format=name"`
	Items []TemplateItem `krm:"items,required"`
}

// TemplateItem is a key that holds a template.
type TemplateItem struct {
	Key string `krm:"key,required,format=key"`
	// TemplateAs Values puts what the template makes under Key; KeysAndValues
	// reads it as YAML, with keys of its own.
	TemplateAs string `krm:"templateAs,enum=Values|KeysAndValues,default=Values"`
}

// TemplateTarget is the part of a Secret that a template makes.
type TemplateTarget string

// The parts of a Secret that a template can make.
const (
	DataTarget        TemplateTarget = "Data"
	LabelsTarget      TemplateTarget = "Labels"
	AnnotationsTarget TemplateTarget = "Annotations"
)

// Part returns what the templates make; ok is false for anything else than the
// three, which ESO takes in any case of letters (isAllowedTarget in its
// externalsecret_validator.go).
func (t *TemplateFrom) Part() (part TemplateTarget, ok bool) {
	for _, part := range []TemplateTarget{DataTarget, LabelsTarget, AnnotationsTarget} {
		if strings.EqualFold(t.Target, string(part)) {
			return part, true
		}
	}
	return DataTarget, t.Target == ""
}
