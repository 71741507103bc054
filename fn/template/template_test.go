package template_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/template"
)

// execute gives what a template makes of values, or its error's text.
func execute(t *testing.T, text string, values map[string]string) string {
	t.Helper()
	parsed, err := template.Parse(text)
	if err != nil {
		return "error: " + err.Error()
	}
	made, err := parsed.Execute(values)
	if err != nil {
		return "error: " + err.Error()
	}
	return made
}

func TestExecute(t *testing.T) {
	values := map[string]string{
		"a": "1", "b": "two", "with-dash": "3", "json": `{"h":"db.example","p":5432,"big":12345678901234567890,"l":[1,2]}`,
		"html": "<&>", "bytes": "\x00\xff\xfe", "ml": "l1\nl2\n",
	}
	for _, test := range []struct{ template, want string }{
		{"", ""},
		{"plain {text} \n", "plain {text} \n"},
		{"{{ .a }}:{{ .b }}", "1:two"},
		{"{{ .html }}", "<&>"},
		{"{{ .bytes }}", "\x00\xff\xfe"},
		{`{{ index . "with-dash" }}`, "3"},
		{`{{ index . "missing" }}`, ""},
		{`{{ index . "missing" | default "x" }}`, "x"},
		{"{{ .missing }}", "error: line 1, column 4: there is no such key"},
		{`{{ .missing | default "x" }}`, "error: line 1, column 4: there is no such key"},
		{`{{ index .data "a" }}`, "error: line 1, column 10: there is no such key"},
		{`{{ (.json | fromJson).nope }}`, "error: line 1, column 13: there is no such key"},
		{`{{ (fromYaml "a: 1").b }}`, "error: line 1, column 14: there is no such key"},
		{`{{ (fromJson "no").b }}`, "error: line 1, column 14: there is nothing that could have such a key"},
		{"ü {{ .a.b }}", "error: line 1, column 8: a text has no keys (fromJson finds those of JSON)"},
		{"{{ range $k, $v := . }}{{ if lt (len $v) 4 }}{{ $k }}={{ $v }};{{ end }}{{ end }}", "a=1;b=two;bytes=\x00\xff\xfe;html=<&>;with-dash=3;"},
		{"{{ len . }}", "7"},
		{"{{ pick . \"a\" }}", "error: line 1, column 9: an argument has the wrong type: expected map[string]interface {}; got map[string]string"},
		{"{{ hasKey . \"a\" }}", "error: line 1, column 11: an argument has the wrong type: expected map[string]interface {}; got map[string]string"},
		{`{{ dict "a" .a | toJson }} {{ toYaml (dict "a" .a) }}`, `{"a":"1"} a: "1"`},
		{`{{ define "x" }}<{{ . }}>{{ end }}{{ template "x" .b }}`, "<two>"},
		{`{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .b }}`, "<two>"},

		{"{{ (.json | fromJson).p }} {{ (.json | fromJson).big }}", "5432 1.2345678901234567e+19"},
		{`{{ "{" | fromJson }}`, "<no value>"},
		{`{{ "!!!" | b64dec }}`, "illegal base64 data at input byte 0"},
		{`{{ "zz" | hexdec }} {{ "4142" | hexdec }}`, "encoding/hex: invalid byte: U+007A 'z' AB"},
		{"{{ .html | toJson }} {{ .html | toRawJson }}", `"\u003c\u0026\u003e" "<&>"`},
		{`{{ fromYaml "a: 1.0" | toYaml }}`, "a: 1"},
		{`{{ hasKey (fromYaml "a: [") "Error" }}`, "true"},
		{`{{ "foo_bar baz" | camelcase }}`, "FooBarBaz"},
		{`{{ htpasswd "u" "p" "sha" }}`, "u:{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k="},
		{`{{ htpasswd "u:v" "p" "sha" }}`, "invalid username: u:v"},
		{`{{ htpasswd "u" "p" "bcrypt" | trunc 7 }}`, "u:$2a$1"},
		{`{{ htpasswd "u" "p" }}`, "error: line 1, column 4: wrong number of arguments for htpasswd: want 3 got 2"},
		{`{{ htpasswd "u" "p" .a }}`, "error: line 1, column 21: an argument has the wrong type: expected template.hashAlgorithm; got string"},
		{`{{ $d := dict "c" 1 "a" 2 "b" 3 }}{{ keys $d }} {{ values $d }}`, "[a b c] [2 3 1]"},
		{`{{ slice (list 1 2 3) 1 2 }}`, "[2]"},
		{`{{ derivePassword 1 "long" "password" "user" "example.com" }}`, "ZedaFaxcZaso9*"},

		{`{{ fail .b }}`, "error: line 1, column 4: the template calls fail"},
		{`{{ mustFromJson .b }}`, "error: line 1, column 4: the function mustFromJson failed"},
		{`{{ toDecimal .b }}{{ atoi .b }}`, "00"},
		{`{{ substr 5 2 .b }}`, "error: line 1, column 4: the function substr failed"},
		{`{{ index .b 7 }}`, "error: line 1, column 4: the function index failed"},
		{`{{ range .b }}{{ end }}`, "error: line 1, column 10: range cannot go over that value"},
		{`{{ template "x" }}`, "error: line 1, column 13: there is no template of that name"},
		{`{{ upper nil }}`, "error: line 1, column 10: an argument is nothing: expected string"},
		{`{{ upper (index (dict) "x") }}`, "error: line 1, column 11: an argument is nothing: expected string"},
		{`{{ upper 1 }}`, "error: line 1, column 10: an argument has the wrong type: expected string"},
		{"{{ .a }}\n  {{ .a 1 }}", "error: line 2, column 6: arguments stand after something that is no function"},
	} {
		if got := execute(t, test.template, values); got != test.want {
			t.Errorf("%s\n gives %q\n  want %q", test.template, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		template string
		want     template.Error
	}{
		{`{{ env "HOME" }}`, template.Error{Line: 1, Cause: "there is no function env, in ESO neither: a template sees nothing of the machine", Text: "env"}},
		{`{{ "$HOME" | expandenv }}`, template.Error{Line: 1, Cause: "there is no function expandenv, in ESO neither: a template sees nothing of the machine", Text: "expandenv"}},
		{`{{ getHostByName "x" }}`, template.Error{Line: 1, Cause: "there is no function getHostByName, in ESO neither: a template sees nothing of the machine", Text: "getHostByName"}},
		{`{{ lookup "v1" "Secret" "a" "b" }}`, template.Error{Line: 1, Cause: "there is no function lookup, in ESO neither: it is Helm's", Text: "lookup"}},
		{`{{ .x | required "m" }}`, template.Error{Line: 1, Cause: "there is no function required, in ESO neither: it is Helm's", Text: "required"}},
		{"\n\n{{ to_json . }}", template.Error{Line: 3, Cause: "there is no such function", Text: "to_json"}},
		{"{{ größe . }}", template.Error{Line: 1, Cause: "there is no such function", Text: "größe"}},
		{"{{ .a ", template.Error{Line: 1, Cause: "an action is not closed with }}", Text: "unclosed action"}},
		{"{{ if .a }}", template.Error{Line: 1, Cause: "an {{ end }} is missing", Text: "unexpected EOF"}},
		{"{{ end }}", template.Error{Line: 1, Cause: "an {{ end }} or {{ else }} belongs to nothing", Text: "unexpected {{end}}"}},
		{"{{ .my-key }}", template.Error{Line: 1, Cause: `no name holds a -; such a key is taken with (index . "a-b")`, Text: "bad character U+002D '-'"}},
		{"{{ $x }}", template.Error{Line: 1, Cause: "there is no such variable", Text: "$x"}},
		{"{{ \"a }}", template.Error{Line: 1, Cause: "a quoted text does not end", Text: "unterminated quoted string"}},
		{"{{ (.a }}", template.Error{Line: 1, Cause: "a ( is not closed", Text: "unclosed left paren"}},
		{"{{ .a) }}", template.Error{Line: 1, Cause: "a ) closes nothing", Text: "unexpected right paren"}},
		{"{{ }}", template.Error{Line: 1, Cause: "a command is missing", Text: "missing value for command"}},
		{"{{/* a }}", template.Error{Line: 1, Cause: "a comment is not closed with */}}", Text: "unclosed comment"}},
		{"{{ break }}", template.Error{Line: 1, Cause: "a {{ break }} or {{ continue }} is outside {{ range }}", Text: "{{break}} outside {{range}}"}},
		{"{{ 1 | 2 }}", template.Error{Line: 1, Cause: "the template cannot be parsed", Text: "non executable command in pipeline stage 2"}},
		{strings.Repeat("a", 1<<20+1), template.Error{Cause: "the template is larger than 1 MiB"}},
	} {
		_, err := template.Parse(test.template)
		var got *template.Error
		if !errors.As(err, &got) {
			t.Errorf("%.40s: no *Error but %v", test.template, err)
		} else if diff := cmp.Diff(test.want, *got); diff != "" {
			t.Errorf("%.40s (-want +got):\n%s", test.template, diff)
		}
	}
}

func TestErrorsOfExecutionHaveTheText(t *testing.T) {
	for text, want := range map[string]template.Error{
		"a\n {{ .missing }}":           {Line: 2, Column: 5, Cause: "there is no such key", Text: "missing"},
		`{{ (fromJson "{}").inner }}`:  {Line: 1, Column: 14, Cause: "there is no such key", Text: "inner"},
		`{{ .a.inner }}`:               {Line: 1, Column: 6, Cause: "a text has no keys (fromJson finds those of JSON)", Text: "inner"},
		`{{ template "other" }}`:       {Line: 1, Column: 13, Cause: "there is no template of that name", Text: "other"},
		`{{ mustToDate "2006" "x" }}`:  {Line: 1, Column: 4, Cause: "the function mustToDate failed", Text: `mustToDate "2006" "x"`},
		`{{ .a | filterPEM "X" }}`:     {Line: 1, Column: 9, Cause: "filterPEM: no PEM block of that type", Text: `filterPEM "X"`},
		`{{ range .a }}{{ end }}`:      {Line: 1, Column: 10, Cause: "range cannot go over that value", Text: ".a"},
		"{{ $x := 1 }}{{ $x.y }}":      {Line: 1, Column: 19, Cause: "a value of the type int has no such field", Text: "y"},
		`{{ with .a }}{{ .b }}{{end}}`: {Line: 1, Column: 17, Cause: "a text has no keys (fromJson finds those of JSON)", Text: "b"},
	} {
		parsed, err := template.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parsed.Execute(map[string]string{"a": "x"})
		var got *template.Error
		if !errors.As(err, &got) {
			t.Errorf("%s: no *Error but %v", text, err)
		} else if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestRename(t *testing.T) {
	for _, test := range []struct{ template, key, want string }{
		{"APP_{{ .value | upper }}", "user", "APP_USER"},
		{"{{ .other }}", "user", "<no value>"},
		{"{{ .value }}", "a/b", "a/b"},
		{"{{ .other | upper }}", "user", "error: line 1, column 13: an argument is nothing: expected string"},
	} {
		parsed, err := template.Parse(test.template)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parsed.Rename(test.key)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.template, test.key, got, test.want)
		}
		if _, err := parsed.Execute(nil); err == nil {
			t.Errorf("%s: a missing key is no error after Rename", test.template)
		}
	}
}

func TestUnstable(t *testing.T) {
	for text, want := range map[string][]string{
		"{{ .a | upper }}{{ date \"2006\" 0 }}{{ keys dict }}":                                                  nil,
		`{{ randAlpha 3 }}{{ randAlpha 4 }}{{ now }}`:                                                           {"now", "randAlpha"},
		`{{ 3 | randNumeric | upper }}`:                                                                         {"randNumeric"},
		`{{ upper (printf "%s" (uuidv4)) }}`:                                                                    {"uuidv4"},
		`{{ if ago now }}{{ randAscii 1 }}{{ else }}{{ shuffle "a" }}{{ end }}`:                                 {"ago", "now", "randAscii", "shuffle"},
		`{{ with bcrypt "a" }}{{ else with encryptAES "a" "b" }}{{ end }}`:                                      {"bcrypt", "encryptAES"},
		`{{ range list (randInt 1 2) }}{{ randBytes 1 }}{{ else }}{{ genPrivateKey "" }}{{end}}`:                {"genPrivateKey", "randBytes", "randInt"},
		`{{ $x := genCA "a" 1 }}{{ $x.Cert }}`:                                                                  {"genCA"},
		`{{ (genSelfSignedCert "a" nil nil 1).Cert }}`:                                                          {"genSelfSignedCert"},
		`{{ define "x" }}{{ randAlphaNum 3 }}{{ end }}`:                                                         {"randAlphaNum"},
		`{{ define "x" }}{{ . }}{{ end }}{{ template "x" (now) }}`:                                              {"now"},
		`{{ block "x" (now) }}{{ uuidv4 }}{{ end }}`:                                                            {"now", "uuidv4"},
		`{{ htpasswd "u" "p" "sha" }}`:                                                                          nil,
		`{{ htpasswd "u" (randAlpha 3) "sha" }}`:                                                                {"randAlpha"},
		`{{ htpasswd "u" "p" "bcrypt" }}`:                                                                       {"htpasswd"},
		`{{ "sha" | htpasswd "u" "p" }}`:                                                                        {"htpasswd"},
		`{{ pemToPkcs12 .a .b }}{{ pemToPkcs12Pass .a .b "" }}{{ fullPemToPkcs12 .a .b }}`:                      {"fullPemToPkcs12", "pemToPkcs12", "pemToPkcs12Pass"},
		`{{ fullPemToPkcs12Pass .a .b "" }}{{ pemTruststoreToPKCS12 .a }}{{ pemTruststoreToPKCS12Pass .a "" }}`: {"fullPemToPkcs12Pass", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass"},
		`{{ derivePassword 1 "long" "p" "u" "s" }}{{ buildCustomCert .a .b }}`:                                  nil,
		`{{ genSignedCert "a" nil nil 1 .a }}{{ genCAWithKey "a" 1 .k }}{{ genSelfSignedCertWithKey "a" nil nil 1 .k }}{{ genSignedCertWithKey "a" nil nil 1 .a .k }}`: {"genCAWithKey", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey"},
		`{{ .a | date "2006" }}{{ htmlDate .a }}{{ dateInZone "2006" .a "UTC" }}{{ date_in_zone "2006" "" "UTC" }}{{ htmlDateInZone (.a | trim) "UTC" }}`:              {"date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone"},
		`{{ toDate "2006" .a | date "06" }}{{ date "06" (toDate "2006" .a) }}{{ $d := toDate "2006" .a }}{{ htmlDate $d }}{{ .a | atoi | htmlDate }}`:                  nil,
		`{{ toDate "2006" .a | durationRound }}{{ durationRound (toDate "2006" .a) }}`:                                                                                 {"durationRound"},
		`{{ durationRound .a }}{{ .a | durationRound }}{{ durationRound "1h" }}`:                                                                                       nil,
		`now randAlpha {{ "now" }}{{/* now */}}`: nil,
	} {
		parsed, err := template.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := parsed.Unstable(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
