package template

import (
	"errors"
	"reflect"
)

var errorType = reflect.TypeFor[error]()

// guarded is a function for a template: what it is given and what it gives is
// bounded, it does not panic, and its error is a [failure], which has none of a
// library's words. Those quote what they could not read.
type guarded struct {
	name      string
	call      func([]reflect.Value) []reflect.Value
	result    reflect.Type
	signature reflect.Type
}

func guard(name string, function any) *guarded {
	f := reflect.ValueOf(function)
	t := f.Type()
	var in []reflect.Type
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	call := f.Call
	if t.IsVariadic() {
		call = f.CallSlice
	}
	return &guarded{name, call, t.Out(0), reflect.FuncOf(in, []reflect.Type{t.Out(0), errorType}, t.IsVariadic())}
}

// in gives the function for one execution of a template.
func (g *guarded) in(run *usage) any {
	return reflect.MakeFunc(g.signature, func(args []reflect.Value) (results []reflect.Value) {
		fail := func(cause string) []reflect.Value {
			err := error(failure(cause))
			return []reflect.Value{reflect.Zero(g.result), reflect.ValueOf(&err).Elem()}
		}
		defer func() {
			if recover() != nil {
				results = fail("the function " + g.name + " failed")
			}
		}()
		if cause := run.before(g, args); cause != "" {
			return fail(cause)
		}
		results = g.call(args)
		if len(results) == 2 && !results[1].IsNil() {
			return fail(causeOf(g.name, results[1].Interface().(error)))
		}
		if cause := run.after(g, results[0]); cause != "" {
			return fail(cause)
		}
		return []reflect.Value{results[0], reflect.Zero(errorType)}
	}).Interface()
}

func causeOf(name string, err error) string {
	var ours reason
	switch {
	case !errors.As(err, &ours):
		return "the function " + name + " failed"
	case name == "fail":
		return string(ours)
	}
	return name + ": " + string(ours)
}
