package template_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn/template"
)

// slow is what takes its time: by design, by making keys, or round by round.
var slow = regexp.MustCompile(`gen[A-Z]|derivePassword|bcrypt|htpasswd|12|until|seq|range[^}]*([0-9][0-9_eExX.][0-9]|')`)

func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		"{{ .a }}", "{{ .a.b }}", "{{ range .a }}{{ end }}", "{{ range $k, $v := . }}{{ $k }}={{ $v | quote }}{{ end }}",
		`{{ define "x" }}{{ . | upper }}{{ end }}{{ template "x" .a }}`, "{{ with $x := .a }}{{ $x | b64enc | b64dec }}{{ else }}{{ end }}",
		`{{ (.a | fromJson).x }}`, `{{ .a | fromYaml | toYaml }}`, `{{ index . "a" | default "b" }}`, `{{ .a | filterPEM "CERTIFICATE" }}`,
		`{{ .a | filterCertChain "root" }}{{ .a | certSANs | toJson }}`, `{{ .a | jwkPublicKeyPem }}`, `{{ rsaDecrypt "RSA-OAEP" "SHA1" .a .a }}`,
		`{{ printf "%*d%[1]v%s" 3 .a }}`, `{{ dict .a .a | toPrettyJson }}`, `{{ repeat 3 .a | indent 2 | trunc 5 | substr 0 2 }}`, `{{ list .a .a | uniq | join .a }}`,
		`{{ regexReplaceAll .a .a .a }}`, `{{ mustFromJson .a }}`, `{{ splitn .a 2 .a }}`, `{{ wrapWith 2 .a .a }}`, `{{ semver .a }}`, `{{ urlParse .a }}`, `{{ slice (list 1 2) 1 }}`,
		`{{ toDate "2006" .a | date .a }}`, `{{ $d := dict }}{{ set $d .a $d }}`, `{{ if and .a (not .b) }}{{ else if eq .a "x" }}{{ end }}`, "{{- /* c */ -}}", `{{ fail .a }}`, `{{ .a | hexdec }}`, `{{ chunk 0 (list 1) }}`,
	} {
		f.Add(seed, "")
		f.Add(seed, `{"x": 1}`)
		f.Add(seed, "a: [b")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if slow.MatchString(text) || len(text)+len(value) > 1<<12 {
			return
		}
		parsed, err := template.Parse(text)
		if err != nil {
			check(t, text, err)
			return
		}
		values := map[string]string{"a": value + mark, "b": ""}
		first, err := parsed.Execute(values)
		if err != nil {
			check(t, text, err)
		}
		if len(parsed.Unstable()) > 0 {
			return
		}
		second, again := parsed.Execute(values)
		if first != second || (err == nil) != (again == nil) || err != nil && err.Error() != again.Error() {
			t.Errorf("%q gives %q and then %q, %v and then %v", text, first, second, err, again)
		}
	})
}

func FuzzKeysAndValues(f *testing.F) {
	for _, seed := range []string{"v: a", "v: 1.10\nyes: no", "<<: *x", "v: &x [a]\nw: *x", "null: a", "? [a]\n: b", "- a", "a: b\n---\nc: d", "a: |\n  b", "!!binary aa: b", "a: !!float x", "{a: b", "%YAML 1.1\n---\na: b", "a: \"\\x41\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, text + mark, mark + text, text + mark + text} {
			first, err := template.KeysAndValues(text)
			if err != nil {
				check(t, "", err)
			}
			second, again := template.KeysAndValues(text)
			if len(first) != len(second) || (err == nil) != (again == nil) {
				t.Errorf("%q gives %v and then %v", text, first, second)
			}
			for key, value := range first {
				if second[key] != value {
					t.Errorf("%q: %q is %q and then %q", text, key, value, second[key])
				}
			}
		}
	})
}

// check has against an error that a part of a value is in it, other than a part
// that is in the template as well.
func check(t *testing.T, text string, err error) {
	t.Helper()
	lower := strings.ToLower(text)
	for _, part := range []string{"made-up", "up-secret", "4711"} {
		if strings.Contains(lower, part) {
			return
		}
	}
	if all := leaked(err); all != "" {
		t.Errorf("%q: the error has a part of the value:\n%s", text, all)
	}
}
