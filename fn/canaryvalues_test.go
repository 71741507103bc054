package fn

import (
	"fmt"
	"strings"

	"github.com/esfn/esfn/tests/canary"
)

// markedFields are values of a field at Vault, as JSON, each with marks in it, of every
// type and in every state that something could refuse.
func (c *canaryRun) markedFields() map[string]string {
	m := c.marks
	return map[string]string{
		"a string":        `"` + m.Text("a string") + `"`,
		"odd":             fmt.Sprintf("%q", m.Odd("odd")),
		"a number":        m.Number("a number"),
		"a fraction":      m.Number("a fraction") + ".25",
		"too large":       m.Number("too large") + "e999",
		"true":            "true",
		"null":            "null",
		"a list":          `["` + m.Text("in a list") + `",["` + m.Text("deeper in a list") + `"]]`,
		"a map":           `{"a":"` + m.Text("in a map") + `","b":{"c":["` + m.Text("deeper in a map") + `"]}}`,
		"numbers":         `{"a":[` + m.Number("in numbers") + `,{"b":` + m.Number("large in numbers") + `e999}]}`,
		"JSON":            fmt.Sprintf("%q", `{"a":"`+m.Text("in JSON")+`","n":`+m.Number("number in JSON")+`}`),
		"broken JSON":     fmt.Sprintf("%q", `{"a":"`+m.Text("in broken JSON")+`",`+m.Text("behind broken JSON")),
		"JSON twice":      fmt.Sprintf("%q", `{"a":"`+m.Text("in JSON twice")+`"} {"b":"`+m.Text("second")+`"}`),
		"a JSON list":     fmt.Sprintf("%q", `["`+m.Text("in a JSON list")+`"]`),
		"a large number":  fmt.Sprintf("%q", `{"a":`+m.Number("large in JSON")+`e999}`),
		"base64":          `"` + canary.Base64(m.Odd("in base64")) + `"`,
		"cut base64":      `"` + canary.Base64(m.Text("in cut base64"))[:42] + `"`,
		"base64 and more": `"` + canary.Base64(m.Text("in base64 and more")) + `!"`,
		"a null byte":     `"` + m.Text("before a null byte") + `\u0000` + m.Text("behind a null byte") + `"`,
		"null in base64":  `"` + canary.Base64(m.Text("before one in base64")+"\x00") + `"`,
		"no UTF-8":        `"` + m.Text("before no UTF-8") + "\xff\xfe" + m.Text("behind no UTF-8") + `"`,
		"bytes":           `"` + canary.Base64("\xff\xfe"+m.Text("bytes")+"\x80") + `"`,
		"very long":       `"` + strings.Repeat(m.Text("very long"), 1<<12) + `"`,
		"YAML":            fmt.Sprintf("%q", "a: "+m.Text("in YAML")+"\nb: ["+m.Text("in a YAML list")),
		"PEM":             fmt.Sprintf("%q", "-----BEGIN CERTIFICATE-----\n"+canary.Base64(m.Text("in PEM"))+"\n-----END CERTIFICATE-----\n"),
	}
}

// markedAnswers are whole answers, where a field is of no use to say what is wrong.
func (c *canaryRun) markedAnswers() map[string]string {
	m := c.marks
	return map[string]string{
		"no JSON": m.Text("an answer that is no JSON"), "a list": `["` + m.Text("a list for an answer") + `"]`, "a string": `"` + m.Text("a string for an answer") + `"`,
		"cut": `{"f":"` + m.Text("a cut answer"), "two": `{"f":"` + m.Text("the first") + `"}{"f":"` + m.Text("another") + `"}`, "a number": m.Number("a number for an answer"),
	}
}

// values reads every kind of value by every kind of entry.
func (c *canaryRun) values() {
	specs := []string{
		`dataFrom: [{extract: {key: s}}]`, `dataFrom: [{extract: {key: s, property: f}}]`, `dataFrom: [{extract: {key: s, property: f.a}}]`, `dataFrom: [{extract: {key: s, property: none}}]`,
		`dataFrom: [{extract: {key: s, conversionStrategy: Unicode, nullBytePolicy: Fail}}]`, `dataFrom: [{extract: {key: s, metadataPolicy: Fetch}}]`,
		`dataFrom: [{find: {path: s, nullBytePolicy: Fail}}]`, `dataFrom: [{find: {tags: {owner: nobody}}}]`, `dataFrom: [{find: {name: {regexp: s}}, rewrite: [{merge: {}}]}]`,
		`dataFrom: [{extract: {key: s}, rewrite: [{merge: {}}]}]`, `dataFrom: [{extract: {key: s}, rewrite: [{merge: {strategy: JSON, into: x}}]}]`,
		`dataFrom: [{extract: {key: s}, rewrite: [{merge: {conflictPolicy: Ignore, priority: [f, other], priorityPolicy: IgnoreNotFound}}]}]`,
		`dataFrom: [{extract: {key: s}, rewrite: [{regexp: {source: ".*", target: one}}]}]`, `dataFrom: [{extract: {key: s}, rewrite: [{transform: {template: "{{ .value.x }}"}}]}]`,
		`dataFrom: [{extract: {key: s}, rewrite: [{transform: {template: "{{ .value | upper | fail }}"}}]}]`, `dataFrom: [{extract: {key: s}, rewrite: [{regexp: {source: "$", target: " /"}}]}]`,
	}
	for _, strategy := range []string{"None", "Auto", "Base64", "Base64URL"} {
		specs = append(specs, `dataFrom: [{extract: {key: s, decodingStrategy: `+strategy+`}}]`, `dataFrom: [{find: {path: s, decodingStrategy: `+strategy+`}}]`)
		for _, property := range []string{"", "f", "f.a", "f.b.c.0", "f|@this", "f.#(a==1)", "f|@pretty", "f.a.none", "{f,f}"} {
			specs = append(specs, `data: [{secretKey: k, remoteRef: {key: s, property: "`+property+`", nullBytePolicy: Fail, decodingStrategy: `+strategy+`}}]`)
		}
	}
	try := func(name, answer string) {
		source := &fake{
			secrets:  map[string]string{"s": answer, "s/below": answer, "s/other": `{"f":"` + c.marks.Text("another secret") + `"}`},
			metadata: map[string]string{"s": answer, "s/below": answer, "s/other": answer},
		}
		for _, spec := range specs {
			c.in(name+": "+spec, vaultStore+es("app", spec), source)
		}
	}
	for kind, value := range c.markedFields() {
		try(kind, `{"f":`+value+`,"other":`+value+`}`)
	}
	for kind, answer := range c.markedAnswers() {
		try(kind, answer)
	}
}

// policies reads what there is, and is not, under every policy of a target.
func (c *canaryRun) policies() {
	source := &fake{secrets: map[string]string{"s": `{"f":"` + c.marks.Text("under a policy") + `","g":"` + c.marks.Odd("odd under a policy") + `"}`, "empty": `{}`}}
	for _, creation := range []string{"Owner", "Orphan", "Merge", "CreateOrMerge", "None"} {
		for _, deletion := range []string{"Retain", "Merge", "Delete"} {
			for _, from := range []string{`data: [{secretKey: k, remoteRef: {key: s, property: f}}]`, `data: [{secretKey: k, remoteRef: {key: none}}]`, `dataFrom: [{extract: {key: empty}}]`,
				`dataFrom: [{extract: {key: s}}, {find: {path: none}}]`, `dataFrom: [{extract: {key: s}}, {extract: {key: s, property: f}}]`} {
				for kind, existing := range c.existing() {
					c.in(creation+", "+deletion+", "+kind+": "+from, vaultStore+existing+es("app", from+"\ntarget: {name: there, creationPolicy: "+creation+", deletionPolicy: "+deletion+"}"), source)
				}
			}
		}
	}
	for _, two := range []string{"{name: there}", "{name: there, creationPolicy: Merge}", "{name: there, creationPolicy: CreateOrMerge}"} {
		spec := "data: [{secretKey: k, remoteRef: {key: s, property: f}}]\ntarget: " + two
		c.in("two of "+two, vaultStore+es("app", spec)+"---\n"+es("other", spec), source)
	}
}

// existing are Secrets that are there before, in states that keep one from being added
// to.
func (c *canaryRun) existing() map[string]string {
	secret := func(rest string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: there}\n" + rest + "\n---\n"
	}
	old, mark := c.marks.Text("of a Secret that is there"), c.marks.Odd("odd, of a Secret that is there")
	return map[string]string{
		"none": "", "plain": secret(fmt.Sprintf("stringData: {k: %q, other: %q}", old, mark)), "of an anchor": secret("data: {a: &a " + canary.Base64(old) + ", b: *a}"),
		"no map": secret("data: [" + canary.Base64(old) + "]"), "a text": secret("data: " + canary.Base64(old)), "twice": secret("data: {k: " + canary.Base64(old) + ", k: " + canary.Base64(mark) + "}"),
		"made before": "apiVersion: v1\nkind: Secret\nmetadata: {name: there, annotations: {" + madeBy + ": app}}\ndata: {k: " + canary.Base64(old) + "}\n---\n",
	}
}
