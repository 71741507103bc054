package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/api"
)

// giveIt begins the hint where what a store refers to is nowhere.
const giveIt = "give esfn that "

// elsewhere is the hint where an object of that name is among the manifests, and in
// a namespace that is not meant; "" where there is none.
func (r *references) elsewhere(all *objects, name string) string {
	found := all.anywhere(name)
	switch {
	case len(found) == 0:
		return ""
	case r.store.Resource.Kind == "ClusterSecretStore":
		return fmt.Sprintf("there is one in namespace %q: set the reference's namespace to it", api.OrDefault(found[0].Namespace))
	}
	return fmt.Sprintf("there is one in namespace %q: a SecretStore refers to its own namespace only", api.OrDefault(found[0].Namespace))
}

// inItsPlace ends the hint where a Secret is nowhere: what the environment has that
// takes the place of what a field of auth refers to.
func inItsPlace(field string) string {
	switch {
	case strings.HasSuffix(field, ".auth.kubernetes.secretRef"):
		return "; or set ESFN_KUBERNETES_TOKEN_FILE, VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own"
	case strings.Contains(field, ".auth."):
		return "; or set VAULT_TOKEN or VAULT_TOKEN_FILE to use a token of your own"
	}
	return ""
}

// otherKey is the hint where a Secret or a ConfigMap lacks a key. What the
// operator's have is not told to those who write manifests.
func otherKey(in *item, key string) string {
	const few = 8
	keys := slices.Compact(slices.Sorted(slices.Values(slices.Concat(api.KeysAt(in.object.Node(), "data"), api.KeysAt(in.object.Node(), "stringData")))))
	const nameIt = "name the key that holds it"
	switch {
	case in.byOperator:
		return nameIt
	case in.Kind == "ConfigMap" && slices.Contains(api.KeysAt(in.object.Node(), "binaryData"), key):
		return "binaryData is not looked at: write the PEM under data"
	case len(keys) == 0 || len(keys) > few:
		return cmp.Or(api.DidYouMean(key, keys), nameIt)
	}
	return cmp.Or(api.DidYouMean(key, keys), nameIt+": it has "+strings.Join(keys, ", "))
}
