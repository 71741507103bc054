package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// authProblems are those of the method that is taken, and what ESO's webhook has
// against those that another one comes before (providers/v1/vault/validate.go).
// What no login would look at is not judged: the API server takes it.
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
	// ESO has a default of its own for these, where the CRD's is overwritten.
	pathOrDefault := func(at, given string) {
		if given != "" {
			path(at, given)
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
		const read = "write what vault read auth/approle/role/NAME/role-id says"
		switch {
		case a.RoleID != "" && strings.TrimSpace(a.RoleID) == "":
			report(Problem{at + ".roleId", "holds nothing but white space", read})
		case a.RoleID != "":
		case a.RoleRef != nil:
			report(s.secretKeyRef(at+".roleRef", a.RoleRef, "the role ID")...)
		default:
			report(Problem{at + ".roleId", "required, and not given; nor is roleRef", read})
		}
		report(s.secretKeyRef(at+".secretRef", &a.SecretRef, "the secret ID")...)
	}
	if a := auth.Kubernetes; a != nil {
		at := field + ".kubernetes"
		path(at+".mountPath", a.MountPath)
		if a.ServiceAccountRef != nil {
			report(s.serviceAccountRef(at+".serviceAccountRef", a.ServiceAccountRef)...)
		}
		if a.SecretRef != nil && a.ServiceAccountRef != nil {
			report(s.foreign(at+".secretRef", a.SecretRef.Namespace)...)
		} else if a.SecretRef != nil {
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
		} else if t := a.KubernetesServiceAccountToken; t != nil {
			at += ".kubernetesServiceAccountToken"
			report(s.serviceAccountRef(at+".serviceAccountRef", &t.ServiceAccountRef)...)
			if t.Audiences != nil {
				report(audienceProblems(at+".audiences", *t.Audiences)...)
			}
			if t.ExpirationSeconds != 0 && t.ExpirationSeconds < minTokenLifetime {
				report(Problem{at + ".expirationSeconds", fmt.Sprintf("must be at least %d: Kubernetes grants no less", minTokenLifetime), ""})
			}
		} else {
			report(Problem{at, "names no JWT", "set secretRef, or kubernetesServiceAccountToken"})
		}
	}
	if a := auth.Cert; a != nil {
		at := field + ".cert"
		pathOrDefault(at+".path", a.Path)
		report(s.secretKeyRef(at+".clientCert", &a.ClientCert, "the certificate")...)
		report(s.secretKeyRef(at+".secretRef", &a.SecretRef, "the certificate's private key")...)
	}
	if a := auth.IAM; a != nil {
		at := field + ".iam"
		pathOrDefault(at+".path", a.Path)
		report(s.awsKeyProblems(at+".secretRef", a)...)
		if a.JWT != nil && a.JWT.ServiceAccountRef != nil {
			report(s.serviceAccountRef(at+".jwt.serviceAccountRef", a.JWT.ServiceAccountRef)...)
		} else if a.JWT != nil {
			report(Problem{at + ".jwt", "names no service account", "set serviceAccountRef, or leave jwt out"})
		}
	}
	if a := auth.GCP; a != nil {
		at := field + ".gcp"
		pathOrDefault(at+".path", a.Path)
		if a.SecretRef != nil {
			report(s.secretKeyRef(at+".secretRef.secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, "the service account's key")...)
		}
	}
	taken := field + "." + auth.Method()
	return slices.DeleteFunc(found, func(p Problem) bool {
		return p.Field != field && !isWithin(p.Field, taken) && !strings.HasSuffix(p.Field, "Ref.namespace") &&
			!strings.HasSuffix(p.Field, "clientCert.namespace") && p.Field != field+".appRole.roleId" && p.Field != field+".jwt"
	})
}

// awsKeyProblems are those of credentials of AWS; only their namespaces count where
// a service account comes before them.
func (s *Store) awsKeyProblems(field string, a *IAMAuth) (found []Problem) {
	if a.SecretRef == nil {
		return nil
	}
	judge := s.secretKeyRef
	if a.JWT != nil {
		judge = func(field string, ref *SecretKeyRef, _ string) []Problem { return s.foreign(field, ref.Namespace) }
	}
	found = append(found, judge(field+".accessKeyIDSecretRef", &a.SecretRef.AccessKeyID, "the access key's ID")...)
	found = append(found, judge(field+".secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, "the secret access key")...)
	if a.SecretRef.SessionToken != nil {
		found = append(found, judge(field+".sessionTokenSecretRef", a.SecretRef.SessionToken, "the session token")...)
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
