// Package secret holds the one type that carries secret bytes through esfn:
// values read from Vault, tokens, service account tokens, login answers.
//
// A Value cannot be printed. Every fmt verb, encoding/json, encoding.Text,
// log/slog and kyaml give [redacted] in place of the bytes, and so does a
// struct that holds a Value in an unexported field, where fmt cannot call our
// methods and would print the memory itself: the bytes stand behind a pointer.
// The only way out is [Value.Reveal], so that a search for its callers is a
// search for every place where a secret leaves the type.
package secret

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// redacted is what every attempt to print a Value gives.
const redacted = "[redacted]"

// Value is a secret text or secret bytes. The zero Value is the empty secret.
// Two Values are == exactly when they hold the same bytes, so that a Value can
// be part of a map key.
type Value struct {
	// A unique.Handle is comparable by what it refers to, and prints as an
	// address; a string field would be printed by fmt through reflection.
	held unique.Handle[string]
}

// New returns a Value that holds s.
func New(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{unique.Make(s)}
}

// Reveal returns the secret itself. A test lists the files that call it: those
// that look for a field in a value, or put one into a Secret or a request.
func (v Value) Reveal() string {
	if v.IsEmpty() {
		return ""
	}
	return v.held.Value()
}

// Len is how many bytes v holds.
func (v Value) Len() int {
	if v.IsEmpty() {
		return 0
	}
	return len(v.held.Value())
}

// IsEmpty tells whether v holds no bytes at all.
func (v Value) IsEmpty() bool { return v == Value{} }

// String gives [redacted].
func (Value) String() string { return redacted }

// GoString gives [redacted], for %#v.
func (Value) GoString() string { return redacted }

// Format gives [redacted] for every verb, those that skip String among them.
func (Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText gives [redacted]: for JSON, XML, YAML and map keys.
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalYAML gives [redacted], for encoders that do not ask for text.
func (Value) MarshalYAML() (any, error) { return redacted, nil }

// LogValue gives [redacted], for log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }
