package fn

import (
	"maps"
	"strings"
)

// What kustomize is asked for by annotations. A hash is asked for by what kustomize
// notes for itself (api/resource/resource.go there): its public annotation has no
// effect on a transformer's output, and a transformer of a kustomization without
// resources cannot be told from a generator. It removes them all in the end.
const (
	behavior        = "kustomize.config.k8s.io/behavior"
	needsHash       = "kustomize.config.k8s.io/needs-hash"
	needsHashSuffix = "internal.config.kubernetes.io/needsHashSuffix"
	previousKinds   = "internal.config.kubernetes.io/previousKinds"
)

// kustomizeMarks are the annotations by which kustomize treats a Secret as one of
// its own secretGenerator: with a hash in its name, added to one that is there, and
// found by what refers to it.
func (e *emission) kustomizeMarks(es *externalSecret) map[string]string {
	marks := map[string]string{}
	if e.view.host != kustomize {
		return marks
	}
	if e.suffixHash || es.annotations[needsHash] == "true" {
		marks[needsHashSuffix] = "enabled"
	}
	if !e.view.generator {
		maps.Copy(marks, es.earlierNames())
	} else if how := es.annotations[behavior]; how != "" {
		marks[behavior] = how
	}
	return marks
}

// earlierNames has the Secret answer to the names that its ExternalSecret had
// before kustomize renamed that: what refers to the Secret says those. A Secret
// with a name of its own was not renamed.
func (es *externalSecret) earlierNames() map[string]string {
	names := map[string]string{}
	before, renamed := es.annotations[previousNames]
	if !renamed || es.Spec.Target.Name != "" || es.of != nil {
		return names
	}
	for _, note := range []string{previousNames, previousNamespaces, namePrefixes, nameSuffixes} {
		if value, ok := es.annotations[note]; ok {
			names[note] = value
		}
	}
	kinds := strings.Split(before, ",")
	for i := range kinds {
		kinds[i] = "Secret"
	}
	names[previousKinds] = strings.Join(kinds, ",")
	return names
}
