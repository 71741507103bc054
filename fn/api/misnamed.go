package api

import (
	"fmt"
	"reflect"
	"slices"
)

// misnamed are names that people write for a field, with the hint for each.
type misnamed map[string]string

// unknown is of [explainsUnknown].
func (m misnamed) unknown(name string) (cause, hint string) {
	if hint, ok := m[name]; ok {
		return noSuchField, hint
	}
	return "", ""
}

const (
	noSuchField    = "no such field"
	meansPath      = "did you mean path?"
	meansVaultRole = "did you mean vaultRole?"
	meansCABundle  = "did you mean caBundle?"
	meansSecretRef = "did you mean secretRef?"
)

func (StoreSpec) unknown(name string) (cause, hint string) {
	return misnamed{"vault": "it belongs below spec.provider"}.unknown(name)
}

// unknown tells a mistyped vault, and what belongs into it, from another backend.
func (Provider) unknown(name string) (cause, hint string) {
	vault := shapeOf(reflect.TypeFor[VaultProvider]()).names
	switch {
	case slices.Contains(vault, name):
		return noSuchField, "it belongs below spec.provider.vault"
	case nearest(name, []string{"vault"}) != "":
		return noSuchField, "did you mean vault?"
	}
	return fmt.Sprintf("esfn reads HashiCorp Vault, not the provider %q", name),
		"leave ExternalSecrets of this store to a controller, outside what esfn is given"
}

func (VaultProvider) unknown(name string) (cause, hint string) {
	return misnamed{
		"address": "did you mean server?", "url": "did you mean server?",
		"mount": meansPath, "mountPath": meansPath,
		"token": "did you mean auth.tokenSecretRef?", "tokenSecretRef": "did you mean auth.tokenSecretRef?",
		"ca": meansCABundle, "caCert": meansCABundle,
	}.unknown(name)
}

// ESO's documentation has had these names in its example of mTLS.
func (ClientTLS) unknown(name string) (cause, hint string) {
	return misnamed{"clientCert": "did you mean certSecretRef?", "secretRef": "did you mean keySecretRef?"}.unknown(name)
}

// ESO's documentation has had secretRef here, in its example of iam.
func (VaultAuth) unknown(name string) (cause, hint string) {
	return misnamed{
		"token": "did you mean tokenSecretRef?", "aws": "did you mean iam?", "oidc": "did you mean jwt?",
		"secretRef": "it belongs below a method, as in auth.iam.secretRef",
	}.unknown(name)
}

func (AppRoleAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "secretId": meansSecretRef}.unknown(name)
}

func (KubernetesAuth) unknown(name string) (cause, hint string) {
	return misnamed{"path": "did you mean mountPath?"}.unknown(name)
}

func (LDAPAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "password": meansSecretRef}.unknown(name)
}

func (UserPassAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "password": meansSecretRef}.unknown(name)
}

func (JWTAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "serviceAccountRef": "it belongs below kubernetesServiceAccountToken"}.unknown(name)
}

func (CertAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "role": meansVaultRole}.unknown(name)
}

func (IAMAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "serviceAccountRef": "it belongs below jwt"}.unknown(name)
}

// ESO's documentation has mountPath in its example of gcp.
func (GCPAuth) unknown(name string) (cause, hint string) {
	return misnamed{"mountPath": meansPath, "vaultRole": "did you mean role?"}.unknown(name)
}
