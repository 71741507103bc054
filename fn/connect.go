package fn

import (
	"encoding/base64"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// connection gives what a store says about reaching Vault when it is used from
// es: a ClusterSecretStore's references without a namespace mean that of the
// ExternalSecret, a SecretStore's always do
// (runtime/esutils/resolvers/secret_ref.go in ESO).
func (v *packageView) connection(store *decodedStore, es *externalSecret) Connection {
	vault := store.Spec.Provider.Vault
	c := Connection{Server: vault.Server, Namespace: vault.Namespace}
	const field = "spec.provider.vault.auth"
	switch auth := vault.Auth; {
	case auth == nil:
		c.Login.Field = field
	case auth.Unbuilt() != "":
		c.Login = Login{Method: UnbuiltLogin, Field: field + "." + auth.Unbuilt()}
	case auth.TokenSecretRef != nil:
		c.Login = Login{
			Method:     TokenLogin,
			Field:      field + ".tokenSecretRef",
			Credential: v.credential(store, es, auth.TokenSecretRef, auth.TokenSecretRef.Key),
		}
	case auth.Namespace != "" && auth.Namespace != vault.Namespace:
		c.Login = Login{Method: UnbuiltLogin, Field: field + ".namespace"}
	case auth.Kubernetes != nil:
		c.Login = Login{
			Method: KubernetesLogin,
			Field:  field + ".kubernetes",
			Mount:  auth.Kubernetes.MountPath,
			Role:   auth.Kubernetes.Role,
		}
		if ref := auth.Kubernetes.ServiceAccountRef; ref != nil {
			c.Login.ServiceAccount = NewServiceAccount(referent(store, es, ref.Namespace), ref.Name, ref.Audiences)
		}
		if ref := auth.Kubernetes.SecretRef; ref != nil {
			key := ref.Key
			if key == "" {
				key = "token"
			}
			c.Login.Credential = v.credential(store, es, ref, key)
		}
	}
	return c
}

// referent is the namespace that a store's reference means.
func referent(store *decodedStore, es *externalSecret, namespace string) string {
	if store.Resource.Kind == "ClusterSecretStore" && namespace != "" {
		return namespace
	}
	return api.OrDefault(es.Namespace)
}

// credential follows a reference to a Secret among the items.
func (v *packageView) credential(store *decodedStore, es *externalSecret, ref *api.SecretKeyRef, key string) Credential {
	namespace := referent(store, es, ref.Namespace)
	found, missing, cause := referred("Secret", v.secrets, namespace, ref.Name, store.item)
	switch {
	case missing:
		return Credential{Unresolved: cause, Hint: "set VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own, or give esfn that Secret"}
	case found == nil:
		return Credential{Unresolved: cause}
	}
	where := fmt.Sprintf("Secret %s/%s", namespace, ref.Name)
	value, ok, err := secretKey(found.node, key)
	switch {
	case err != nil:
		return Credential{Unresolved: fmt.Sprintf("%s: data[%s] is not base64", where, key), Hint: "write plain text under stringData"}
	case !ok:
		return Credential{Unresolved: fmt.Sprintf("%s has no key %q", where, key), Hint: "name the key that holds the token"}
	case value.IsEmpty():
		return Credential{Unresolved: fmt.Sprintf("%s: key %q is empty", where, key), Hint: "put the token there"}
	}
	return Credential{Value: value}
}

// secretKey returns one value of a Secret. As the API server has it,
// stringData wins over data.
func secretKey(node *yaml.RNode, key string) (value secret.Value, ok bool, err error) {
	if given, ok := api.ScalarAt(node, "stringData", key); ok {
		return secret.New(given), true, nil
	}
	given, ok := api.ScalarAt(node, "data", key)
	if !ok {
		return secret.Value{}, false, nil
	}
	plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(given), ""))
	return secret.New(string(plain)), true, err
}
