package fn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// secretKeys gives extracted fields the keys that they have in the Secret:
// conversionStrategy Default puts an underscore for every character that is
// neither a letter, a number nor one of -._ ; Unicode spells it out as
// _U0020_ (ConvertKeys in ESO's runtime/esutils/utils.go). Two fields that come
// to one key, and keys that Kubernetes would refuse, are errors: field names,
// which the errors hold, are no secrets.
func secretKeys(values map[string]secret.Value, strategy string) (map[string]secret.Value, error) {
	converted := map[string]secret.Value{}
	from := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := convertKey(name, strategy)
		if key == "" {
			continue // as ESO: a field without a name is dropped
		}
		if other, taken := from[key]; taken {
			return nil, fmt.Errorf("fields %q and %q both become the key %q", other, name, key)
		}
		if !api.IsSecretKey(key) {
			return nil, fmt.Errorf("field %q would become the key %q, which Kubernetes refuses", name, key)
		}
		converted[key], from[key] = values[name], name
	}
	return converted, nil
}

func convertKey(name, strategy string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("-._", r):
			b.WriteRune(r)
		case strategy == "Unicode":
			fmt.Fprintf(&b, "_U%04x_", r)
		default:
			b.WriteByte('_')
		}
	}
	return b.String()
}
