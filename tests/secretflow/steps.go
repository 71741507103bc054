package secretflow

import (
	"go/types"

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
	if boxed, ok := instruction.(*ssa.MakeInterface); ok {
		f.byReflection(boxed)
	}
	f.words(instruction)
}
