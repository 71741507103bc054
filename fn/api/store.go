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
	Conditions []Condition `krm:"conditions"`
	// RetrySettings take the place of esfn's own; nil for those.
	RetrySettings *RetrySettings `krm:"retrySettings"`
	// RefreshInterval is when the operator looks at the store again: judged, and
	// of no effect on a render.
	RefreshInterval Interval `krm:"refreshInterval"`
}

// RetrySettings say how often a request is tried again that met a connection
// error, 412, 429 or 5xx.
type RetrySettings struct {
	// MaxRetries is 0 where it is left out, as ESO has it.
	MaxRetries int `krm:"maxRetries"`
	// RetryInterval is the wait before each; empty for esfn's own waits.
	RetryInterval string `krm:"retryInterval,format=duration"`
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

// VaultProvider is how to reach a KV mount of a Vault
// (apis/externalsecrets/v1/secretstore_vault_types.go in ESO).
type VaultProvider struct {
	// Server is the address, http:// or https://, with or without a path, or
	// unix:// and the path of a socket.
	Server string `krm:"server,required"`
	// Path of the KV mount. Nil where keys carry the mount themselves.
	Path *string `krm:"path"`
	// Version of the KV engine at Path.
	Version string `krm:"version,default=v2,enum=v1|v2"`
	// Namespace of Vault Enterprise.
	Namespace string `krm:"namespace"`
	// Auth is nil where what is at Server logs in itself, as a Vault Agent or
	// Proxy does, or the operator's VAULT_TOKEN takes its place.
	Auth *VaultAuth `krm:"auth"`

	// CABundle is the base64 of certificates in PEM form, which are trusted in
	// place of the system's; see [VaultProvider.Certificates].
	CABundle string `krm:"caBundle"`
	// CAProvider is where they stand; CABundle wins.
	CAProvider *CAProvider `krm:"caProvider"`
	// TLS is the client's certificate.
	TLS ClientTLS `krm:"tls"`
	// Headers are sent with every request.
	Headers map[string]string `krm:"headers"`
	// ReadYourWrites sends the state that Vault last told along with the next
	// request, and ForwardInconsistent asks a node that is behind it to forward.
	ReadYourWrites      bool `krm:"readYourWrites"`
	ForwardInconsistent bool `krm:"forwardInconsistent"`
	// CheckAndSet is for PushSecret.
	CheckAndSet CheckAndSet `krm:"checkAndSet"`
}

// CheckAndSet is how PushSecret writes.
type CheckAndSet struct {
	Required bool `krm:"required"`
}

// CAProvider is a key of a Secret or a ConfigMap that holds certificates in PEM
// form.
type CAProvider struct {
	Type string `krm:"type,required,enum=Secret|ConfigMap"`
	Name string `krm:"name,required,format=name"`
	Key  string `krm:"key,format=key"`
	// Namespace is required of a ClusterSecretStore, and of no effect in a
	// SecretStore.
	Namespace string `krm:"namespace,format=namespace"`
}

// ClientTLS is the client's certificate, and its key, in PEM form.
type ClientTLS struct {
	// CertSecretRef is tls.crt, unless it names another key.
	CertSecretRef *SecretKeyRef `krm:"certSecretRef"`
	// KeySecretRef is tls.key, unless it names another key.
	KeySecretRef *SecretKeyRef `krm:"keySecretRef"`
}
