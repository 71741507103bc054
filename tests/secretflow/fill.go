package secretflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// fill takes note of what is written to where a value points: into the value, and into
// what the value was taken from.
func (f *function) fill(target ssa.Value, h held) {
	if h != (held{}) {
		f.fillOnce(target, h, map[ssa.Value]bool{})
	}
}

func (f *function) fillOnce(target ssa.Value, h held, done map[ssa.Value]bool) {
	if done[target] {
		return
	}
	done[target] = true
	if place := placeOf(target); place != nil {
		// What is in a message was reported where it was put there.
		if field, ok := target.(*ssa.FieldAddr); !ok || message(field.X.Type()) == "" {
			f.learnPlace(place, h)
		}
		return
	}
	if own := ownStruct(target.Type()); own != nil && own.NumFields() > 0 {
		f.fillFields(own, h, nil)
		return
	}
	if n := f.number(target); n >= 0 {
		grow(f.program, f.filled, n, h.as(target.Type()))
	}
	if _, ok := target.(*ssa.Const); ok {
		return
	}
	if _, ok := target.Type().(*types.Tuple); !ok {
		f.learn(target, 0, h)
	}
	switch target := target.(type) {
	case *ssa.UnOp:
		if target.Op == token.MUL {
			f.fillOnce(target.X, h, done)
		}
	case *ssa.Call:
		// What another's function made of a pointer, as an encoder of a buffer, fills
		// what is there.
		if function := target.Call.StaticCallee(); function != nil && len(function.Blocks) == 0 {
			for _, argument := range target.Call.Args {
				if isAddress(argument) {
					f.fillOnce(argument, h, done)
				}
			}
		}
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.Slice, *ssa.Phi, *ssa.ChangeType, *ssa.ChangeInterface,
		*ssa.MakeInterface, *ssa.TypeAssert, *ssa.Extract, *ssa.SliceToArrayPointer:
		for _, from := range target.(ssa.Instruction).Operands(nil) {
			if *from != nil {
				f.fillOnce(*from, h, done)
			}
		}
	case *ssa.Lookup:
		f.fillOnce(target.X, h, done)
	}
}

// fillFields is for who fills a struct as a whole, as json.Unmarshal does.
func (f *function) fillFields(own *types.Struct, h held, around []*types.Struct) {
	if slices.Contains(around, own) {
		return
	}
	for field := range own.Fields() {
		f.learnPlace(field.Origin(), h)
		if inner := ownStruct(field.Type()); inner != nil && !isValue(field.Type()) {
			f.fillFields(inner, h, append(around, own))
		}
	}
}
