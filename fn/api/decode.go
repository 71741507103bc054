package api

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Problem is one thing wrong with one field of a document.
type Problem struct {
	// Field is the path from the document's root, as in
	// spec.data[1].remoteRef.property.
	Field string
	// Cause says what is wrong, in lower case and without a full stop.
	Cause string
	// Hint says what to do about it. It may be empty.
	Hint string
}

// Ignored is the type of a field that only a controller acts on: any value of
// it is accepted and none is kept.
type Ignored struct{}

// Interval is the type of a field that takes whole seconds or a duration, neither
// less than zero, and of which nothing is kept.
type Interval struct{}

// Given is the type of a field of which only the presence is kept. What it says
// matters to some who use the object, and not to all. An empty list is none.
type Given bool

// explainsUnknown is a shape with a word of its own on some fields that it does
// not have; cause is "" for the others.
type explainsUnknown interface {
	unknown(name string) (cause, hint string)
}

// Decode fills into, a pointer to one of this package's shapes, from a
// document, and returns everything that is wrong with it, in document order.
// Where there are problems, into is filled as far as it goes.
func Decode(document *yaml.RNode, into any) []Problem {
	d := &decoder{}
	d.value("", document.YNode(), reflect.ValueOf(into).Elem(), constraints{})
	return d.problems
}

type decoder struct{ problems []Problem }

func (d *decoder) report(field, hint, cause string, args ...any) {
	d.problems = append(d.problems, Problem{Field: field, Cause: fmt.Sprintf(cause, args...), Hint: hint})
}

// value decodes n into v, which is settable.
func (d *decoder) value(field string, n *yaml.Node, v reflect.Value, c constraints) {
	n = followed(n)
	switch v.Interface().(type) {
	case Ignored:
		return
	case Object:
		if h := HeaderOf(yaml.NewRNode(n)); n.Kind != yaml.MappingNode || h.APIVersion == "" || h.Kind == "" {
			d.report(field, "", "must be an object with apiVersion and kind")
		}
		v.Set(reflect.ValueOf(Object{yaml.NewRNode(n)}))
		return
	case Interval:
		whole := n.ShortTag() == yaml.NodeTagInt || formats["duration"].pattern.MatchString(n.Value)
		if n.Kind != yaml.ScalarNode || !whole || strings.HasPrefix(n.Value, "-") {
			d.report(field, "", "must be whole seconds, or a duration as in 1h30m, and not less than zero")
		}
		return
	case Given:
		v.SetBool(!saysNothing(n) || n.Kind == yaml.MappingNode)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(field, n, v.Elem(), c)
	case reflect.Struct:
		d.object(field, n, v)
	case reflect.Slice:
		d.list(field, n, v, c)
	case reflect.Map:
		d.texts(field, n, v)
	case reflect.Bool:
		if b, ok := d.boolean(field, n); ok {
			v.SetBool(b)
		}
	case reflect.Int:
		if whole, ok := d.whole(field, n); ok {
			v.SetInt(int64(whole))
		}
	case reflect.String:
		if s, ok := d.text(field, n); ok {
			v.SetString(s)
			d.constrain(field, s, c)
		}
	default:
		panic(fmt.Sprintf("api: no decoding for a field of type %s", v.Type()))
	}
}

func (d *decoder) object(field string, n *yaml.Node, v reflect.Value) {
	shape := shapeOf(v.Type())
	if n.Kind != yaml.MappingNode {
		d.report(field, "", "must be a map of fields, is %s", kindOf(n))
		return
	}
	given := map[string]bool{}
	for _, p := range pairs(n) {
		name, value := p.key.Value, p.value
		at := join(field, name)
		f, known := shape.byName[name]
		switch {
		case given[name]:
			d.report(at, "keep one of the two", "given twice")
		case !known:
			cause, hint := explain(v, name, shape.names)
			d.report(at, hint, "%s", cause)
		case value.ShortTag() == yaml.NodeTagNull:
			// As the API server has it: null in a field that cannot be null is
			// the same as the field left out.
			continue
		default:
			d.value(at, value, v.FieldByIndex(f.index), f.constraints)
		}
		given[name] = true
	}
	for _, name := range shape.names {
		f := shape.byName[name]
		if given[name] {
			continue
		}
		if f.required {
			d.report(join(field, name), "", "required, and not given")
			continue
		}
		setDefaults(v.FieldByIndex(f.index), f.constraints)
	}
}

// setDefaults fills what the CRD would fill where a field is left out.
func setDefaults(v reflect.Value, c constraints) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(c.byDefault)
	case reflect.Struct:
		for _, f := range shapeOf(v.Type()).byName {
			setDefaults(v.FieldByIndex(f.index), f.constraints)
		}
	}
}

func (d *decoder) list(field string, n *yaml.Node, v reflect.Value, c constraints) {
	if n.Kind != yaml.SequenceNode {
		d.report(field, "", "must be a list, is %s", kindOf(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(field+"["+strconv.Itoa(i)+"]", item, v.Index(i), c)
	}
}

// texts decodes a map of strings: labels, annotations, a ConfigMap's data.
func (d *decoder) texts(field string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.report(field, "", "must be a map of strings, is %s", kindOf(n))
		return
	}
	texts := map[string]string{}
	for _, p := range pairs(n) {
		name := p.key.Value
		at := field + "[" + name + "]"
		if _, twice := texts[name]; twice {
			d.report(at, "keep one of the two", "given twice")
			continue
		}
		if p.value.ShortTag() == yaml.NodeTagNull {
			continue // the API server prunes it
		}
		if _, ok := d.text(at+" (the key)", p.key); !ok {
			continue
		}
		if s, ok := d.text(at, p.value); ok {
			texts[name] = s
		}
	}
	v.Set(reflect.ValueOf(texts))
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
