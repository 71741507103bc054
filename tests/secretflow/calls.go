package secretflow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// call takes note of what a call does and gives.
func (f *function) call(i ssa.CallInstruction) {
	call := i.Common()
	if builtin, ok := call.Value.(*ssa.Builtin); ok {
		f.builtin(i, builtin.Name())
		return
	}
	arguments := call.Args
	if call.IsInvoke() {
		arguments = append([]ssa.Value{call.Value}, arguments...)
	}
	if called := call.StaticCallee(); called != nil {
		if isReveal(called) {
			f.give(i, 0, held{itself: revealed})
			return
		}
		if ours := f.program.functions[called]; ours != nil {
			f.enter(i, ours, arguments)
		} else if called.Pkg == nil || called.Pkg.Pkg.Path() != secretPath {
			f.foreign(i, arguments)
		}
		return
	}
	for _, ours := range f.program.mayCall[i] {
		f.enter(i, ours, arguments)
	}
	switch {
	case call.IsInvoke():
		f.foreign(i, arguments)
	case len(f.program.mayCall[i]) == 0:
		// One that another's function made, as slices.Values does.
		f.foreign(i, append([]ssa.Value{call.Value}, arguments...))
	default:
		// What it gives of what it shares is known of the function itself.
		for n := range call.Signature().Results().Len() {
			f.give(i, n, f.has(call.Value))
		}
	}
}

func isReveal(called *ssa.Function) bool {
	return called.Name() == "Reveal" && called.Signature.Recv() != nil && isValue(called.Signature.Recv().Type())
}

// enter takes note of a call of a function of the program's own.
func (f *function) enter(i ssa.CallInstruction, called *function, arguments []ssa.Value) {
	var given []held
	for _, argument := range arguments {
		h := f.has(argument)
		if showsValue(argument) {
			h.itself |= revealed
		}
		given = append(given, h)
	}
	if closure, ok := i.Common().Value.(*ssa.MakeClosure); ok {
		for _, shared := range closure.Bindings {
			given = append(given, f.has(shared))
		}
	}
	for n, h := range f.enterWith(i, called, given) {
		f.give(i, n, h)
	}
	for n, h := range called.filled {
		if n < len(arguments) {
			f.fill(arguments[n], h.in(given))
		}
	}
}

// enterWith takes note of what a function says and writes into fields where it is given
// this, and returns what it gives.
func (f *function) enterWith(i ssa.Instruction, called *function, given []held) (results []held) {
	if called.isTrusted {
		return nil
	}
	for n, h := range called.results {
		results = append(results, h.in(given).as(called.Signature.Results().At(n).Type()))
	}
	for place, h := range called.places {
		f.learnPlace(place, h.in(given))
	}
	own := origins(0)
	for n := range called.Params {
		own |= ofParameter(n).all()
	}
	var words, any origins
	for _, from := range called.said {
		any |= from & own
		words |= (from & own).in(given)
	}
	if any != 0 {
		f.sayThere(said{position(i), called.shortName()}, words)
	}
	return results
}

// closure takes note of what a closure does with the variables that it shares. What it
// says is said where it says it.
func (f *function) closure(i *ssa.MakeClosure) {
	called := f.program.functions[i.Fn.(*ssa.Function)]
	if called == nil {
		return
	}
	given := make([]held, len(called.Params), len(called.Params)+len(i.Bindings))
	for _, shared := range i.Bindings {
		given = append(given, f.has(shared))
	}
	for n, h := range called.filled {
		if n >= len(called.Params) {
			f.fill(i.Bindings[n-len(called.Params)], h.in(given))
		}
	}
	for place, h := range called.places {
		f.learnPlace(place, h.in(given))
	}
	for what, from := range called.said {
		if from := from &^ revealed; from.in(given) != 0 {
			f.sayThere(what, from.in(given))
		}
	}
	var all held
	for _, h := range called.results {
		all = all.and(h.in(given))
	}
	f.learn(i, 0, all)
}

// byReflection takes note of a function in an interface, as those of templates are: it
// may be called with anything.
func (f *function) byReflection(i *ssa.MakeInterface) {
	if called := f.program.functions[functionIn(i.X)]; called != nil {
		f.enterWith(i, called, slices.Repeat([]held{{revealed, revealed}}, len(called.Params)))
	}
}

// gives is what a function in a variable has: something revealed that it gives.
func (f *function) gives(value *ssa.Function) (all held) {
	if called := f.program.functions[value]; called != nil {
		for _, h := range called.results {
			all = all.and(h.in(nil))
		}
	}
	return all
}

// give takes note of a result of a call.
func (f *function) give(i ssa.CallInstruction, result int, h held) {
	if call, ok := i.(*ssa.Call); ok && i.Common().Signature().Results().Len() > result {
		f.learn(call, result, h)
	}
}

func (f *function) builtin(i ssa.CallInstruction, name string) {
	arguments := i.Common().Args
	var all held
	for _, argument := range arguments {
		all = all.and(f.has(argument))
	}
	switch name {
	case "copy":
		f.fill(arguments[0], f.has(arguments[1]))
	case "append", "min", "max", "ssa:wrapnilchk":
		f.give(i, 0, all)
	}
}
