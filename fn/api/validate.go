package api

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Problems returns what ESO's admission webhook refuses about an ExternalSecret
// (apis/externalsecrets/v1/externalsecret_validator.go), as far as the fields
// that esfn does go. All of them are reported.
func (es *ExternalSecret) Problems() []Problem {
	var found []Problem
	report := func(field, hint, cause string, args ...any) {
		found = append(found, Problem{field, fmt.Sprintf(cause, args...), hint})
	}
	spec := &es.Spec
	if len(spec.Data) == 0 && len(spec.DataFrom) == 0 {
		report("spec", "add an entry under spec.data or spec.dataFrom", "has neither data nor dataFrom")
	}
	first := map[string]int{}
	for i, entry := range spec.Data {
		field := fmt.Sprintf("spec.data[%d]", i)
		if before, twice := first[entry.SecretKey]; twice && spec.Target.DeletionPolicy == "Retain" {
			report(field+".secretKey", "", "%q is already the key of spec.data[%d]", entry.SecretKey, before)
		}
		first[entry.SecretKey] = i
		if !IsSecretKey(entry.SecretKey) {
			report(field+".secretKey", "", "%q is no key that Kubernetes takes", entry.SecretKey)
		}
		found = append(found, entry.RemoteRef.problems(field+".remoteRef")...)
		found = append(found, entry.SourceRef.problems(field+".sourceRef")...)
	}
	for i, entry := range spec.DataFrom {
		field := fmt.Sprintf("spec.dataFrom[%d]", i)
		if entry.Extract == nil && entry.SourceRef == nil {
			report(field, "name the secret to read with extract.key", "says nothing to read")
		}
		if entry.Extract != nil {
			found = append(found, entry.Extract.problems(field+".extract")...)
		}
		found = append(found, entry.SourceRef.problems(field+".sourceRef")...)
	}
	return append(found, spec.Target.Template.problems("spec.target.template")...)
}

func (t *Template) problems(field string) (found []Problem) {
	if t == nil {
		return nil
	}
	// These two types make credentials of the cluster itself.
	_, forAccount := t.Metadata.Annotations["kubernetes.io/service-account.name"]
	if t.Type == "bootstrap.kubernetes.io/token" || t.Type == "kubernetes.io/service-account-token" && forAccount {
		found = append(found, Problem{field + ".type", fmt.Sprintf("a Secret of type %q gives access to the cluster, and is refused as ESO refuses it", t.Type), ""})
	}
	for name, texts := range map[string]map[string]string{"labels": t.Metadata.Labels, "annotations": t.Metadata.Annotations} {
		for key, text := range texts {
			if strings.Contains(text, "{{") {
				found = append(found, Problem{fmt.Sprintf("%s.metadata.%s[%s]", field, name, key), "templates are not supported yet", notYetHint})
			}
		}
	}
	return found
}

func (r *RemoteRef) problems(field string) (found []Problem) {
	if hasDotDot(r.Key) {
		found = append(found, Problem{field + ".key", leadsOut, withoutDots})
	}
	return found
}

// ProblemsOnKV2 returns what is wrong with a remoteRef, at a field, that is read
// from a KV v2 mount: there Vault refuses an empty key and a version that is no
// whole number (in any form of Go's), and KV v1 takes both.
func (r *RemoteRef) ProblemsOnKV2(field string) (found []Problem) {
	if strings.Trim(r.Key, "/") == "" {
		found = append(found, Problem{field + ".key", "is empty", "name the secret to read, as in: key: app/db"})
	}
	if _, err := strconv.ParseInt(r.Version, 0, 64); err != nil && r.Version != "" {
		found = append(found, Problem{field + ".version", fmt.Sprintf("%q is no version: versions of a secret are whole numbers", r.Version), "leave it out for the latest version"})
	}
	return found
}

// IsSecretKey is Kubernetes' rule for a key of a Secret
// (IsConfigMapKey in k8s.io/apimachinery/pkg/util/validation).
func IsSecretKey(key string) bool {
	if key == "" || len(key) > 253 || key == "." || strings.HasPrefix(key, "..") {
		return false
	}
	for _, r := range key {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r) {
			return false
		}
	}
	return true
}

func (s *SourceRef) problems(field string) []Problem {
	if s != nil && s.StoreRef == nil {
		return []Problem{{field, "names no store", "give it a storeRef, or leave it out to use spec.secretStoreRef"}}
	}
	return nil
}

// Problems returns what is wrong with a store that decodes: the rules of ESO's
// own webhook (providers/v1/vault/validate.go) and those of DNS and URLs that a
// CRD cannot say.
func (s *Store) Problems() []Problem {
	var found []Problem
	if class := s.Spec.Controller; class != "" && class != "default" {
		found = append(found, Problem{"spec.controller", fmt.Sprintf("another class than default (%q) is not supported yet", class), notYetHint})
	}
	if s.Spec.Conditions && s.Kind == "ClusterSecretStore" {
		found = append(found, Problem{"spec.conditions", "not supported yet", notYetHint})
	}
	vault := s.Spec.Provider.Vault
	if vault == nil {
		return append(found, Problem{"spec.provider", "names no backend", "esfn reads HashiCorp Vault: spec.provider.vault"})
	}
	const at = "spec.provider.vault."
	if vault.Path != nil && hasDotDot(*vault.Path) {
		found = append(found, Problem{at + "path", leadsOut, withoutDots})
	}
	auth := vault.Auth
	if auth == nil {
		return found
	}
	if auth.TokenSecretRef == nil && auth.Kubernetes == nil && auth.Unbuilt() == "" {
		found = append(found, Problem{at + "auth", "names no way to log in", "esfn does tokenSecretRef and kubernetes so far"})
	}
	if ref := auth.TokenSecretRef; ref != nil {
		found = append(found, s.foreign(at+"auth.tokenSecretRef", ref.Namespace)...)
		if ref.Name == "" {
			found = append(found, Problem{at + "auth.tokenSecretRef.name", "required, and not given", ""})
		}
		if ref.Key == "" {
			found = append(found, Problem{at + "auth.tokenSecretRef.key", "required, and not given", "name the Secret's key that holds the token"})
		}
	}
	if kubernetes := auth.Kubernetes; kubernetes != nil {
		if hasDotDot(kubernetes.MountPath) {
			found = append(found, Problem{at + "auth.kubernetes.mountPath", leadsOut, withoutDots})
		}
		if ref := kubernetes.ServiceAccountRef; ref != nil {
			found = append(found, s.foreign(at+"auth.kubernetes.serviceAccountRef", ref.Namespace)...)
			for i, audience := range ref.Audiences {
				if audience == "" || strings.ContainsFunc(audience, unicode.IsControl) {
					found = append(found, Problem{fmt.Sprintf("%sauth.kubernetes.serviceAccountRef.audiences[%d]", at, i), "is no audience", ""})
				}
			}
		}
		if ref := kubernetes.SecretRef; ref != nil {
			found = append(found, s.foreign(at+"auth.kubernetes.secretRef", ref.Namespace)...)
			if ref.Name == "" {
				found = append(found, Problem{at + "auth.kubernetes.secretRef.name", "required, and not given", ""})
			}
		}
	}
	return found
}

// foreign refuses a reference out of a SecretStore's own namespace: only a
// ClusterSecretStore may look elsewhere.
func (s *Store) foreign(field, namespace string) []Problem {
	if s.Kind != "SecretStore" || namespace == "" || OrDefault(namespace) == OrDefault(s.Metadata.Namespace) {
		return nil
	}
	return []Problem{{field + ".namespace", fmt.Sprintf("a SecretStore can refer to its own namespace only, not to %q", namespace),
		"leave it out, or make the store a ClusterSecretStore"}}
}

// What is said of a path with "..": Vault's client resolves it before the
// request is sent, so that it would read another mount than the store's.
const (
	leadsOut    = "leads out of its mount with .."
	withoutDots = "write the path without it"
)

func hasDotDot(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == ".." {
			return true
		}
	}
	return false
}
