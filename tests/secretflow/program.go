package secretflow

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/cha"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// program is what is known of all functions together. It only ever grows, and is
// looked through until it does not.
type program struct {
	functions map[*ssa.Function]*function
	// mayCall are the program's functions for a call of a method of an interface, or of
	// a function in a variable.
	mayCall map[ssa.CallInstruction][]*function
	// places are fields and package variables that have something revealed, wherever
	// they stand: there is one place for a field of a type.
	places map[*types.Var]held
	grown  bool
}

func newProgram(built *ssa.Program) (*program, error) {
	p := &program{functions: map[*ssa.Function]*function{}, mayCall: map[ssa.CallInstruction][]*function{}, places: map[*types.Var]held{}}
	for f := range ssautil.AllFunctions(built) {
		// Those of other modules have no body here.
		if len(f.Blocks) == 0 || f.Pkg != nil && f.Pkg.Pkg.Path() == secretPath {
			continue
		}
		if len(f.Params)+len(f.FreeVars) > most {
			return nil, fmt.Errorf("%s has more than %d parameters and shared variables", f, most)
		}
		p.functions[f] = &function{Function: f, program: p, registers: map[register]held{}, results: make([]held, f.Signature.Results().Len()), filled: map[int]held{}, places: map[*types.Var]held{}, said: map[said]origins{}}
	}
	// A method of an interface of the program's own may be that of any type that has it.
	// Everywhere else only what comes there is called: many functions have the shape of
	// another, and every error has the same method.
	shapes := cha.CallGraph(built)
	p.addCalls(shapes, true)
	p.addCalls(vta.CallGraph(ssautil.AllFunctions(built), shapes), false)
	return p, nil
}

func (p *program) addCalls(graph *callgraph.Graph, ofOurs bool) {
	for f, node := range graph.Nodes {
		if p.functions[f] == nil {
			continue
		}
		for _, edge := range node.Out {
			called := p.functions[edge.Callee.Func]
			if call := edge.Site.Common(); called != nil && call.StaticCallee() == nil && (call.IsInvoke() && isOurs(call.Method)) == ofOurs {
				p.mayCall[edge.Site] = append(p.mayCall[edge.Site], called)
			}
		}
	}
}

// trust takes a function at its word.
func (p *program) trust(name string) error {
	found := false
	for _, f := range p.functions {
		if f.Synthetic == "" && f.shortName() == name {
			f.isTrusted, found = true, true
		}
	}
	if !found {
		return fmt.Errorf("%s is trusted, and not there", name)
	}
	return nil
}

// follow looks through all functions until nothing new is known.
func (p *program) follow() {
	for p.grown = true; p.grown; {
		p.grown = false
		for _, f := range p.functions {
			for _, block := range f.Blocks {
				for _, instruction := range block.Instrs {
					f.step(instruction)
				}
			}
		}
	}
}
