package api

import (
	"fmt"
	"strings"
	"unicode"
)

// Problems returns what is wrong with a store that decodes: the rules of ESO's
// own webhook (providers/v1/vault/validate.go) and those of DNS and URLs that a
// CRD cannot say.
func (s *Store) Problems() []Problem {
	var found []Problem
	for i := range s.Spec.Conditions {
		found = append(found, s.Spec.Conditions[i].problems(fmt.Sprintf("spec.conditions[%d]", i))...)
	}
	vault := s.Spec.Provider.Vault
	if vault == nil {
		return append(found, Problem{"spec.provider", "names no backend", "esfn reads HashiCorp Vault: spec.provider.vault"})
	}
	const at = "spec.provider.vault."
	if vault.Path != nil && hasDotDot(*vault.Path) {
		found = append(found, Problem{at + "path", leadsOut, withoutDots})
	}
	if vault.CheckAndSet.Required && vault.Version == "v1" {
		found = append(found, Problem{at + "checkAndSet.required", "KV v1 has no versions to check", "leave it out, or set version: v2"})
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
				field := fmt.Sprintf("%sauth.kubernetes.serviceAccountRef.audiences[%d]", at, i)
				switch {
				case audience == "":
					found = append(found, Problem{field, "is empty", "write the audience that the role in Vault asks for, or leave audiences out"})
				case strings.ContainsFunc(audience, unicode.IsControl):
					found = append(found, Problem{field, "has a line break in it, or another character that cannot be seen", "write it as one line"})
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
