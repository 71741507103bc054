package api

import (
	"fmt"
	"regexp"
	"slices"
)

// Store is a SecretStore or a ClusterSecretStore: the two have one shape
// (apis/externalsecrets/v1/secretstore_types.go in ESO).
type Store struct {
	APIVersion Ignored   `krm:"apiVersion"`
	Kind       string    `krm:"kind"`
	Metadata   Metadata  `krm:"metadata,required"`
	Spec       StoreSpec `krm:"spec,required"`
	Status     Ignored   `krm:"status"`
}

// StoreSpec says where a store's secrets are and how to log in there.
type StoreSpec struct {
	// Controller is the class of the operator that shall serve the store; see
	// [Store.IsForeign].
	Controller string   `krm:"controller"`
	Provider   Provider `krm:"provider,required"`
	// Conditions say which namespaces may use a ClusterSecretStore: none of
	// them, all may. A SecretStore has none.
	Conditions    []Condition `krm:"conditions"`
	RetrySettings NotYet      `krm:"retrySettings"`
	// RefreshInterval is when the operator looks at the store again: judged, and
	// of no effect on a render.
	RefreshInterval Interval `krm:"refreshInterval"`
}

// Condition lets namespaces use a store: those that the selector, a name or a
// regular expression means.
type Condition struct {
	NamespaceSelector *LabelSelector `krm:"namespaceSelector"`
	Namespaces        []string       `krm:"namespaces,format=namespace"`
	NamespaceRegexes  []string       `krm:"namespaceRegexes"`
}

// IsForeign tells a store that another controller than the default one is to
// serve: ESO leaves an ExternalSecret alone that uses one (ShouldProcessStore in
// its pkg/controllers/secretstore/common.go).
func (s *Store) IsForeign() bool { return s.Spec.Controller != "" && s.Spec.Controller != "default" }

// Allows tells whether an ExternalSecret in a namespace with these labels may
// use the store (shouldProcessSecret in ESO's
// pkg/controllers/secretstore/client_manager.go). Conditions of a SecretStore
// say nothing.
func (s *Store) Allows(namespace string, labels map[string]string) bool {
	if s.Kind != "ClusterSecretStore" || len(s.Spec.Conditions) == 0 {
		return true
	}
	return slices.ContainsFunc(s.Spec.Conditions, func(c Condition) bool { return c.allows(namespace, labels) })
}

func (c *Condition) allows(namespace string, labels map[string]string) bool {
	return c.NamespaceSelector != nil && c.NamespaceSelector.Matches(labels) ||
		slices.Contains(c.Namespaces, namespace) ||
		slices.ContainsFunc(c.NamespaceRegexes, func(source string) bool {
			r, err := regexp.Compile(source)
			return err == nil && r.MatchString(namespace)
		})
}

func (c *Condition) problems(field string) []Problem {
	found := c.NamespaceSelector.problems(field + ".namespaceSelector")
	for i, source := range c.NamespaceRegexes {
		found = append(found, regExpProblems(fmt.Sprintf("%s.namespaceRegexes[%d]", field, i), source)...)
	}
	return found
}

// Provider is the backend; esfn has one.
type Provider struct {
	Vault *VaultProvider `krm:"vault"`
}

// unknown tells a mistyped vault from another backend.
func (Provider) unknown(name string) (cause, hint string) {
	if nearest(name, []string{"vault"}) != "" {
		return "no such field", "did you mean vault?"
	}
	return fmt.Sprintf("esfn reads HashiCorp Vault, not the provider %q", name),
		"leave ExternalSecrets of this store to a controller, outside what esfn is given"
}

// VaultProvider is how to reach a KV mount of a Vault
// (apis/externalsecrets/v1/secretstore_vault_types.go in ESO).
type VaultProvider struct {
	// Server is the address, http:// or https://, with or without a path.
	Server string `krm:"server,required"`
	// Path of the KV mount. Nil where keys carry the mount themselves.
	Path *string `krm:"path"`
	// Version of the KV engine at Path.
	Version string `krm:"version,default=v2,enum=v1|v2"`
	// Namespace of Vault Enterprise.
	Namespace string `krm:"namespace"`
	// Auth may be nil where the operator's VAULT_TOKEN takes its place.
	Auth *VaultAuth `krm:"auth"`

	CABundle            NotYet          `krm:"caBundle"`
	CAProvider          NotYetEvenEmpty `krm:"caProvider"`
	TLS                 NotYet          `krm:"tls"`
	Headers             NotYet          `krm:"headers"`
	ReadYourWrites      NotYet          `krm:"readYourWrites"`
	ForwardInconsistent NotYet          `krm:"forwardInconsistent"`
	// CheckAndSet is for PushSecret.
	CheckAndSet CheckAndSet `krm:"checkAndSet"`
}

// CheckAndSet is how PushSecret writes.
type CheckAndSet struct {
	Required bool `krm:"required"`
}

// VaultAuth is the way to log in. Where several are given, the first is taken,
// in the order of the fields, as ESO does (providers/v1/vault/auth.go). Those
// that are not built yet are no problem of the store: the operator's VAULT_TOKEN
// takes the place of any.
type VaultAuth struct {
	TokenSecretRef *SecretKeyRef   `krm:"tokenSecretRef"`
	AppRole        Given           `krm:"appRole"`
	Kubernetes     *KubernetesAuth `krm:"kubernetes"`
	LDAP           Given           `krm:"ldap"`
	UserPass       Given           `krm:"userPass"`
	JWT            Given           `krm:"jwt"`
	Cert           Given           `krm:"cert"`
	IAM            Given           `krm:"iam"`
	GCP            Given           `krm:"gcp"`

	// Namespace of Vault Enterprise to log in to, where it is another than that
	// of the secrets.
	Namespace string `krm:"namespace"`
}

// Unbuilt returns the name of the method that the auth means, where it is one
// that is not built yet, else "".
func (a *VaultAuth) Unbuilt() string {
	switch {
	case a.TokenSecretRef != nil:
		return ""
	case bool(a.AppRole):
		return "appRole"
	case a.Kubernetes != nil:
		return ""
	case bool(a.LDAP):
		return "ldap"
	case bool(a.UserPass):
		return "userPass"
	case bool(a.JWT):
		return "jwt"
	case bool(a.Cert):
		return "cert"
	case bool(a.IAM):
		return "iam"
	case bool(a.GCP):
		return "gcp"
	}
	return ""
}

// KubernetesAuth logs in with a service account's token.
type KubernetesAuth struct {
	MountPath string `krm:"mountPath,default=kubernetes"`
	Role      string `krm:"role,required"`
	// ServiceAccountRef is the account to request a token for.
	ServiceAccountRef *ServiceAccountRef `krm:"serviceAccountRef"`
	// SecretRef is a Secret that holds a token, under "token" unless it says
	// otherwise.
	SecretRef *SecretKeyRef `krm:"secretRef"`
}

// SecretKeyRef is a key of a Secret.
type SecretKeyRef struct {
	Name string `krm:"name,format=name"`
	// Namespace is for a ClusterSecretStore; empty for the ExternalSecret's.
	Namespace string `krm:"namespace,format=namespace"`
	Key       string `krm:"key,format=key"`
}

// ServiceAccountRef is a ServiceAccount whose token is asked of the API server.
type ServiceAccountRef struct {
	Name string `krm:"name,required,format=name"`
	// Namespace is for a ClusterSecretStore; empty for the ExternalSecret's.
	Namespace string   `krm:"namespace,format=namespace"`
	Audiences []string `krm:"audiences"`
}
