package fn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/esfn/esfn/fn/secret"
)

// fields are a Vault secret's fields, with numbers as Vault wrote them.
type fields map[string]any

// parseFields reads the JSON object of an answer. What encoding/json says of a
// text may quote it, so that the error here is only that there is one.
func parseFields(object secret.Value) (fields, bool) {
	f, err := decodeJSON(object.Reveal())
	m, isObject := f.(map[string]any)
	return m, err == nil && isObject
}

// parsed are the fields that were looked at last: entries that take fields of one
// secret mostly follow one another.
type parsed struct {
	object secret.Value
	fields fields
	ok     bool
}

// of parses the JSON object of an answer, unless it was the last one. The fields are
// not to be changed.
func (p *parsed) of(object secret.Value) (fields, bool) {
	if p.fields == nil || p.object != object {
		p.object = object
		p.fields, p.ok = parseFields(object)
	}
	return p.fields, p.ok
}

// decodeJSON decodes one JSON text and keeps numbers as they are written.
func decodeJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// property returns the bytes that a remoteRef.property means (getSecretValue in
// ESO's providers/v1/vault/client_get.go): the whole secret as JSON where it is
// empty; else the field of that very name; else what gjson finds by it in the
// secret's JSON. ok is false where there is nothing of that name.
func (f fields) property(name string) (value secret.Value, ok bool) {
	if name == "" {
		return asText(map[string]any(f)), true
	}
	if v, literal := f[name]; literal {
		return asText(v), true
	}
	found := gjson.Get(asText(map[string]any(f)).Reveal(), name)
	return secret.New(found.String()), found.Exists()
}

// tooMuch says what speaks against taking what a property means; "" where nothing does.
// Only few gjson paths can make more than there is.
func (f fields) tooMuch(property string) string {
	if _, literal := f[property]; literal || !strings.ContainsAny(property, "[{@!") {
		return ""
	}
	return tooMuch(property, asText(map[string]any(f)).Reveal())
}

// asText gives a JSON value's bytes as a Secret holds them: strings without
// quotes, numbers digit by digit, null as nothing, lists and objects as compact
// JSON with sorted keys and <, > and & escaped (GetByteValue in ESO's
// runtime/esutils/utils.go).
func asText(v any) secret.Value {
	switch v := v.(type) {
	case nil:
		return secret.Value{}
	case string:
		return secret.New(v)
	case json.Number:
		return secret.New(v.String())
	case bool:
		return secret.New(strconv.FormatBool(v))
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic("fn: a decoded JSON value does not encode") // all of them do
		}
		return secret.New(string(text))
	}
}

// extract returns the fields of the JSON object that property means.
func (f fields) extract(property string) (map[string]secret.Value, error) {
	text, ok := f.property(property)
	if !ok {
		return nil, errNoField
	}
	object, err := objectIn(text)
	if err != nil {
		return nil, err
	}
	return object.values(), nil
}

// objectIn reads a value that is the text of a JSON object, as ESO does for
// extract and for merge: it decodes with numbers as float64, so that fractions
// are normalised ("1.50" becomes 1.5); whole numbers would lose digits on that
// way, and on purpose keep them here.
func objectIn(text secret.Value) (fields, error) {
	decoded, err := decodeJSON(text.Reveal())
	object, isObject := decoded.(map[string]any)
	if err != nil || !isObject && decoded != nil {
		return nil, errNotObject // the text null is an object without fields, as to ESO
	}
	for _, key := range sortedKeys(object) {
		if object[key], err = normalised(object[key]); err != nil {
			return nil, fmt.Errorf("field %s: %w", inShort(key), err)
		}
	}
	return object, nil
}

// values gives each field's bytes.
func (f fields) values() map[string]secret.Value {
	values := map[string]secret.Value{}
	for key, v := range f {
		if number, isNumber := v.(float64); isNumber {
			values[key] = secret.New(strconv.FormatFloat(number, 'f', -1, 64))
			continue
		}
		values[key] = asText(v)
	}
	return values
}

// document gives the fields as one JSON object, with sorted keys and, other than
// everywhere else, nothing escaped for HTML.
func (f fields) document() secret.Value {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any(f)); err != nil {
		panic("fn: a decoded JSON object does not encode") // all of them do
	}
	return secret.New(strings.TrimSuffix(b.String(), "\n"))
}

// What extract cannot do; none of them knows a value.
var (
	errNoField   = errors.New("no such field")
	errNotObject = errors.New("not a JSON object, and its fields are asked for")
	errTooLarge  = errors.New("holds a number too large to be read")
)

// normalised turns every number that is not whole into a float64, all the way
// down.
func normalised(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		if strings.Trim(strings.TrimPrefix(v.String(), "-"), "0123456789") == "" {
			return v, nil
		}
		number, err := v.Float64()
		if err != nil {
			return nil, errTooLarge
		}
		return number, nil
	case map[string]any:
		for key := range v {
			if v[key], err = normalised(v[key]); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range v {
			if v[i], err = normalised(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
