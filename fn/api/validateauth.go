package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// authProblems are those of every method that a store gives, also of those that
// another one comes before: ESO's webhook judges them all
// (providers/v1/vault/validate.go).
func (s *Store) authProblems(field string, auth *VaultAuth) []Problem {
	var found []Problem
	report := func(problems ...Problem) { found = append(found, problems...) }
	path := func(at, path string) {
		if hasDotDot(path) {
			report(Problem{at, leadsOut, withoutDots})
		} else if strings.Trim(path, "/") == "" {
			report(Problem{at, "is empty", "write where the method is enabled in Vault, or leave it out"})
		}
	}
	if auth.Method() == "" {
		report(Problem{field, "names no way to log in", "add a method, such as kubernetes; for a Vault Agent or Proxy that logs in itself, leave auth out"})
	}
	if ref := auth.TokenSecretRef; ref != nil {
		report(s.secretKeyRef(field+".tokenSecretRef", ref, "the token")...)
	}
	if a := auth.AppRole; a != nil {
		at := field + ".appRole"
		path(at+".path", a.Path)
		if a.RoleRef != nil {
			report(s.secretKeyRef(at+".roleRef", a.RoleRef, "the role ID")...)
		} else if strings.TrimSpace(a.RoleID) == "" {
			report(Problem{at + ".roleId", "required, and not given; nor is roleRef", "write what vault read auth/approle/role/NAME/role-id says"})
		}
		report(s.secretKeyRef(at+".secretRef", &a.SecretRef, "the secret ID")...)
	}
	if a := auth.Kubernetes; a != nil {
		at := field + ".kubernetes"
		path(at+".mountPath", a.MountPath)
		if a.ServiceAccountRef != nil {
			report(s.serviceAccountRef(at+".serviceAccountRef", a.ServiceAccountRef)...)
		}
		if a.SecretRef != nil {
			report(s.secretRef(at+".secretRef", a.SecretRef)...)
		}
	}
	if a := auth.LDAP; a != nil {
		path(field+".ldap.path", a.Path)
		report(s.passwordProblems(field+".ldap", &a.PasswordAuth)...)
	}
	if a := auth.UserPass; a != nil {
		path(field+".userPass.path", a.Path)
		report(s.passwordProblems(field+".userPass", &a.PasswordAuth)...)
	}
	if a := auth.JWT; a != nil {
		at := field + ".jwt"
		path(at+".path", a.Path)
		if a.SecretRef != nil {
			report(s.secretKeyRef(at+".secretRef", a.SecretRef, "the JWT")...)
		}
		if t := a.KubernetesServiceAccountToken; t != nil {
			at += ".kubernetesServiceAccountToken"
			report(s.serviceAccountRef(at+".serviceAccountRef", &t.ServiceAccountRef)...)
			if t.Audiences != nil {
				report(audienceProblems(at+".audiences", *t.Audiences)...)
			}
			if t.ExpirationSeconds != 0 && t.ExpirationSeconds < minTokenLifetime {
				report(Problem{at + ".expirationSeconds", fmt.Sprintf("must be at least %d: Kubernetes grants no less", minTokenLifetime), ""})
			}
		} else if a.SecretRef == nil {
			report(Problem{at, "names no JWT", "set secretRef, or kubernetesServiceAccountToken"})
		}
	}
	if a := auth.Cert; a != nil {
		at := field + ".cert"
		path(at+".path", a.Path)
		report(s.secretKeyRef(at+".clientCert", &a.ClientCert, "the certificate")...)
		report(s.secretKeyRef(at+".secretRef", &a.SecretRef, "the certificate's private key")...)
	}
	if a := auth.IAM; a != nil {
		at := field + ".iam"
		path(at+".path", a.Path)
		if a.SecretRef != nil {
			report(s.secretKeyRef(at+".secretRef.accessKeyIDSecretRef", &a.SecretRef.AccessKeyID, "the access key's ID")...)
			report(s.secretKeyRef(at+".secretRef.secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, "the secret access key")...)
			if a.SecretRef.SessionToken != nil {
				report(s.secretKeyRef(at+".secretRef.sessionTokenSecretRef", a.SecretRef.SessionToken, "the session token")...)
			}
		}
		if a.JWT != nil && a.JWT.ServiceAccountRef != nil {
			report(s.serviceAccountRef(at+".jwt.serviceAccountRef", a.JWT.ServiceAccountRef)...)
		}
	}
	if a := auth.GCP; a != nil {
		at := field + ".gcp"
		path(at+".path", a.Path)
		if a.SecretRef != nil {
			report(s.secretKeyRef(at+".secretRef.secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, "the service account's key")...)
		}
	}
	return found
}

// minTokenLifetime is the shortest life in seconds of a token that Kubernetes'
// TokenRequest grants.
const minTokenLifetime = 600

func (s *Store) passwordProblems(field string, a *PasswordAuth) []Problem {
	found := s.secretKeyRef(field+".secretRef", &a.SecretRef, "the password")
	name := strings.TrimSpace(a.Username)
	segments := strings.Split(name, "/")
	switch {
	case name == "":
		found = append(found, Problem{field + ".username", "is empty", ""})
	case slices.ContainsFunc(segments, func(s string) bool { return s == "" || s == "." || s == ".." }):
		found = append(found, Problem{field + ".username", "is no name that stands in a path: it begins or ends with a slash, or has //, or . or .. between slashes", ""})
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		// Vault answers such a path with a 400 that says nothing.
		found = append(found, Problem{field + ".username", "has a line break in it, or another character that cannot be seen", "write it as one line"})
	}
	return found
}

func (s *Store) serviceAccountRef(field string, ref *ServiceAccountRef) []Problem {
	return append(s.foreign(field, ref.Namespace), audienceProblems(field+".audiences", ref.Audiences)...)
}

func audienceProblems(field string, audiences []string) (found []Problem) {
	for i, audience := range audiences {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case audience == "":
			found = append(found, Problem{at, "is empty", "write the audience that the role in Vault asks for, or leave audiences out"})
		case strings.ContainsFunc(audience, unicode.IsControl):
			found = append(found, Problem{at, "has a line break in it, or another character that cannot be seen", "write it as one line"})
		}
	}
	return found
}
