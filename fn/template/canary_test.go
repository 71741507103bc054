package template

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/canary"
)

// markedValues are what a template is given: each of them holds a mark, alone, or in
// the form of what some function reads.
func markedValues(t *testing.T, m *canary.Marks) map[string]string {
	real := func(name string) string {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		m.KeepLines(name, string(text))
		return string(text)
	}
	block := func(kind, text string) string {
		return "-----BEGIN " + kind + "-----\n" + canary.Base64(text) + "\n-----END " + kind + "-----\n"
	}
	return map[string]string{
		"text": m.Text("text"), "odd": m.Odd("odd"), "number": m.Number("number"), "bytes": "\x00\xff" + m.Text("bytes") + "\xfe",
		"base64": canary.Base64(m.Text("base64")), "cut": canary.Base64(m.Text("cut base64"))[:21], "hex": fmt.Sprintf("%xq", m.Text("hex")),
		"json": `{"a":"` + m.Text("json") + `","` + m.Text("json key") + `":[1,{}]}`, "broken": `{"a":"` + m.Text("broken json") + `", ` + m.Text("behind it"),
		"list": `["` + m.Text("list") + `",1]`, "yaml": "a: " + m.Text("yaml") + "\nb: *" + m.Text("alias"), "map": m.Text("key") + ": {" + m.Text("inner") + ": 1}\n",
		"certificate": block("CERTIFICATE", m.Text("certificate")), "key": block("RSA PRIVATE KEY", m.Text("key in PEM")), "pem": block(m.Text("kind of PEM"), m.Text("PEM")),
		"jwk": `{"kty":"RSA","n":"` + m.Text("n of a JWK") + `","e":"AQAB","d":"` + m.Text("d of a JWK") + `"}`, "kty": `{"kty":"` + m.Text("kty") + `"}`,
		"archive": "0\x82\x01\x03" + m.Text("archive"), "archive64": canary.Base64("0\x82\x01\x03" + m.Text("archive in base64")),
		"date": "2024-13-" + m.Text("date"), "url": "http://[" + m.Text("host") + "/%zz", "regexp": "(" + m.Text("regular expression"), "version": "1.2." + m.Text("version"), "duration": m.Number("duration") + "y",
		"real_certificate": real("rsa.crt"), "real_key": real("rsa.key"), "other_key": real("other.key"), "real_archive": real("modern.p12"),
	}
}

// atHand are arguments of every type that a template can give to a function, each made
// with a mark where it can hold one.
func atHand(values map[string]string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, "."+name)
	}
	return append(all, `(list .text .odd)`, `(list (list .text))`, `(dict .text .odd)`, `(dict "a" (dict "b" .text))`, `(dict "type" .text "host" 1)`, `(fromJson .json)`, `(fromYaml .map)`,
		`(int64 .number)`, `(.text | len)`, `nil`, `true`, `1.5`, `-1`, `""`, `(now)`, `(print .text | html)`, `.`, `(index . "missing")`, `(urlParse "http://a").userinfo`)
}

// fit are arguments that a parameter of some kind takes, so that a call gets as far as
// to the others.
var fit = map[reflect.Kind]string{
	reflect.String: ".text", reflect.Interface: ".odd", reflect.Int: "2", reflect.Int64: "2", reflect.Float64: "2", reflect.Bool: "true",
	reflect.Map: `(dict "a" .text)`, reflect.Slice: "(list .text .odd)", reflect.Struct: "(now)",
}

// argued gives templates that call a function: with each argument in each place, with
// too few and too many of them, through a pipe, and what it gives to what can do
// nothing with it.
func argued(name string, signature reflect.Type, arguments []string) (texts []string) {
	parameters := make([]string, signature.NumIn())
	for i := range parameters {
		parameters[i] = fit[signature.In(i).Kind()]
		if signature.IsVariadic() && i == len(parameters)-1 {
			parameters[i] = fit[signature.In(i).Elem().Kind()]
		}
	}
	call := func(with ...string) string { return name + " " + strings.Join(with, " ") }
	for place, usual := range parameters {
		for i, a := range arguments {
			if usual != ".text" && usual != ".odd" && i%4 != 0 {
				continue // the type alone refuses most of them
			}
			with := slices.Clone(parameters)
			with[place] = a
			texts = append(texts, call(with...))
		}
	}
	texts = append(texts, call(), call(parameters[:max(0, len(parameters)-1)]...), call(append(slices.Clone(parameters), ".text")...), call(strings.Fields(strings.Repeat(".odd ", 9))...),
		".text | "+name, ".odd | "+call(".text"))
	usual := call(parameters...)
	for _, wrong := range []string{"(%s).x.y", "index (%s) .text", "call (%s)", "len (%s)", "lt (%s) .text 1", "slice (%s) 4711", "(%s) | fail", "fromJson (%s | toString) .text"} {
		texts = append(texts, fmt.Sprintf(wrong, usual))
	}
	for i, text := range texts {
		texts[i] = "{{ " + text + " }}"
	}
	return append(texts, "{{ range ("+usual+") }}{{ .x }}{{ end }}", "{{ with ("+usual+") }}{{ .x.y }}{{ end }}")
}

// TestNoFunctionSaysWhatItWasGiven calls every function that there is with arguments
// that it does not want.
func TestNoFunctionSaysWhatItWasGiven(t *testing.T) {
	t.Parallel()
	marks := canary.New(t.Name())
	values := markedValues(t, marks)
	arguments := atHand(values)
	calls, failed, causes := 0, 0, map[string]bool{}
	told := map[string]string{} // what was said → a template that it was said of
	silent := maps.Clone(functions())
	for name, function := range functions() {
		texts := argued(name, function.signature, arguments)
		for i, text := range texts {
			if slow[name] && i%8 != 0 {
				continue
			}
			calls++
			if err := tried(text, values); err != nil {
				failed++
				causes[err.Cause] = true
				told[saidOf(err)] = text
				delete(silent, name)
			}
		}
	}
	for said, text := range told {
		if found := marks.In(said); found != nil {
			t.Errorf("%s: %v", text, found)
		}
	}
	t.Logf("%d functions, %d calls, %d errors of %d causes", len(functions()), calls, failed, len(causes))
	if len(silent) > 0 {
		t.Errorf("functions that nothing is wrong for: %v", slices.Sorted(maps.Keys(silent)))
	}
	if len(causes) < 780 {
		t.Errorf("only %d causes", len(causes))
	}
}

// tried executes a template that may well be none.
func tried(text string, values map[string]string) *Error {
	parsed, err := Parse(text)
	if err == nil {
		_, err = parsed.Execute(values)
	}
	var wrong *Error
	if err != nil && !errors.As(err, &wrong) {
		return &Error{Cause: "no *Error: " + err.Error()}
	}
	return wrong
}

// saidOf is all that can be printed of an error.
func saidOf(err *Error) string {
	return fmt.Sprintf("%v\n%+v\n%#v\n%q\n%s\n%s", err, err, err, err, err.Cause, err.Text)
}
