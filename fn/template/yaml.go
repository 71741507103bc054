package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	shared "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// toYAML gives a value as YAML without the last line's end, and nothing where
// that cannot be done (ESO's runtime/template/v2/yaml.go).
func toYAML(v any) string {
	text, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

// fromYAML reads a map, and gives what is wrong with the text as its key Error.
func fromYAML(text string) (map[string]any, error) {
	if aliasesAreTooLarge(text) {
		return nil, reason(causeAliases)
	}
	read := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		read["Error"] = err.Error()
	}
	return read, nil
}

// aliasesAreTooLarge tells it from what the parser gives that sigs.k8s.io/yaml
// has: there aliases share what they stand for, and written as JSON, which comes
// next, they do not.
func aliasesAreTooLarge(text string) bool {
	if !strings.Contains(text, "*") {
		return false
	}
	var read any
	return shared.Unmarshal([]byte(text), &read) == nil && size(reflect.ValueOf(read)).isTooLarge()
}

const causeAliases = "the aliases in it stand for too much"

// KeysAndValues reads rendered text as ESO reads that of a literal, or of an item
// with templateAs KeysAndValues: the first document, in YAML 1.1, as a map of
// strings. What YAML takes for a number or a boolean is printed again, and not
// always as it was (mapScopeApply in ESO's runtime/template/v2/template.go). The
// error is an [*Error]; it has no place, as that would be one in the values.
func KeysAndValues(text string) (read map[string]string, err error) {
	defer func() {
		if recover() != nil {
			read, err = nil, &Error{Cause: causeNoYAML}
		}
	}()
	if !utf8.ValidString(text) {
		return nil, &Error{Cause: "what the template gives has bytes in it that are no text, which YAML cannot hold: encode them and set valuesDecodingStrategy"}
	}
	if cause := hasTooMuchYAML(text); cause != "" {
		return nil, &Error{Cause: fmt.Sprintf("what the template gives is too large: more than %d values of YAML", maxYAML)}
	}
	if aliasesAreTooLarge(text) {
		return nil, &Error{Cause: "what the template gives is too large: " + causeAliases}
	}
	read = map[string]string{}
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		return nil, &Error{Cause: yamlCause(err)}
	}
	if read == nil { // the document null
		read = map[string]string{}
	}
	return read, nil
}

const causeNoYAML = "what the template gives is not YAML: quote or toJson keeps a value in one piece, nindent one of several lines"

func yamlCause(err error) string {
	var unfit *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &unfit):
		if strings.Contains(err.Error(), " map key") {
			return "what the template gives has a key in it that is no text"
		}
		return causeNoYAML
	case unfit.Type.Kind() == reflect.Map:
		return "what the template gives is YAML, but not a map of keys and values"
	}
	return "what the template gives has a list or a map as a value, and only texts fit into a Secret: toJson makes one of it"
}
