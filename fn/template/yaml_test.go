package template_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/template"
)

func TestKeysAndValues(t *testing.T) {
	one := func(value string) map[string]string { return map[string]string{"v": value} }
	for _, test := range []struct {
		text string
		want map[string]string
	}{
		{"v: 5432", one("5432")},
		{"v: 1.10", one("1.1")},
		{"v: 3.141592653589793", one("3.1415927")},
		{"v: 1e3", one("1000")},
		{"v: 123456789012345678901234", one("1.2345679e+23")},
		{"v: true", one("true")},
		{"v: yes", one("true")},
		{"v: on", one("true")},
		{"v: no", one("false")},
		{"v: off", one("false")},
		{"v: n", one("false")},
		{"v: .inf", one("+Inf")},
		{"v: .nan", one("NaN")},
		{"v: null", one("")},
		{"v: ~", one("")},
		{"v:", one("")},
		{"v: 0123", one("83")},
		{"v: 0x1F", one("31")},
		{"v: 1_000", one("1000")},
		{"v: 2020-01-01", one("2020-01-01")},
		{"v: 12:30:45", one("12:30:45")},
		{"v: !!binary aGVsbG8=", one("hello")},
		{"v: !!str 1.10", one("1.10")},
		{`v: "1.10"`, one("1.10")},
		{"v: |\n  a\n  b\n", one("a\nb\n")},
		{"v: >-\n  a\n  b\n", one("a b")},

		{"yes: a", map[string]string{"true": "a"}},
		{"n: a", map[string]string{"false": "a"}},
		{"1: a", map[string]string{"1": "a"}},
		{"1.50: a", map[string]string{"1.5": "a"}},
		{"v: a\nv: b", one("b")},
		{"v: &x a\nw: *x", map[string]string{"v": "a", "w": "a"}},
		{"<<: {v: a, w: b}\nw: c", map[string]string{"v": "a", "w": "c"}},
		{"v: a\n---\nv: b\n", one("a")},
		{"v: a\n...\n] no YAML", one("a")},
		{"{v: a}", one("a")},
		{`{"v": "a"}`, one("a")},

		{"", map[string]string{}},
		{" \n# nothing\n", map[string]string{}},
		{"---\n", map[string]string{}},
		{"null", map[string]string{}},
		{"{}", map[string]string{}},
	} {
		got, err := template.KeysAndValues(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestKeysAndValuesErrors(t *testing.T) {
	const (
		noYAML = "what the template gives is not YAML: quote or toJson keeps a value in one piece, nindent one of several lines"
		noMap  = "what the template gives is YAML, but not a map of keys and values"
		noText = "what the template gives has a list or a map as a value, and only texts fit into a Secret: toJson makes one of it"
		noKey  = "what the template gives has a key in it that is no text"

		aliases = "what the template gives is too large: the aliases in it stand for too much"
	)
	mib := strings.Repeat("a", 1<<20)
	for text, want := range map[string]string{
		"v: [made-up-secret-4711]":            noText,
		"v: {made-up-secret-4711: b}":         noText,
		"v: []":                               noText,
		"null: made-up-secret-4711":           noKey,
		"~: made-up-secret-4711":              noKey,
		"[a]: made-up-secret-4711":            noKey,
		"made-up-secret-4711":                 noMap,
		"- made-up-secret-4711":               noMap,
		"4711":                                noMap,
		"v: made-up-secret-4711\n made-up: x": noYAML,
		"v: l1\nmade-up-secret-4711\n":        noYAML,
		"v: *made-up-secret-4711":             noYAML,
		"v: made-up-secret-4711\x01":          noYAML,
		"v: @made-up-secret-4711":             noYAML,
		"v: !!int made-up-secret-4711":        noYAML,
		"\tv: made-up-secret-4711":            noYAML,
		"v: made-up-secret-4711\xff":          "what the template gives has bytes in it that are no text, which YAML cannot hold: encode them and set valuesDecodingStrategy",

		// Without a bound these would be written as JSON of 500 MB.
		"a: &a " + mib + "\nb: [" + strings.Repeat("*a, ", 500) + "]":                    aliases,
		"a: &a {x: " + mib + "}\nb:\n" + strings.Repeat("- <<: *a\n", 500):               aliases,
		"a: &a " + mib + "\n" + strings.Repeat("? *a\n: x\n", 3) + "b: [*a, *a, *a, *a]": aliases,
	} {
		got, err := template.KeysAndValues(text)
		var typed *template.Error
		switch {
		case err == nil:
			t.Errorf("%q is no error and gives %q", text, got)
		case !errors.As(err, &typed):
			t.Errorf("%q: no *Error but %T", text, err)
		default:
			if diff := cmp.Diff(template.Error{Cause: want}, *typed); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
		}
	}
}
