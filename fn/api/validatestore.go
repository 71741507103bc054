package api

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/expression"
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
	if _, problem := vault.Certificates(); problem != nil {
		found = append(found, *problem)
	}
	// caBundle wins, and then ESO does not look at caProvider
	// (FetchCACertFromSource in its runtime/esutils/utils.go).
	if provider := vault.CAProvider; provider != nil && vault.CABundle == "" {
		field := at + "caProvider"
		found = append(found, s.foreign(field, provider.Namespace)...)
		if provider.Key == "" {
			found = append(found, Problem{field + ".key", "required, and not given", "name the key that holds the certificates"})
		}
		if s.Kind == "ClusterSecretStore" && provider.Namespace == "" {
			found = append(found, Problem{field + ".namespace", "required of a ClusterSecretStore, and not given", "write the namespace of the " + provider.Type})
		}
	}
	found = append(found, s.clientTLSProblems(at+"tls", &vault.TLS)...)
	found = append(found, headerProblems(at+"headers", vault.Headers)...)
	if vault.ForwardInconsistent && !vault.ReadYourWrites {
		found = append(found, Problem{at + "forwardInconsistent", "has no effect without readYourWrites", "set readYourWrites: true as well, or leave it out"})
	}
	if retry := s.Spec.RetrySettings; retry != nil {
		const most = 100
		if retry.MaxRetries < 0 || retry.MaxRetries > most {
			found = append(found, Problem{"spec.retrySettings.maxRetries", fmt.Sprintf("must be from 0 to %d", most), ""})
		}
		if strings.HasPrefix(retry.RetryInterval, "-") {
			found = append(found, Problem{"spec.retrySettings.retryInterval", "must not be less than zero", ""})
		}
	}
	if vault.Auth != nil {
		found = append(found, s.authProblems(at+"auth", vault.Auth)...)
	}
	return found
}

// clientTLSProblems refuses a certificate without its key, or the other way round.
func (s *Store) clientTLSProblems(field string, t *ClientTLS) (found []Problem) {
	half := func(name string) Problem {
		return Problem{field + "." + name, "required beside the other one, and not given", "a client certificate is a certificate and its key"}
	}
	switch {
	case t.CertSecretRef == nil && t.KeySecretRef == nil:
		return nil
	case t.CertSecretRef == nil:
		return append(s.secretRef(field+".keySecretRef", t.KeySecretRef), half("certSecretRef"))
	case t.KeySecretRef == nil:
		return append(s.secretRef(field+".certSecretRef", t.CertSecretRef), half("keySecretRef"))
	}
	return append(s.secretRef(field+".certSecretRef", t.CertSecretRef), s.secretRef(field+".keySecretRef", t.KeySecretRef)...)
}

// headerProblems refuses headers that no request can have, and those that would
// change what is asked for or by whom.
func headerProblems(field string, headers map[string]string) (found []Problem) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		at := field + "[" + name + "]"
		value := strings.ToLower(strings.TrimSpace(headers[name])) // as net/http sends it
		switch canonical := strings.ToLower(name); {
		case !headerName().MatchString(name):
			found = append(found, Problem{at, "is no name of a header", ""})
		case strings.ContainsFunc(headers[name], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			found = append(found, Problem{at, "has a line break in it, or another character that a header cannot have", "write it as one line"})
		case canonical == "x-vault-token" || canonical == "authorization" && strings.HasPrefix(value, "bearer "):
			found = append(found, Problem{at, "is how a token is sent", "put the token into a Secret, and set auth.tokenSecretRef"})
		case slices.Contains(reservedHeaders, canonical):
			found = append(found, Problem{at, "is not for a store to set", "leave it out"})
		}
	}
	return found
}

var headerName = expression.Later("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

// reservedHeaders say where a message goes and where it ends, what comes back, or
// are esfn's own to send.
var reservedHeaders = []string{"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade",
	"keep-alive", "proxy-connection", "proxy-authorization", "expect", "accept-encoding", "range", "x-vault-request", "x-vault-wrap-ttl", "x-http-method-override", "x-http-method", "x-method-override",
	"x-original-url", "x-rewrite-url"}

// Certificates returns what caBundle holds, in PEM form, or "" where there is
// none. As ESO has it, the PEM may have been encoded twice
// (FetchCACertFromSource in its runtime/esutils/utils.go).
func (v *VaultProvider) Certificates() (pem string, _ *Problem) {
	if v.CABundle == "" {
		return "", nil
	}
	const field = "spec.provider.vault.caBundle"
	plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.CABundle), ""))
	if err != nil {
		return "", &Problem{field, "is not base64", "write the base64 of the PEM file: base64 -w0 ca.crt"}
	}
	return certificatesIn(field, string(plain))
}

// CertificateFault says why text, which a caProvider refers to, holds no
// certificate in PEM form, and what to do; both are empty where it holds one. ESO
// neither decodes it nor minds what stands before the first one that can be read
// (newConfig in its providers/v1/vault/client.go).
func CertificateFault(text string) (cause, hint string) {
	if x509.NewCertPool().AppendCertsFromPEM([]byte(text)) {
		return "", ""
	}
	if _, problem := certificatesIn("", text); problem == nil {
		return "is no certificate in PEM form", "it is the base64 of one: write the PEM itself"
	}
	return "is no certificate in PEM form", "it begins with -----BEGIN CERTIFICATE-----"
}

// certificatesIn returns text, which stands at a field, where it is certificates in
// PEM form, or the base64 of some.
func certificatesIn(field, text string) (certificates string, _ *Problem) {
	for _, encoding := range []*base64.Encoding{nil, base64.StdEncoding, base64.URLEncoding} {
		candidate := []byte(text)
		if encoding != nil {
			candidate, _ = encoding.DecodeString(strings.Join(strings.Fields(text), ""))
		}
		if block, _ := pem.Decode(candidate); block != nil {
			if _, err := x509.ParseCertificate(block.Bytes); block.Type != "CERTIFICATE" || err != nil {
				return "", &Problem{field, "holds PEM, and its first block is no certificate", ""}
			}
			return string(candidate), nil
		}
	}
	return "", &Problem{field, "holds no certificate in PEM form", "it begins with -----BEGIN CERTIFICATE-----"}
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

// secretRef is what is wrong with a reference to a Secret.
func (s *Store) secretRef(field string, ref *SecretKeyRef) []Problem {
	found := s.foreign(field, ref.Namespace)
	if ref.Name == "" {
		found = append(found, Problem{field + ".name", "required, and not given", ""})
	}
	return found
}

// secretKeyRef is secretRef where the key has no default.
func (s *Store) secretKeyRef(field string, ref *SecretKeyRef, holds string) []Problem {
	found := s.secretRef(field, ref)
	if ref.Key == "" {
		found = append(found, Problem{field + ".key", "required, and not given", "name the Secret's key that holds " + holds})
	}
	return found
}
