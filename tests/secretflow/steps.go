package secretflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// step takes note of what one instruction does.
func (f *function) step(instruction ssa.Instruction) {
	switch i := instruction.(type) {
	case *ssa.Store:
		f.fill(i.Addr, f.has(i.Val))
	case *ssa.MapUpdate:
		key, value := f.has(i.Key), f.has(i.Value)
		f.fill(i.Map, held{value.itself, value.keys | key.itself})
	case *ssa.Send:
		f.fill(i.Chan, f.has(i.X))
	case *ssa.Return:
		for n, result := range i.Results {
			if with := f.results[n].and(f.has(result)); with != f.results[n] {
				f.results[n], f.program.grown = with, true
			}
		}
	case ssa.CallInstruction:
		f.call(i)
	case *ssa.MakeClosure:
		f.closure(i)
	case *ssa.Field, *ssa.FieldAddr:
		value := i.(ssa.Value)
		h := f.has(*i.Operands(nil)[0])
		if place := placeOf(value); place != nil {
			h = h.and(f.hasPlace(place))
		}
		f.learn(value, 0, h)
	case *ssa.Next:
		h := f.has(i.Iter.(*ssa.Range).X)
		if i.IsString {
			f.learn(i, 2, h)
			break
		}
		f.learn(i, 1, held{itself: h.keys})
		f.learn(i, 2, h)
	case *ssa.Extract:
		f.learn(i, 0, f.registers[register{i.Tuple, i.Index}])
	case *ssa.Select:
		received := 2
		for _, state := range i.States {
			if state.Dir == types.RecvOnly {
				f.learn(i, received, f.has(state.Chan))
				received++
			} else {
				f.fill(state.Chan, f.has(state.Send))
			}
		}
	case *ssa.Lookup:
		f.learn(i, 0, f.has(i.X))
	case *ssa.IndexAddr:
		f.learn(i, 0, f.has(i.X))
	case *ssa.Index:
		f.learn(i, 0, f.has(i.X))
	case *ssa.Slice:
		f.learn(i, 0, f.has(i.X))
	case *ssa.BinOp, *ssa.UnOp, *ssa.Phi, *ssa.Convert, *ssa.MultiConvert, *ssa.ChangeType, *ssa.ChangeInterface,
		*ssa.SliceToArrayPointer, *ssa.TypeAssert, *ssa.MakeInterface:
		var h held
		for _, operand := range i.Operands(nil) {
			if *operand != nil {
				h = h.and(f.has(*operand))
			}
		}
		f.learn(i.(ssa.Value), 0, h)
	}
	f.words(instruction)
}

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
		if f.isForeign(target) {
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
