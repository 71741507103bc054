package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
)

// keyed is a value that has a name in Vault and is to have a key in the Secret.
// Names and keys are no secrets: messages hold them.
type keyed struct {
	// name is what it began with, for messages.
	name, key string
	value     secret.Value
}

// inShort quotes a name or a key for a message, if need be its beginning.
func inShort(name string) string {
	const most = 100
	if len(name) <= most {
		return strconv.Quote(name)
	}
	return strconv.Quote(strings.ToValidUTF8(name[:most], "")+"…") + fmt.Sprintf(" (%d bytes)", len(name))
}

// underNames gives what was read its names for keys, in their order.
func underNames(values map[string]secret.Value) []keyed {
	var all []keyed
	for _, name := range sortedKeys(values) {
		all = append(all, keyed{name, name, values[name]})
	}
	return all
}

// convertKeys puts an underscore for every character that is neither a letter,
// a number nor one of -._ , or, by the strategy Unicode, spells it out as _U0020_
// (ConvertKeys in ESO's runtime/esutils/utils.go).
func convertKeys(all []keyed, strategy string) ([]keyed, error) {
	converted := slices.Clone(all)
	for i := range converted {
		converted[i].key = convertKey(all[i].key, strategy)
	}
	return converted, distinct(converted)
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

// distinct refuses two values that come to one key: which of them a Secret has
// would be a toss of a coin, and is one in ESO after a rewrite. Values without a
// key are left out of the Secret, so that they may be many.
func distinct(all []keyed) error {
	sorted := slices.SortedStableFunc(slices.Values(all), func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i := 1; i < len(sorted); i++ {
		if a, b := sorted[i-1], sorted[i]; a.key == b.key && a.key != "" {
			return &advised{fmt.Sprintf("%s and %s both become the key %s", inShort(a.name), inShort(b.name), inShort(a.key)),
				"give one of the two another key in an operation before this one"}
		}
	}
	return nil
}

// secretKeys gives the values under the keys that they have come to. A key that
// Kubernetes would refuse is an error, and a value without a key is dropped, as
// in ESO (ValidateKeys in its runtime/esutils/utils.go, which lets more through).
func secretKeys(all []keyed) (map[string]secret.Value, error) {
	values := map[string]secret.Value{}
	for _, one := range all {
		switch {
		case one.key == "":
		case !api.IsSecretKey(one.key):
			return nil, fmt.Errorf("%s would become the key %s, which Kubernetes refuses", inShort(one.name), inShort(one.key))
		default:
			values[one.key] = one.value
		}
	}
	return values, nil
}
