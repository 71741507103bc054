package fn

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/fn/template"
)

// mark is in every value, and may be in no message.
const mark = "made-up-4711"

// silent checks that a message has no value in it.
func silent(t *testing.T, message string, inputs ...string) {
	t.Helper()
	if strings.Contains(message, mark) && !strings.Contains(strings.Join(inputs, "\n"), mark) {
		t.Errorf("a message shows a value: %s", message)
	}
}

// revealed gives values for a comparison, which reads nothing of their type.
func revealed(values map[string]secret.Value) map[string]string {
	plain := map[string]string{}
	for key, value := range values {
		plain[key] = value.Reveal()
	}
	return plain
}

// FuzzDecodeValue undoes any encoding of any value.
func FuzzDecodeValue(f *testing.F) {
	for _, value := range []string{"", "aGVsbG8=", "aGVsbG8", "_-8=", "/+8=", "user", "1234", "AAEC\r\n", "é", "=", "a===", "\x00"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, strategy := range []string{"", "None", "Auto", "Base64", "Base64URL"} {
			first, err := decodeValue(secret.New(value), strategy)
			second, again := decodeValue(secret.New(value), strategy)
			if first != second || (err == nil) != (again == nil) {
				t.Errorf("%s: not the same twice", strategy)
			}
			if strategy == "Auto" && err != nil || strategy == "None" && first.Reveal() != value {
				t.Errorf("%s: %v", strategy, err)
			}
		}
	})
}

// FuzzConvertKeys converts any two names: each becomes a key of allowed
// characters, a sound name stays, and two keys are never one.
func FuzzConvertKeys(f *testing.F) {
	for _, name := range []string{"", "a/b", "sp ace", "é", "😀", "a_b", "._-", "\xff", "\u0301", "①", "..", strings.Repeat("x", 254)} {
		f.Add(name, "a b")
		f.Add(name, "a_b")
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		for _, strategy := range []string{"", "Default", "Unicode"} {
			names := underNames(map[string]secret.Value{one: secret.New(mark), other: secret.New(mark)})
			converted, err := convertKeys(names, strategy)
			again, errAgain := convertKeys(names, strategy)
			if (err == nil) != (errAgain == nil) || len(converted) != len(again) {
				t.Fatalf("not the same twice: %v, %v", err, errAgain)
			}
			if err != nil {
				silent(t, err.Error(), one, other)
				continue
			}
			for i, c := range converted {
				if c != again[i] {
					t.Errorf("%q, and then %q", c.key, again[i].key)
				}
				if strings.ContainsFunc(c.key, func(r rune) bool {
					return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-._", r)
				}) {
					t.Errorf("%q becomes %q", c.name, c.key)
				}
				if api.IsSecretKey(c.name) && c.key != c.name {
					t.Errorf("%q was sound, and becomes %q", c.name, c.key)
				}
			}
			keys, err := secretKeys(converted)
			if err != nil {
				silent(t, err.Error(), one, other)
			}
			for key := range keys {
				if !api.IsSecretKey(key) {
					t.Errorf("%q is a key", key)
				}
			}
		}
	})
}

// FuzzRewrite applies any operations, one after the other, to values that are
// JSON or are not.
func FuzzRewrite(f *testing.F) {
	for _, one := range []struct{ source, target, text, priority, key, value string }{
		{"^dev/", "", "{{ .value | upper }}", "", "dev/db", `{"a":1,"b":{"c":"<&>"}}`},
		{"(.*)", "$1x", "{{ .nope }}", "dev/db", "dev/db", `{"a/b":1.50}`},
		{"a", "${1}", "{{ .value | replace \"-\" \"_\" | trunc 3 }}", "app", "app", `{}`},
		{"(?i)[a-z]+", "b", "{{", "b", "x", `null`},
		{"", "-", "x", "", "", `{"n":12345678901234567890,"x":1e400}`},
		{"(", "", "{{ range .value }}{{ end }}", "x", "x", `[1]`},
	} {
		f.Add(one.source, one.target, one.text, one.priority, one.key, one.value)
	}
	f.Fuzz(func(t *testing.T, source, target, text, priority, key, value string) {
		if len(source)+len(target)+len(text)+len(key)+len(value) > 1<<12 {
			return
		}
		parsed, err := template.Parse(text)
		if err == nil && len(parsed.Unstable()) > 0 {
			return
		}
		values := map[string]secret.Value{key: secret.New(value), "app": secret.New(`{"a":"` + mark + `"}`), mark[:4]: secret.New(mark + value)}
		if strings.HasPrefix(strings.TrimSpace(value), "{") {
			delete(values, mark[:4])
		}
		inputs := []string{source, target, text, priority, key, value}
		run := func(merge api.RewriteMerge) (map[string]string, string) {
			again := api.Rewrite{RegExp: &api.RewriteRegExp{Source: source, Target: target}}
			rewrites := []api.Rewrite{again, again, again, again, {Transform: &api.RewriteTransform{Template: text}}, {Merge: &merge}}
			e := &entry{es: &externalSecret{item: &item{}}, field: "spec.dataFrom[0]", remoteField: "spec.dataFrom[0].extract", remote: &api.RemoteRef{}}
			for _, r := range rewrites {
				from := api.DataFromEntry{Find: &api.Find{}, Rewrite: []api.Rewrite{r}}
				spec := api.ExternalSecret{Spec: api.ExternalSecretSpec{DataFrom: []api.DataFromEntry{from}}}
				if len(spec.Problems()) == 0 {
					e.rewrite = append(e.rewrite, r)
				}
			}
			for _, p := range (&packageView{}).compileRewrites(e) {
				silent(t, p.Cause+p.Hint, inputs...)
			}
			keys, problem := e.keyed(values, "")
			if problem != nil {
				silent(t, problem.Cause+problem.Hint, inputs...)
				return nil, problem.Field + ": " + problem.Cause
			}
			for key := range keys {
				if !api.IsSecretKey(key) {
					t.Errorf("%q is a key", key)
				}
			}
			return revealed(keys), ""
		}
		for _, merge := range []api.RewriteMerge{
			{Strategy: "Extract", ConflictPolicy: "Error", PriorityPolicy: "Strict", Priority: []string{priority}},
			{Strategy: "Extract", ConflictPolicy: "Ignore", PriorityPolicy: "IgnoreNotFound", Priority: []string{priority, priority}},
			{Strategy: "JSON", ConflictPolicy: "Ignore", PriorityPolicy: "IgnoreNotFound", Into: target},
		} {
			first, cause := run(merge)
			second, again := run(merge)
			if diff := cmp.Diff(first, second); diff != "" || cause != again {
				t.Errorf("not the same twice: %s%s\n%s", diff, cause, again)
			}
		}
	})
}

// FuzzProperty takes any property of any secret, alone and to extract from.
func FuzzProperty(f *testing.F) {
	for _, property := range []string{"", "a", "a.b", `a\.b`, "l.0", "l.#", `l.#(k=="v").x`, "*", "?", "@this|@pretty", "{a,b}", "[a,b]|[a,@this]", `!"x"`, "@fromstr.x", "@keys", " a"} {
		f.Add(property, `{"a":{"b":"x"},"a.b":1.50,"l":[1,{"k":"v","x":null}]}`)
		f.Add(property, `{"a":"{\"x\":12345678901234567890}","n":1e400}`)
	}
	f.Fuzz(func(t *testing.T, property, object string) {
		ref := api.RemoteRef{Property: property}
		spec := api.ExternalSecret{Spec: api.ExternalSecretSpec{Data: []api.DataEntry{{SecretKey: "k", RemoteRef: ref}}}}
		if len(object) > 1<<12 || len(spec.Problems()) > 0 {
			return
		}
		read, ok := parseFields(secret.New(object))
		if !ok {
			return
		}
		value, found := read.property(property)
		again, foundAgain := read.property(property)
		if value != again || found != foundAgain {
			t.Error("not the same twice")
		}
		first, err := read.extract(property)
		second, errAgain := read.extract(property)
		if diff := cmp.Diff(revealed(first), revealed(second)); diff != "" || (err == nil) != (errAgain == nil) {
			t.Errorf("not the same twice: %v, %v\n%s", err, errAgain, diff)
		}
	})
}

// FuzzTemplateTarget renders any template into each part of a Secret.
func FuzzTemplateTarget(f *testing.F) {
	for _, text := range []string{"{{ .a }}", "k: {{ .a }}", "{{ .a }}: v", "k: {{ .a | quote }}\nyes: no", "- {{ .a }}", "a/b: c", "? [x]\n: y", "{{ .b }}", "null: {{ .a }}", "k: &x {{ .a | b64enc }}\nl: *x", "", "{{ range $k, $v := . }}{{ $k }}: {{ $v }}\n{{ end }}"} {
		for _, target := range []string{"Data", "labels", "ANNOTATIONS", "spec.x", ""} {
			f.Add(text, target, "x")
		}
	}
	f.Fuzz(func(t *testing.T, text, target, value string) {
		if len(text)+len(value) > 1<<12 {
			return
		}
		if parsed, err := template.Parse(text); err == nil && len(parsed.Unstable()) > 0 {
			return
		}
		read := map[string]secret.Value{"a": secret.New(mark + value), "c": secret.New(value)}
		run := func(decoding string) (map[string]string, string) {
			es := &externalSecret{item: &item{}}
			es.Spec.Target.Template = &api.Template{
				TemplateFrom: []api.TemplateFrom{{Literal: &text, Target: target, ValuesDecodingStrategy: decoding}},
				Data:         map[string]string{"own": text},
				Metadata:     api.TemplateMetadata{Labels: map[string]string{"own": text}},
			}
			problems := (&packageView{}).compileTemplates(es)
			made, found := es.render(read)
			problems = append(problems, found...)
			silent(t, problems.Error(), text, target)
			for key := range made.data {
				if !api.IsSecretKey(key) {
					t.Errorf("%q is a key", key)
				}
			}
			all := revealed(made.data)
			for key, value := range revealed(made.labels) {
				all["label "+key] = value
			}
			for key, value := range revealed(made.annotations) {
				all["annotation "+key] = value
			}
			return all, problems.Error()
		}
		for _, decoding := range []string{"None", "Auto", "Base64", "Base64URL"} {
			first, said := run(decoding)
			second, again := run(decoding)
			if diff := cmp.Diff(first, second); diff != "" || said != again {
				t.Errorf("not the same twice: %s%s\n%s", diff, said, again)
			}
		}
	})
}
