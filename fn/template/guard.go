package template

import (
	"errors"
	"reflect"
)

var errorType = reflect.TypeFor[error]()

// guard wraps a function for a template: what it is given and what it gives is
// bounded, it does not panic, and its error is a [failure], which has none of a
// library's words. Those quote what they could not read.
func guard(name string, function any) any {
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
	signature := reflect.FuncOf(in, []reflect.Type{t.Out(0), errorType}, t.IsVariadic())
	return reflect.MakeFunc(signature, func(args []reflect.Value) (results []reflect.Value) {
		fail := func(cause string) []reflect.Value {
			err := error(failure(cause))
			return []reflect.Value{reflect.Zero(t.Out(0)), reflect.ValueOf(&err).Elem()}
		}
		defer func() {
			if recover() != nil {
				results = fail("the function " + name + " failed")
			}
		}()
		if wouldMakeTooMuch(name, args) {
			return fail("the function " + name + " would make too much")
		}
		results = call(args)
		if len(results) == 2 && !results[1].IsNil() {
			return fail(causeOf(name, results[1].Interface().(error)))
		}
		if isTooLarge(results[0]) {
			return fail("the function " + name + " makes too much")
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
