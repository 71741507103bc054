package template

import (
	"strings"
	texttemplate "text/template"
)

// Template is a template that was parsed. It may be executed by several
// goroutines at once.
type Template struct {
	text      string
	parsed    *texttemplate.Template
	functions map[string]*guarded
}

// rootName is what text/template calls a template in what it says. A template
// that defines another of that name would be none.
const rootName = "the template itself"

// Parse reads a template's text, with the delimiters {{ and }}. Functions are
// known by name here, so that an unknown one is found without any value. The
// error is an [*Error].
func Parse(text string) (t *Template, err error) {
	defer func() {
		if recover() != nil {
			t, err = nil, &Error{Cause: causeNoTemplate}
		}
	}()
	if len(text) > maxMade {
		return nil, &Error{Cause: "the template is larger than 1 MiB"}
	}
	functions := functionsIn(text)
	parsed, err := texttemplate.New(rootName).Funcs(functionsFor(nil, functions)).Parse(text)
	if err != nil {
		return nil, parseError(err)
	}
	if !bound(parsed) {
		return nil, &Error{Cause: "blocks of the template are nested too deeply"}
	}
	return &Template{text, parsed, functions}, nil
}

// Execute gives the text that the template makes of the values. Dot is the map
// itself, there is no level above the keys, and a missing key is an error, also
// in what functions give (execute in ESO's runtime/template/v2/template.go). The
// error is an [*Error].
func (t *Template) Execute(values map[string]string) (string, error) {
	return t.over("missingkey=error", values)
}

// Rename gives the key that rewrite.transform makes of a key: dot is
// {value: key}, and a missing key prints as <no value> (transform in ESO's
// runtime/esutils/utils.go). The error is an [*Error].
func (t *Template) Rename(key string) (string, error) {
	return t.over("missingkey=default", map[string]string{"value": key})
}

func (t *Template) over(option string, values map[string]string) (made string, err error) {
	defer func() {
		if recover() != nil { // of text/template itself: functions have a guard
			made, err = "", &Error{Cause: causeBroken}
		}
	}()
	once, err := t.parsed.Clone()
	if err != nil {
		return "", &Error{Cause: causeBroken}
	}
	var out output
	var run usage
	once.Option(option).Funcs(functionsFor(&run, t.functions)).Funcs(run.counters())
	if err := once.Execute(&out, values); err != nil {
		return "", executionError(t.text, err)
	}
	return out.String(), nil
}

// output takes what a template writes, up to [maxOutput].
type output struct{ strings.Builder }

func (o *output) Write(text []byte) (int, error) {
	if o.Len()+len(text) > maxOutput {
		return 0, failure("the template gives more than 4 MiB")
	}
	return o.Builder.Write(text)
}
