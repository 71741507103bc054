package api

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// odd are the beginnings and ends of words that YAML 1.1 has another meaning for, or
// could have.
var odd = []string{"", "y", "no", "True", "false", "null", "~", ".nan", ".inf", "0x1f", "0o17", "1e3", "-1", "+", "1_000", "190:20:30", "2001-01-01", "=", "<<", "a: b", "a#", "- a", "&a", "*a", "!a", "é", "_", "."}

func TestAWordIsAString(t *testing.T) {
	for _, begin := range odd {
		for _, middle := range odd {
			for _, end := range append(odd, "words", "Z9/-_.", "gG=", "k", "/", "abc", "n0", "T0") {
				word := begin + middle + end
				if got, want := IsNonString(word), yaml.IsValueNonString(word); got != want {
					t.Errorf("%q: %v", word, got)
				}
			}
		}
	}
}

func FuzzIsNonString(f *testing.F) {
	for _, text := range odd {
		f.Add(text)
		f.Add(strings.Repeat(text, 3))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := IsNonString(text), yaml.IsValueNonString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	})
}
