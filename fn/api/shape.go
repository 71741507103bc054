package api

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// constraints are what a field's krm tag says of it:
//
//	krm:"version,enum=v1|v2,default=v2"
//	krm:"secretKey,required,format=key"
type constraints struct {
	required  bool
	byDefault string
	enum      []string
	format    string
}

type fieldOf struct {
	// index leads to the field, through the structs that are embedded.
	index []int
	constraints
}

// shape is a struct type as the decoder sees it.
type shape struct {
	names  []string // in the order of the struct
	byName map[string]fieldOf
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{byName: map[string]fieldOf{}}
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			embedded := shapeOf(t.Field(i).Type)
			for _, name := range embedded.names {
				f := embedded.byName[name]
				f.index = append([]int{i}, f.index...)
				s.names, s.byName[name] = append(s.names, name), f
			}
			continue
		}
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("krm"), ",")
		if name == "" {
			panic(fmt.Sprintf("api: %s.%s has no krm tag", t, t.Field(i).Name))
		}
		f := fieldOf{index: []int{i}}
		for word := range strings.SplitSeq(rest, ",") {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "":
			case "required":
				f.required = true
			case "default":
				f.byDefault = value
			case "enum":
				f.enum = strings.Split(value, "|")
			case "format":
				f.format = value
			default:
				panic(fmt.Sprintf("api: %s.%s: unknown word %q in its krm tag", t, t.Field(i).Name, key))
			}
		}
		s.names = append(s.names, name)
		s.byName[name] = f
	}
	shapes.Store(t, s)
	return s
}

// format is a pattern of the CRDs
// (config/crds/bases/external-secrets.io_externalsecrets.yaml) in words.
type format struct {
	pattern *regexp.Regexp
	max     int
	words   string
}

var formats = map[string]format{
	"name": {regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`), 253,
		"lower-case letters, digits, '-' and '.', beginning and ending with a letter or a digit"},
	"namespace": {regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`), 63,
		"lower-case letters, digits and '-', beginning and ending with a letter or a digit"},
	"key": {regexp.MustCompile(`^[-._a-zA-Z0-9]+$`), 253,
		"letters, digits, '-', '_' and '.'"},
	"duration": {regexp.MustCompile(`^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$`), 253,
		"numbers with a unit each, as in 1h30m"},
}

// constrain checks a string against its field's enum and format.
func (d *decoder) constrain(field, s string, c constraints) {
	switch {
	case c.enum != nil && !slices.Contains(c.enum, s):
		d.report(field, DidYouMean(s, c.enum), "%s is none of %s", quoted(s), strings.Join(c.enum, ", "))
	case c.format != "":
		f := formats[c.format]
		if !f.pattern.MatchString(s) || len(s) > f.max {
			d.report(field, "", "%s is not a %s: it takes at most %d characters, %s", quoted(s), c.format, f.max, f.words)
		}
	}
}

// credential is what tokens of Vault and of Kubernetes begin with.
var credential = regexp.MustCompile(`^(hv[a-z]\.|[sbr]\.|eyJ)`)

// quoted quotes a text, but for a credential that came to stand in the wrong
// field.
func quoted(s string) string {
	if credential.MatchString(s) {
		return "what looks like a token"
	}
	return strconv.Quote(s)
}

// explain says what is wrong with a field that a shape does not have.
func explain(v reflect.Value, name string, known []string) (cause, hint string) {
	if own, ok := v.Interface().(explainsUnknown); ok {
		if cause, hint = own.unknown(name); cause != "" {
			return cause, hint
		}
	}
	return noSuchField, DidYouMean(name, known)
}
