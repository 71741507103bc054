package fn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/template"
)

// targetTemplate is one template of a target, ready to be executed.
type targetTemplate struct {
	*template.Template
	// field that the template stands in, or that leads to it.
	field string
	// shown tells that the text may be: it stands in the manifests, and in no
	// Secret.
	shown bool
	part  api.TemplateTarget
	// key is where the result goes; hasKeys tells of a result with keys of its own.
	key      string
	hasKeys  bool
	decoding string
}

// compileTemplates reads all templates of an ExternalSecret, in the order in which
// what they make is written (ApplyTemplate in ESO's
// externalsecret_controller_template.go): templateFrom[], in each of them the
// ConfigMap's, the Secret's and the literal; then data, labels and annotations.
func (v *packageView) compileTemplates(es *externalSecret) (problems Problems) {
	const field = "spec.target.template"
	t := es.Spec.Target.Template
	if t == nil || es.idle != "" {
		return nil
	}
	defer func() { es.unusable = es.unusable || len(problems) > 0 }()
	add := func(one targetTemplate, text string) {
		if api.IsWrongAt(es.problems, one.field) {
			return
		}
		var err error
		if one.Template, err = v.templates.parse(text); err != nil {
			problems = append(problems, es.templateProblem(one.field, err, one.shown))
			return
		}
		es.templates = append(es.templates, one)
		v.warnings = append(v.warnings, es.unstable(one.field, one.Template)...)
	}
	for i := range t.TemplateFrom {
		from, at := &t.TemplateFrom[i], fmt.Sprintf("%s.templateFrom[%d]", field, i)
		part, _ := from.Part()
		one := targetTemplate{part: part, decoding: from.ValuesDecodingStrategy}
		for _, source := range []struct {
			*api.TemplateSource
			kind, field string
			all         *objects
		}{
			{from.ConfigMap, "ConfigMap", at + ".configMap", &v.configMaps},
			{from.Secret, "Secret", at + ".secret", &v.secrets},
		} {
			if source.TemplateSource == nil || api.IsWrongAt(es.problems, source.field+".name") {
				continue
			}
			object, _, cause := referred(source.kind, source.all, es.Namespace, source.Name, es.item)
			if object == nil {
				problems = append(problems, es.problem(source.field+".name", cause, "give esfn that "+source.kind+" together with the ExternalSecret"))
				continue
			}
			for j, item := range source.Items {
				one := one
				one.field, one.shown = fmt.Sprintf("%s.items[%d]", source.field, j), source.kind == "ConfigMap"
				text, cause := templateText(object, item.Key)
				if cause != "" {
					problems = append(problems, es.problem(one.field+".key", cause, ""))
					continue
				}
				if one.hasKeys = item.TemplateAs == "KeysAndValues"; !one.hasKeys {
					one.key = item.Key
				}
				add(one, text)
			}
		}
		if from.Literal != nil {
			one.field, one.shown, one.hasKeys = at+".literal", true, true
			add(one, *from.Literal)
		}
	}
	for _, own := range []struct {
		field string
		part  api.TemplateTarget
		texts map[string]string
	}{
		{field + ".data", api.DataTarget, t.Data},
		{field + ".metadata.labels", api.LabelsTarget, t.Metadata.Labels},
		{field + ".metadata.annotations", api.AnnotationsTarget, t.Metadata.Annotations},
	} {
		for _, key := range sortedKeys(own.texts) {
			add(targetTemplate{field: fmt.Sprintf("%s[%s]", own.field, key), shown: true, part: own.part, key: key}, own.texts[key])
		}
	}
	return problems
}

// templateText is the template under a key of a ConfigMap or a Secret; the cause
// says why there is none.
func templateText(object *item, key string) (text, cause string) {
	if object.Kind == "ConfigMap" {
		if text, ok := api.ScalarAt(object.object.Node(), "data", key); ok {
			return text, ""
		}
		return "", fmt.Sprintf("%s has no key %q", object.Resource, key)
	}
	value, ok, err := secretKey(object.object.Node(), key)
	switch {
	case err != nil:
		return "", fmt.Sprintf("%s: data[%s] is not base64", object.Resource, key)
	case !ok:
		return "", fmt.Sprintf("%s has no key %q", object.Resource, key)
	}
	return value.Reveal(), ""
}

// templateProblem is what is wrong with a template. Its text is quoted only where
// it is no secret itself.
func (es *externalSecret) templateProblem(field string, err error, shown bool) Problem {
	var wrong *template.Error
	if !errors.As(err, &wrong) {
		return es.problem(field, "the template cannot be used", "")
	}
	cause := wrong.Error()
	if shown && wrong.Text != "" {
		cause += ": " + wrong.Text
	}
	return es.problem(field, cause, "")
}

// unstable warns of a template that makes something else in every render.
func (es *externalSecret) unstable(field string, t *template.Template) Problems {
	functions := t.Unstable()
	if len(functions) == 0 {
		return nil
	}
	return Problems{es.problem(field, "what "+strings.Join(functions, ", ")+" gives is another in every render",
		"keep in Vault what is to stay the same; Argo CD sees a difference after every render")}
}
