package template_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn/template"
)

// mark is what may not be in an error. It is also where a library could quote a
// part of a value only.
const mark = "made-up-secret-4711"

// leaked finds the mark, or a part of it, in all that can be printed of an error.
func leaked(err error) string {
	all := fmt.Sprintf("%s\n%v\n%+v\n%#v\n%q", err, err, err, err, err)
	var typed *template.Error
	if errors.As(err, &typed) {
		all += "\n" + typed.Cause + "\n" + typed.Text
	}
	for wrapped := errors.Unwrap(err); wrapped != nil; wrapped = errors.Unwrap(wrapped) {
		all += "\n" + wrapped.Error()
	}
	for _, part := range []string{
		"made-up", "up-secret", "4711",
		base64.StdEncoding.EncodeToString([]byte(mark))[:8], hex.EncodeToString([]byte(mark))[:8], fmt.Sprint([]byte(mark))[:8],
	} {
		if strings.Contains(strings.ToLower(all), strings.ToLower(part)) {
			return all
		}
	}
	return ""
}

// TestNoErrorHoldsAValue has a template for every way that was found by which a
// library or text/template says a value.
func TestNoErrorHoldsAValue(t *testing.T) {
	values := map[string]string{
		"a": mark, "json": `{"` + mark + `":"` + mark + `"`, "list": `["` + mark + `"]`,
		"b64": base64.StdEncoding.EncodeToString([]byte(mark)),
		"pem": "-----BEGIN X-----\n" + base64.StdEncoding.EncodeToString([]byte(mark)) + "\n-----END X-----\n",
		"jwk": `{"kty":"RSA","n":"` + mark + `","e":"` + mark + `"}`, "p12": "0\x03" + mark, "n": "4711", "key-" + mark: "x",
	}
	for _, text := range []string{
		`{{ range .a }}{{ end }}`, `{{ range $x, $y := .a }}{{ end }}`, `{{ range (list .a | first) }}{{ end }}`,
		`{{ .a.b }}`, `{{ (dict "x" .a).x.y }}`, `{{ index . .a | upper | fail }}`, `{{ index (list 1) .a }}`, `{{ index .a .a }}`,
		`{{ index (list 1) (int .n) }}`, `{{ slice (list 1) (int .n) }}`, `{{ .a | fail }}`, `{{ fail (printf "%s" .a) }}`,
		`{{ (fromJson .list).x }}`, `{{ call .a }}`, `{{ .a | call }}`, `{{ template "x" .a }}`, `{{ eq .a 1 }}`, `{{ lt .a 1 }}`, `{{ eq (list .a) (list .a) }}`,
		`{{ mustFromJson .json }}`, `{{ mustFromJson .a }}`, `{{ mustToDate .a .a }}`, `{{ mustToDate "2006" .a }}`, `{{ must_date_modify .a now }}`,
		`{{ mustRegexMatch (print "(" .a) .a }}`, `{{ regexMatch (print "(" .a) .a }}{{ fail "" }}`, `{{ regexFind (print "(" .a) .a }}`, `{{ mustRegexSplit (print "(" .a) .a 1 }}`,
		`{{ mustRegexReplaceAll (print "[" .a) .a "" }}`, `{{ mustRegexFindAll (print "*" .a) .a 1 }}`,
		`{{ semver .a }}`, `{{ semverCompare .a .a }}`, `{{ urlParse (print "http://[" .a) }}`, `{{ urlJoin (dict "host" (list .a)) }}`,
		`{{ first .a }}`, `{{ mustFirst .a }}`, `{{ has .a .a }}`, `{{ mustHas .a .a }}`, `{{ append .a .a }}`, `{{ concat .a }}`, `{{ chunk 0 (list .a) }}`, `{{ dig .a .a .a }}`, `{{ dig "x" "y" "z" (dict "x" .a) }}`,
		`{{ deepCopy .a | upper | int | fail }}`, `{{ set .a .a .a }}`, `{{ pick (dict .a .a) 1 }}`, `{{ merge (dict .a .a) .a }}`, `{{ genCA .a .a }}`,
		`{{ genCAWithKey .a 1 .a }}`, `{{ genSignedCert .a (list .a) nil 1 .a }}`, `{{ genSelfSignedCert "x" (list .a) nil 1 }}`, `{{ genSelfSignedCert "x" nil (list 1 .a) 1 }}`, `{{ buildCustomCert .a .a }}`, `{{ buildCustomCert .b64 .b64 }}`,
		`{{ decryptAES .a .a }}`, `{{ decryptAES .a .b64 }}`, `{{ substr 0 4711 .a | trunc -1 | fail }}`, `{{ substr 4711 -1 .a }}`, `{{ atoi .a | fail }}`, `{{ add .a nil | fail }}`, `{{ round .a .a }}`,
		`{{ div 1 .a }}`, `{{ mod 1 .a }}`, `{{ divf 1 .a }}`, `{{ randInt 4711 0 }}`, `{{ repeat -4711 .a }}`, `{{ toRawJson (dict "x" mulf) }}`, `{{ toRawJson (mulf 1e308 1e308) }}`, `{{ mustToJson (divf .a 0) }}`,
		`{{ .a | filterPEM "X" }}`, `{{ .a | filterCertChain "leaf" }}`, `{{ .pem | filterCertChain "leaf" }}`, `{{ .pem | certSANs }}`, `{{ .a | certSANs }}`,
		`{{ .jwk | jwkPublicKeyPem }}`, `{{ .jwk | jwkPrivateKeyPem }}`, `{{ .a | jwkPublicKeyPem }}`, `{{ .p12 | pkcs12key }}`, `{{ .p12 | pkcs12certPass .a }}`, `{{ .a | pkcs12keyPass .a }}`,
		`{{ pemToPkcs12 .a .a }}`, `{{ pemToPkcs12Pass .pem .pem .a }}`, `{{ fullPemToPkcs12 .pem .a }}`, `{{ pemTruststoreToPKCS12 .a }}`, `{{ pemTruststoreToPKCS12Pass .pem .a }}`,
		`{{ rsaDecrypt .a .a .a .a }}`, `{{ rsaDecrypt "RSA-OAEP" .a .a .a }}`, `{{ rsaDecrypt "RSA-OAEP" .a .a .pem }}`,
		`{{ (fromYaml .json).x }}`, `{{ (toYaml .a).x }}`, `{{ htpasswd .a .a .a }}`, `{{ htpasswd .a .a }}`, `{{ .a 1 }}`, `{{ upper .a .a }}`, `{{ hasKey . .a }}`, `{{ until .a }}`, `{{ .a | until }}`, `{{ now.Format 1 }}`, `{{ now.AddDate .a .a .a }}`,
		`{{ if .a }}{{ .a.b.c }}{{ end }}`, `{{ with .a }}{{ .x }}{{ end }}`, `{{ $x := .a }}{{ $x.y }}`, `{{ (index . "a").b }}`, `{{ repeat 4711000 .a }}`, `{{ range $k, $v := . }}{{ $k.x }}{{ end }}`, `{{ (list .a).x }}`, `{{ (dict .a .a).y }}`, `{{ len 1 }}`, `{{ len nil }}`, `{{ not }}`, `{{ and .a .a.b }}`, `{{ .x }}`,
	} {
		parsed, err := template.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		made, err := parsed.Execute(values)
		if err == nil {
			t.Errorf("%s is no error and gives %d bytes", text, len(made))
			continue
		}
		if all := leaked(err); all != "" && !strings.Contains(text, "4711") {
			t.Errorf("%s: the error has a part of the value:\n%s", text, all)
		}
		if all := leaked(&template.Error{Cause: err.(*template.Error).Cause}); all != "" {
			t.Errorf("%s: the cause has a part of the value:\n%s", text, all)
		}
	}
}

// TestNoCauseHoldsTheTemplate is for templates that come from Secrets: all but
// Text may be shown.
func TestNoCauseHoldsTheTemplate(t *testing.T) {
	for _, text := range []string{
		mark + "{{", "{{ secret4711 }}", "{{ \"" + mark, "{{ $secret4711 }}", "{{ .secret4711.x", "{{ .secret4711 }}", "{{ .a.secret4711 }}", "{{ '" + mark + "' }}", "{{ 4711secret }}",
		`{{ template "` + mark + `" }}`, `{{ fail "` + mark + `" }}`, `{{ define "` + mark + `" }}{{ .x }}{{ end }}{{ template "` + mark + `" . }}`,
		`{{ define "` + mark + `" }}{{ end }}{{ define "` + mark + `" }}x{{ end }}{{ define "` + mark + `" }}x{{ end }}{{ .x }}`, `{{ "` + mark + `" 1 }}`, `{{ upper 4711 }}`, `{{ index "` + mark + `" "` + mark + `" }}`,
		`{{ "` + mark + `".x }}`, `{{ ("` + mark + `").x }}`, `{{ mustFromJson "` + mark + `" }}`, `{{ regexFind "(` + mark + `" "" }}`, `{{/* ` + mark, "{{ if " + mark + " }}", "{{ .made-up-secret-4711 }}", "{{ 99999999999999999999999999999999999984711 | upper }}",
		"{{ range \"" + mark + "\" }}{{ end }}", `{{ printf "` + mark + `" | first }}`, "{{ now.Secret4711 }}", "{{ (dict).secret4711 }}", "{{ (fromJson \"\").secret4711 }}", `{{ block "` + mark + `" . }}`, "{{ break }}" + mark, "{{ end }}" + mark, "{{ \"\\" + mark + "\" }}",
	} {
		parsed, err := template.Parse(text)
		if err == nil {
			_, err = parsed.Execute(map[string]string{"a": "x"})
		}
		var typed *template.Error
		if !errors.As(err, &typed) {
			t.Errorf("%s: no *Error but %v", text, err)
			continue
		}
		if all := leaked(&template.Error{Cause: typed.Cause}); all != "" {
			t.Errorf("%s: the cause has a part of the template:\n%s", text, all)
		}
	}
}
