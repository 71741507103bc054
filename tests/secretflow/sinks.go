package secretflow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// speaks are packages whose functions make words of what they are given, or say it.
var speaks = []string{"fmt", "log", "log/slog", "errors", "k8s.io/klog/v2", "github.com/go-errors/errors"}

// quotes are single functions that do; String and GoString of others are what fmt calls.
var quotes = []string{"strconv.Quote", "strconv.QuoteToASCII", "strconv.AppendQuote"}

// ofMessages are the program's types that end as words: their texts are for people.
var ofMessages = []string{"Problem", "Fault", "Error", "Check", "Result", "Refusal", "advised", "failure", "reason"}

// words takes note of an instruction that makes words.
func (f *function) words(instruction ssa.Instruction) {
	switch i := instruction.(type) {
	case *ssa.Panic:
		f.say(i, "panic", i.X)
	case *ssa.ChangeType:
		if of := message(i.Type()); of != "" && message(i.X.Type()) == "" {
			f.say(i, of+" conversion", i.X)
		}
	case *ssa.Convert:
		if of := message(i.Type()); of != "" {
			f.say(i, of+" conversion", i.X)
		}
	case *ssa.Store:
		if field, ok := i.Addr.(*ssa.FieldAddr); ok {
			if of := message(field.X.Type()); of != "" {
				f.say(i, of+" field", i.Val)
			}
		}
	case ssa.CallInstruction:
		if by := speaker(i.Common()); by != "" {
			f.say(i, by, i.Common().Args...)
		}
	}
}

// say takes note of words that an instruction makes of values.
func (f *function) say(at ssa.Instruction, by string, values ...ssa.Value) {
	var from origins
	for _, value := range values {
		from |= f.has(value).and(f.shown(value)).all()
		if showsValue(value) {
			from |= revealed
		}
	}
	f.sayThere(said{position(at), by}, from)
}

func (f *function) sayThere(place said, from origins) {
	known, ok := f.said[place]
	if with := known | from; !ok || with != known {
		f.said[place], f.program.grown = with, true
	}
}

// speaker names the function that a call gives words to; "" for another.
func speaker(call *ssa.CallCommon) string {
	if builtin, ok := call.Value.(*ssa.Builtin); ok && (builtin.Name() == "print" || builtin.Name() == "println") {
		return builtin.Name()
	}
	path, name := called(call)
	switch {
	case path == "errors" && name != "New":
		return "" // Is, As, Join
	case slices.Contains(speaks, path), slices.Contains(quotes, path+"."+name):
		return path[strings.LastIndex(path, "/")+1:] + "." + name
	}
	return ""
}

// message names a type of the program's that is a message, or many of them; "" for
// another.
func message(of types.Type) string {
	switch of := types.Unalias(of).(type) {
	case *types.Pointer:
		return message(of.Elem())
	case *types.Slice:
		return message(of.Elem())
	case *types.Named:
		if isOurs(of.Obj()) && slices.Contains(ofMessages, of.Obj().Name()) {
			return of.Obj().Name()
		}
	}
	return ""
}

// shown is what is seen of a value by who prints it or encodes it: fields of the
// program's structs, also of those in an interface or in a list of them.
func (f *function) shown(value ssa.Value) (all held) {
	for _, one := range listed(value) {
		if boxed, ok := one.(*ssa.MakeInterface); ok {
			one = boxed.X
		}
		all = all.and(f.inside(one.Type(), nil))
	}
	return all
}

// showsValue tells whether a [secret.Value] is among what is printed. It prints nothing
// of itself, and is to be in no message.
func showsValue(value ssa.Value) bool {
	return slices.ContainsFunc(listed(value), func(one ssa.Value) bool {
		boxed, ok := one.(*ssa.MakeInterface)
		return ok && isValue(boxed.X.Type())
	})
}

// listed are the elements of a list, as Go makes one of the last arguments of
// fmt.Errorf; of what is none, itself.
func listed(value ssa.Value) (elements []ssa.Value) {
	slice, ok := value.(*ssa.Slice)
	if !ok {
		return []ssa.Value{value}
	}
	array, ok := slice.X.(*ssa.Alloc)
	if !ok {
		return []ssa.Value{value}
	}
	for _, use := range *array.Referrers() {
		if element, ok := use.(*ssa.IndexAddr); ok {
			for _, use := range *element.Referrers() {
				if store, ok := use.(*ssa.Store); ok {
					elements = append(elements, store.Val)
				}
			}
		}
	}
	return elements
}

// inside is what the fields of a type have.
func (f *function) inside(of types.Type, around []types.Type) (all held) {
	if isValue(of) || slices.Contains(around, of) {
		return held{}
	}
	around = append(around, of)
	switch of := of.Underlying().(type) {
	case *types.Pointer:
		return f.inside(of.Elem(), around)
	case *types.Slice:
		return f.inside(of.Elem(), around)
	case *types.Array:
		return f.inside(of.Elem(), around)
	case *types.Map:
		return f.inside(of.Elem(), around).and(f.inside(of.Key(), around))
	case *types.Struct:
		for field := range of.Fields() {
			if isOurs(field) {
				all = all.and(f.hasPlace(field.Origin())).and(f.inside(field.Type(), around))
			}
		}
	}
	return all
}
