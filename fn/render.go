package fn

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"unicode/utf8"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/fn/template"
)

// contents is what goes into a Secret, with keys and all.
type contents struct {
	data, labels, annotations map[string]secret.Value
	// unnamed are keys of data that a template made: they may be values, and are
	// in no message.
	unnamed map[string]bool
}

// named is a key of the data for a message.
func (c *contents) named(key string) string {
	if c.unnamed[key] {
		return "one of its keys"
	}
	return fmt.Sprintf("the key %q", key)
}

// of returns the part that a template makes.
func (c *contents) of(part api.TemplateTarget) map[string]secret.Value {
	switch part {
	case api.LabelsTarget:
		return c.labels
	case api.AnnotationsTarget:
		return c.annotations
	}
	return c.data
}

// render makes of what was read what goes into the Secret. Every template sees
// only what was read, and not what the others make.
func (es *externalSecret) render(read map[string]secret.Value) (*contents, Problems) {
	out := &contents{map[string]secret.Value{}, map[string]secret.Value{}, map[string]secret.Value{}, map[string]bool{}}
	if es.Spec.Target.Template.KeepsData() {
		maps.Copy(out.data, read)
	}
	if es.Spec.Target.Template == nil {
		out.labels, out.annotations = plainly(es.Metadata.Labels), plainly(withoutHosts(es.Metadata.Annotations))
	}
	plain := map[string]string{}
	if len(es.templates) > 0 {
		for key, value := range read {
			plain[key] = value.Reveal()
		}
	}
	var problems Problems
	for _, t := range es.templates {
		made, problem := es.execute(t, plain)
		if problem != nil {
			problems = append(problems, *problem)
		}
		maps.Copy(out.of(t.part), made)
		if t.hasKeys && t.part == api.DataTarget {
			for key := range made {
				out.unnamed[key] = true
			}
		}
	}
	return out, problems
}

// execute gives what one template makes, under its keys.
func (es *externalSecret) execute(t targetTemplate, values map[string]string) (map[string]secret.Value, *Problem) {
	text, err := t.Execute(values)
	if err != nil {
		problem := es.templateProblem(t.field, err, t.shown)
		var wrong *template.Error
		if errors.As(err, &wrong) && wrong.Cause == template.NoSuchKey && t.shown {
			problem.Hint = cmp.Or(api.DidYouMean(wrong.Text, sortedKeys(values)), `where a key may be missing, write {{ index . "key" }}`)
		}
		return nil, &problem
	}
	made := map[string]string{t.key: text}
	if t.hasKeys {
		if made, err = template.KeysAndValues(text); err != nil {
			problem := es.templateProblem(t.field, err, false)
			problem.Hint = "quote what is put in, as in: key: {{ .value | quote }}"
			return nil, &problem
		}
	}
	decoded := map[string]secret.Value{}
	for _, key := range sortedKeys(made) {
		value, err := decodeValue(secret.New(made[key]), t.decoding)
		if err != nil {
			return nil, new(es.problem(t.field, fmt.Sprintf("the value that it makes for %s %s", t.named(key), err), "valuesDecodingStrategy says what encoding that is"))
		}
		// It would be written as !!binary, and Kubernetes reads no such thing.
		if t.part != api.DataTarget && !utf8.ValidString(value.Reveal()) {
			return nil, new(es.problem(t.field, fmt.Sprintf("the value that it makes for %s is no text, and metadata is", t.named(key)), "only data holds other bytes"))
		}
		if t.part == api.DataTarget && !api.IsSecretKey(key) {
			return nil, new(es.problem(t.field, "it makes a key that Kubernetes does not take", "a key has at most 253 letters, digits, '-', '_' and '.'"))
		}
		decoded[key] = value
	}
	return decoded, nil
}

// named is a key for a message: one that the template made may be a value.
func (t *targetTemplate) named(key string) string {
	if t.hasKeys {
		return "one of its keys"
	}
	return fmt.Sprintf("%q", key)
}

func plainly(texts map[string]string) map[string]secret.Value {
	values := map[string]secret.Value{}
	for key, text := range texts {
		values[key] = secret.New(text)
	}
	return values
}
