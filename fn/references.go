package fn

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// references follows those of a store when it is used from es. A Secret is looked
// for among the operator's own, then in the operator's folder of secrets, then
// among the items: the first place that has it decides, also where it lacks the
// key.
type references struct {
	view  *packageView
	store *decodedStore
	es    *externalSecret
}

// namespace is what a reference means.
func (r *references) namespace(written string) string {
	if r.store.Resource.Kind == "ClusterSecretStore" && written != "" {
		return written
	}
	return api.OrDefault(r.es.Namespace)
}

func (r *references) serviceAccount(field string, ref *api.ServiceAccountRef) ServiceAccount {
	return ServiceAccount{Field: field, Namespace: r.namespace(ref.Namespace), Name: ref.Name}
}

// password gives a name, trimmed as ESO does, and the password that goes with it.
func (r *references) password(field string, a *api.PasswordAuth) (user string, password Credential) {
	return strings.TrimSpace(a.Username), r.credential(field+".secretRef", &a.SecretRef, a.SecretRef.Key)
}

func (r *references) certificate(certificateField string, certificate *api.SecretKeyRef, certificateKey, keyField string, key *api.SecretKeyRef, keyKey string) ClientCertificate {
	return ClientCertificate{r.credential(certificateField, certificate, certificateKey), r.credential(keyField, key, keyKey)}
}

// trust gives the certificates that a server's is to be signed by. caBundle wins
// (FetchCACertFromSource in ESO's runtime/esutils/utils.go). A store of the
// operator's, whose server may be sent the operator's credentials, trusts nobody
// on the word of the manifests.
func (r *references) trust(field string, vault *api.VaultProvider) Trust {
	if certificates, problem := vault.Certificates(); problem == nil && certificates != "" {
		return Trust{Certificates: secret.New(certificates), Field: field + ".caBundle"}
	}
	provider := vault.CAProvider
	if provider == nil {
		return Trust{}
	}
	at := Trust{Field: field + ".caProvider"}
	where := fmt.Sprintf("%s %s/%s", provider.Type, r.namespace(provider.Namespace), provider.Name)
	var text string
	var byOperator bool
	if provider.Type == "ConfigMap" {
		text, byOperator, at.Unresolved, at.Hint = r.inConfigMap(r.namespace(provider.Namespace), provider.Name, provider.Key)
	} else {
		c := r.credential(at.Field, &api.SecretKeyRef{Name: provider.Name, Namespace: provider.Namespace}, provider.Key)
		text, byOperator, at.Unresolved, at.Hint = c.Value.Reveal(), c.Operator != "", c.Unresolved, c.Hint
	}
	const orSet = ", or set VAULT_CACERT to the file with the certificate authority's certificate"
	switch {
	case at.Unresolved != "" && strings.HasPrefix(at.Hint, giveIt):
		at.Hint = giveIt + provider.Type + orSet
		return at
	case at.Unresolved != "":
		return at
	case r.store.byOperator && !byOperator:
		at.Unresolved = where + " comes with the manifests, which cannot say whom a store in ESFN_STORES trusts"
		at.Hint = "put it into ESFN_STORES" + orSet
		return at
	}
	if cause, hint := api.CertificateFault(text); cause != "" {
		at.Unresolved, at.Hint = fmt.Sprintf("%s: what key %q holds %s", where, provider.Key, cause), hint
		return at
	}
	at.Certificates = secret.New(text)
	return at
}

// inConfigMap finds a key of a ConfigMap's data.
func (r *references) inConfigMap(namespace, name, key string) (text string, byOperator bool, unresolved, hint string) {
	found, missing, cause := r.referred("ConfigMap", &r.view.operator.configMaps, namespace, name)
	if missing {
		found, missing, cause = r.referred("ConfigMap", &r.view.configMaps, namespace, name)
	}
	switch {
	case missing:
		return "", false, cause, cmp.Or(r.elsewhere(&r.view.configMaps, name), giveIt+"ConfigMap")
	case found == nil:
		return "", false, cause, ""
	}
	text, ok := api.ScalarAt(found.object.Node(), "data", key)
	if !ok {
		return "", false, fmt.Sprintf("ConfigMap %s/%s has no key %q", namespace, name, key), otherKey(found, key)
	}
	return text, found.byOperator, "", ""
}

// credential follows a reference to a Secret.
func (r *references) credential(field string, ref *api.SecretKeyRef, key string) Credential {
	namespace := r.namespace(ref.Namespace)
	where := fmt.Sprintf("Secret %s/%s", namespace, ref.Name)
	unresolved := func(hint, cause string) Credential {
		return Credential{Field: field, Unresolved: cause, Hint: hint}
	}
	found, missing, cause := r.referred("Secret", &r.view.operator.secrets, namespace, ref.Name)
	if missing {
		if value, there, problem := r.inFolder(namespace, ref.Name, key); problem != "" {
			return unresolved("name the key that holds it, or put it there", problem)
		} else if there {
			return Credential{Field: field, Value: value, Secret: where + ", key " + key, Operator: where}
		}
		found, missing, cause = r.referred("Secret", &r.view.secrets, namespace, ref.Name)
	}
	switch {
	case missing:
		return unresolved(cmp.Or(r.elsewhere(&r.view.secrets, ref.Name), giveIt+"Secret: with the manifests, in ESFN_STORES or in ESFN_SECRETS_DIR"+inItsPlace(field)), cause)
	case found == nil:
		return unresolved("", cause)
	}
	value, ok, err := secretKey(found.object.Node(), key)
	switch {
	case err != nil:
		return unresolved("write plain text under stringData", fmt.Sprintf("%s: data[%s] is not base64", where, key))
	case !ok:
		return unresolved(otherKey(found, key), fmt.Sprintf("%s has no key %q", where, key))
	case value.IsEmpty():
		return unresolved("put the value there", fmt.Sprintf("%s: key %q is empty", where, key))
	}
	c := Credential{Field: field, Value: value, Secret: where + ", key " + key}
	if found.byOperator {
		c.Operator = where
	}
	return c
}

// referred is [referred] as the store's own item refers.
func (r *references) referred(kind string, all *objects, namespace, name string) (found *item, missing bool, cause string) {
	return referred(kind, all, namespace, name, r.store.item)
}

// inFolder reads a key of a Secret that the operator keeps as files,
// NAMESPACE/NAME/KEY. What is wrong with the file is a problem; a Secret that has
// no folder is not there.
func (r *references) inFolder(namespace, name, key string) (value secret.Value, there bool, problem string) {
	folder := r.view.operator.folder
	if folder == nil {
		return secret.Value{}, false, ""
	}
	// Names out of manifests are names of files here, and no way to others. Those
	// that begin with two dots are a mounted Secret's own: kubelet keeps versions
	// there.
	at := namespace + "/" + name
	if !fs.ValidPath(at) || strings.Count(at, "/") != 1 {
		return secret.Value{}, false, ""
	}
	info, err := fs.Stat(folder, at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return secret.Value{}, false, ""
	case err == nil && !info.IsDir():
		return secret.Value{}, false, fmt.Sprintf("ESFN_SECRETS_DIR: %s is no folder", at)
	case !api.IsSecretKey(key):
		return secret.Value{}, false, fmt.Sprintf("ESFN_SECRETS_DIR: %q is no key of a Secret", key)
	}
	text, err := fs.ReadFile(folder, at+"/"+key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return secret.Value{}, false, fmt.Sprintf("ESFN_SECRETS_DIR: %s has no file %q", at, key)
	case err != nil:
		return secret.Value{}, false, fmt.Sprintf("ESFN_SECRETS_DIR: %s/%s cannot be read", at, key)
	case len(text) == 0:
		return secret.Value{}, false, fmt.Sprintf("ESFN_SECRETS_DIR: %s/%s is empty", at, key)
	}
	return secret.New(string(text)), true, ""
}

// given is a text of the store itself as a credential, trimmed.
func given(text string) Credential { return Credential{Value: secret.New(strings.TrimSpace(text))} }

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
