package fn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/esfn/esfn/tests/canary"
)

// failingTemplates are templates that do not give what they should, of values under a, b and n.
// Package template has a test that calls every function.
var failingTemplates = []string{
	`{{ .missing }}`, `{{ .a.b }}`, `{{ range .a }}{{ end }}`, `{{ .a | fail }}`, `{{ fail .a }}`, `{{ index . .a | upper | fail }}`, `{{ template .a }}`, `{{ call .a }}`, `{{ .a 1 }}`,
	`{{ mustFromJson .a }}`, `{{ (fromJson .j).a.b }}`, `{{ mustToDate .a .b }}`, `{{ mustRegexMatch (print "(" .a) .b }}`, `{{ semver .a }}`, `{{ urlParse (print "http://[" .a) }}`, `{{ atoi .a | div 1 }}`,
	`{{ .a | filterPEM "X" }}`, `{{ .a | certSANs }}`, `{{ .p | filterCertChain "leaf" }}`, `{{ .a | jwkPrivateKeyPem }}`, `{{ .a | pkcs12keyPass .b }}`, `{{ pemToPkcs12 .a .p }}`, `{{ rsaDecrypt "RSA-OAEP" "sha256" .a .p }}`,
	`{{ decryptAES .a .b }}`, `{{ buildCustomCert .a .b }}`, `{{ genCA .a .b }}`, `{{ derivePassword 1 .a .b .a .b }}`, `{{ repeat 1048577 .a }}`,
	`{{ upper .a .b }}`, `{{ upper }}`, `{{ nofunction .a }}`, `{{ .a`, `{{ if .a }}`, `{{ end }}`, `{{ $x }}`, `{{ "a`, `{{/* `, `{{ env .a }}`, `{{ required .a .b }}`, `{{ . | toYaml | fromYaml | first }}`, `{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`,
	`{{ len 1 }}`, `{{ eq .a 1 }}`, `{{ lt (list .a) 1 }}`, `{{ (list .a).x }}`, `{{ slice .a 4711 }}`, `{{ now.Format .a .b }}`,
}

// makingTemplates are templates that give text which is no map of keys and values, or one that
// cannot be taken: of values.
var makingTemplates = []string{
	`{{ .a }}`, `k: {{ .a }}: {{ .b }}`, `{{ .o }}: x`, `{{ .o }}`, `- {{ .a }}`, `k: [{{ .a }}]`, `k: {{ .a }`, `k: *{{ .a }}`, `k: !!binary {{ .a }}`, `{{ .a }}: {{ .a }}` + "\n{{ .a }}: {{ .b }}", `k: "{{ .o }}"`, `k: '{{ .o }}'`,
	`? [{{ .a }}]` + "\n: x", `k: &x {{ .a }}`, "k: |\n{{ .o }}", "\t{{ .a }}: x", `{{ .u }}: x`, `{{ .a }}/{{ .b }}: x`, `k: {{ .u }}`, `k: {{ .x | quote }}`, `{"{{ .a }}": {"{{ .b }}": 1}}`, `k: {{ .n }}e999`, `{{ .n }}: x`, `%{{ .a }}`, `k: !{{ .a }} x`, `<<: {{ .a }}`, `<<: *{{ .a }}`, `{{ .a }}` + "\n---\n{{ .b }}", `"{{ .a }}`,
	`reconcile.external-secrets.io/{{ .a }}: x`, `config.kubernetes.io/{{ .a }}: {{ .b }}`,
}

func (c *canaryRun) templateSource() *fake {
	m := c.marks
	return &fake{secrets: map[string]string{"s": fmt.Sprintf(`{"a":%q,"b":%q,"n":%s,"o":%q,"j":%q,"p":%q,"u":"%s","x":"%s"}`,
		m.Text("to a template"), m.Text("another to a template"), m.Number("to a template, a number"), m.Odd("to a template, odd"), `{"a":"`+m.Text("to a template, JSON")+`"}`,
		"-----BEGIN CERTIFICATE-----\n"+canary.Base64(m.Text("to a template, PEM"))+"\n-----END CERTIFICATE-----\n", m.Text("to a template, no UTF-8")+"\xff", m.Text("to a template, null")+`\u0000`)}}
}

// templates are those that fail, in every place that a template has, and those of
// Secrets, which are secrets themselves.
func (c *canaryRun) templates() {
	source := c.templateSource()
	const from = "dataFrom: [{extract: {key: s}}]\ntarget:\n  template:\n    "
	for _, text := range slices.Concat(failingTemplates, makingTemplates) {
		for _, decoding := range []string{"None", "Base64", "Base64URL", "Auto"} {
			if decoding != "None" && !slices.Contains(makingTemplates, text) {
				continue // it fails before
			}
			for name, where := range map[string]string{
				"data": `data: {k: %q}`, "label": `metadata: {labels: {k: %q}}`, "annotation": `metadata: {annotations: {k: %q}}`, "literal": `templateFrom: [{valuesDecodingStrategy: ` + decoding + `, literal: %q}]`,
				"labels": `templateFrom: [{target: Labels, valuesDecodingStrategy: ` + decoding + `, literal: %q}]`, "annotations": `templateFrom: [{target: Annotations, valuesDecodingStrategy: ` + decoding + `, literal: %q}]`,
			} {
				if decoding != "None" && !strings.Contains(name, "l") {
					continue
				}
				c.in(name+", "+decoding+": "+text, vaultStore+es("app", from+fmt.Sprintf(where, text)), source, "labels", "annotations")
			}
			for _, target := range []string{"Data", "Labels", "Annotations"} {
				for _, as := range []string{"Values", "KeysAndValues"} {
					for _, kind := range []string{"configMap", "secret"} {
						object := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t}\n" + fmt.Sprintf("data: {k: %q}\n---\n", text)
						if kind == "secret" {
							// What is a template here is a secret, the names in it as well.
							mark := c.marks.Text("in a template of a Secret")
							text := mark + " " + strings.NewReplacer(`.missing`, "."+mark, `"x"`, `"`+mark+`"`, `$x`, `$`+mark, `nofunction`, mark, `4711`, c.marks.Number("in a template of a Secret, a number")).Replace(text)
							object = "apiVersion: v1\nkind: Secret\nmetadata: {name: t}\n" + fmt.Sprintf("stringData: {k: %q}\n---\n", text)
						}
						c.in(fmt.Sprintf("%s for %s as %s, %s: %s", kind, target, as, decoding, text), vaultStore+object+es("app", from+fmt.Sprintf("templateFrom: [{target: %s, valuesDecodingStrategy: %s, %s: {name: t, items: [{key: k, templateAs: %s}]}}]", target, decoding, kind, as)), source, "labels", "annotations")
					}
				}
			}
		}
		c.in("transform: "+text, vaultStore+es("app", fmt.Sprintf("dataFrom: [{extract: {key: s}, rewrite: [{transform: {template: %q}}]}]", text)), source)
		c.in("transform of found: "+text, vaultStore+es("app", fmt.Sprintf("dataFrom: [{find: {path: s}, rewrite: [{transform: {template: %q}}]}]", text)), source)
	}
	mark := c.marks.Text("in a Secret that holds a template")
	for state, body := range map[string]string{"no key": "stringData: {other: " + mark + "}", "not base64": "data: {k: " + mark + "!}", "a list": "stringData: [" + mark + "]", "nested": "stringData: {k: {a: " + mark + "}}", "a number": "stringData: {k: " + c.marks.Number("a number for a template") + "}"} {
		object := "apiVersion: v1\nkind: Secret\nmetadata: {name: t}\n" + body + "\n---\n"
		c.in("a template under "+state, vaultStore+object+es("app", from+"templateFrom: [{secret: {name: t, items: [{key: k}]}}]"), source)
	}
}

// keysOfValues are those that a template makes of values, and that two put into one
// Secret, or that nobody takes.
func (c *canaryRun) keysOfValues() {
	source := c.templateSource()
	const from = "dataFrom: [{extract: {key: s}}]\ntarget:\n  name: there\n  creationPolicy: %s\n  template: {mergePolicy: Replace, templateFrom: [{target: %s, literal: %q}]}"
	for _, target := range []string{"Data", "Labels", "Annotations"} {
		for _, text := range makingTemplates {
			for _, policy := range []string{"Merge", "CreateOrMerge", "Owner"} {
				one, other := es("app", fmt.Sprintf(from, policy, target, text)), es("other", fmt.Sprintf(from, "Merge", target, text))
				for kind, existing := range c.existing() {
					if (kind == "none") == (policy == "Merge") {
						continue
					}
					// A key that is a value stands in the data on purpose, where outsideData
					// takes it away, or in metadata.
					c.in(fmt.Sprintf("two, %s, %s, %s: %s", kind, policy, target, text), vaultStore+existing+one+"---\n"+other, source, "labels", "annotations")
				}
			}
		}
	}
	for kind, text := range map[string]string{"endless": `{{ range until 99999 }}{{ range until 99 }}{{ $.a }}{{ end }}{{ end }}`, "large": `{{ range until 99999 }}{{ $.a }}{{ $.b }}{{ end }}`} {
		c.in(kind, vaultStore+es("app", fmt.Sprintf("dataFrom: [{extract: {key: s}}]\ntarget: {template: {data: {k: %q}}}", text)), source)
	}
	// What is hoisted out of a value gets keys that were names in it: names are told.
	c.in("merged", vaultStore+es("app", `dataFrom: [{extract: {key: s}, rewrite: [{merge: {priority: [j]}}]}]`), source)
}
