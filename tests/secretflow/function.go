package secretflow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// function is what is known of one function, for all calls of it: what it does with its
// parameters is told by their bits. The variables that a closure shares with the
// function around it come after the parameters.
type function struct {
	*ssa.Function
	program *program
	// isTrusted is for one that makes of a secret what is none.
	isTrusted bool
	// registers are what its values have.
	registers map[register]held
	// results are what it gives, filled what it writes to where a parameter points,
	// and places what it writes into fields.
	results []held
	filled  map[int]held
	places  map[*types.Var]held
	// said are the places that make words, and of what.
	said map[said]origins
}

// register is a value, or one of those that a call gives.
type register struct {
	ssa.Value
	result int
}

type said struct {
	at token.Pos
	by string
}

// has is what a value has.
func (f *function) has(value ssa.Value) held {
	switch value := value.(type) {
	case *ssa.Const, *ssa.Builtin:
		return held{}
	case *ssa.Function:
		return f.gives(value)
	case *ssa.Global:
		return f.hasPlace(placeOf(value))
	case *ssa.Parameter, *ssa.FreeVar:
		return ofParameter(f.number(value)).and(f.registers[register{value, 0}]).as(value.Type())
	}
	return f.registers[register{value, 0}]
}

// number is which parameter a value is, or which shared variable; -1 for another.
func (f *function) number(value ssa.Value) int {
	for n, one := range f.Params {
		if one == value {
			return n
		}
	}
	for n, one := range f.FreeVars {
		if one == value {
			return len(f.Params) + n
		}
	}
	return -1
}

func (f *function) hasPlace(place *types.Var) held {
	return f.program.places[place].and(f.places[place])
}

// learn takes note of what a value has; result is which of those that a call gives.
func (f *function) learn(value ssa.Value, result int, h held) {
	of := value.Type()
	if many, ok := of.(*types.Tuple); ok {
		of = many.At(result).Type()
	}
	grow(f.program, f.registers, register{value, result}, h.as(of))
}

// learnPlace takes note of what a field or a package variable has: what is revealed is
// there for every function, what is a parameter's for who calls this one.
func (f *function) learnPlace(place *types.Var, h held) {
	h = h.as(place.Type())
	grow(f.program, f.program.places, place, held{h.itself & revealed, h.keys & revealed})
	grow(f.program, f.places, place, held{h.itself &^ revealed, h.keys &^ revealed})
}

func grow[K comparable](p *program, known map[K]held, of K, h held) {
	if with := known[of].and(h); with != known[of] {
		known[of], p.grown = with, true
	}
}

// shortName is a function's name as messages of this check have it: fn.decodeJSON,
// fn.externalSecret.problem.
func (f *function) shortName() string {
	name := f.Name()
	if receiver := f.Signature.Recv(); receiver != nil {
		of := receiver.Type()
		if pointer, ok := of.(*types.Pointer); ok {
			of = pointer.Elem()
		}
		if named, ok := types.Unalias(of).(*types.Named); ok {
			name = named.Obj().Name() + "." + name
		}
	}
	if f.Pkg != nil {
		name = f.Pkg.Pkg.Name() + "." + name
	}
	return name
}

// position is where an instruction stands; where Go does not say it, where the one
// before it does.
func position(at ssa.Instruction) (found token.Pos) {
	for _, one := range at.Block().Instrs {
		if one.Pos() != token.NoPos {
			found = one.Pos()
		}
		if one == at {
			break
		}
	}
	return found
}

// placeOf is the field or the package variable that an address or a value is; nil for
// a field of another module's type: such a one is known only as a part of the whole.
func placeOf(value ssa.Value) *types.Var {
	var field *types.Var
	switch value := value.(type) {
	case *ssa.Global:
		field, _ = value.Object().(*types.Var)
		return field
	case *ssa.FieldAddr:
		field = fieldsOf(value.X.Type().Underlying().(*types.Pointer).Elem()).Field(value.Field)
	case *ssa.Field:
		field = fieldsOf(value.X.Type()).Field(value.Field)
	}
	if field == nil || !isOurs(field) {
		return nil
	}
	return field.Origin()
}

func fieldsOf(of types.Type) *types.Struct { return of.Underlying().(*types.Struct) }

// needsTrust tells a function that says or gives something of what it was given.
func (f *function) needsTrust() bool {
	for _, h := range f.results {
		if h != (held{}) {
			return true
		}
	}
	for _, from := range f.said {
		if from != 0 {
			return true
		}
	}
	return false
}
