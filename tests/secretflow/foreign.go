package secretflow

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// foreign takes note of a call of another module's function: what it gives, its error
// among that, may have anything that it was given. So may what it was given to write to,
// and what it gives to a function that it was given.
func (f *function) foreign(i ssa.CallInstruction, arguments []ssa.Value) {
	var all held
	for _, argument := range arguments {
		all = all.and(f.has(argument))
		if isBoxed(argument) {
			all = all.and(f.shown(argument))
		}
	}
	path, name := called(i.Common())
	if path == "maps" && name == "Keys" {
		all = held{itself: all.keys}
	}
	for _, argument := range arguments {
		if given := f.program.functions[functionIn(argument)]; given != nil {
			for _, h := range f.enterWith(i, given, slices.Repeat([]held{all}, len(given.Params))) {
				all = all.and(h)
			}
		}
	}
	results := i.Common().Signature().Results()
	for n := range results.Len() {
		f.give(i, n, all)
	}
	isMethod := i.Common().IsInvoke() || i.Common().Signature().Recv() != nil
	for n, argument := range arguments {
		if isMethod && n == 0 && writes(name) || (!isMethod || n > 0) && isWritten(argument, path) {
			f.fill(argument, all)
		}
	}
}

// called is the package and the name of what a call names; empty for a function in a
// variable.
func called(call *ssa.CallCommon) (path, name string) {
	if call.IsInvoke() {
		return "", call.Method.Name()
	}
	function := call.StaticCallee()
	if function == nil {
		return "", ""
	}
	if object := function.Object(); object != nil && object.Pkg() != nil {
		path = object.Pkg().Path()
	}
	if function.Origin() != nil {
		function = function.Origin()
	}
	return path, function.Name()
}

// writes tells a method that keeps what it is given. What is set, as a token of a client
// or a header of a request, is not followed: it is there to be sent.
func writes(name string) bool { return strings.HasPrefix(name, "Write") || name == "Encode" }

// isWritten tells an argument that may be written to: an address. A struct of the
// program's own is that only for who takes any, as json.Unmarshal does, and not for
// slices.Insert, which has elements as they are, or errors.As, which finds what is there.
func isWritten(argument ssa.Value, path string) bool {
	if !isAddress(argument) {
		return false
	}
	if boxed, ok := argument.(*ssa.MakeInterface); ok {
		return path != "errors" || ownStruct(boxed.X.Type()) == nil
	}
	return ownStruct(argument.Type()) == nil
}

// isBoxed tells a value in an interface: who takes any knows the fields of a struct.
func isBoxed(value ssa.Value) bool {
	_, ok := value.(*ssa.MakeInterface)
	return ok
}

// isAddress tells the address of a variable, or of a part of one, in an interface or not.
func isAddress(value ssa.Value) bool {
	switch value := value.(type) {
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Global, *ssa.FreeVar:
		return true
	case *ssa.MakeInterface:
		return isAddress(value.X)
	case *ssa.ChangeInterface:
		return isAddress(value.X)
	case *ssa.Slice:
		return isAddress(value.X)
	}
	return false
}

// functionIn is the function that a value is; nil for one that is not known by name.
func functionIn(value ssa.Value) *ssa.Function {
	switch value := value.(type) {
	case *ssa.Function:
		return value
	case *ssa.MakeClosure:
		return value.Fn.(*ssa.Function)
	case *ssa.ChangeType:
		return functionIn(value.X)
	case *ssa.MakeInterface:
		return functionIn(value.X)
	}
	return nil
}
