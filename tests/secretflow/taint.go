package secretflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// taint knows which variables of one declaration hold a secret.
type taint struct {
	info *types.Info
	held map[types.Object]bool
}

func newTaint(info *types.Info) *taint { return &taint{info, map[types.Object]bool{}} }

// learn looks through a declaration for assignments, until there is nothing new.
func (t *taint) learn(declared ast.Decl) {
	for known := -1; known != len(t.held); {
		known = len(t.held)
		ast.Inspect(declared, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				t.assign(n.Lhs, n.Rhs)
			case *ast.ValueSpec:
				names := make([]ast.Expr, len(n.Names))
				for i, name := range n.Names {
					names[i] = name
				}
				t.assign(names, n.Values)
			case *ast.CallExpr:
				t.fill(n)
			case *ast.RangeStmt:
				if t.holds(n.X) {
					t.mark(n.Key, n.Value)
				}
			}
			return true
		})
	}
}

func (t *taint) assign(to, from []ast.Expr) {
	for i, target := range to {
		if len(from) == len(to) && t.holds(from[i]) || len(from) == 1 && len(to) > 1 && t.holds(from[0]) {
			t.mark(target)
		}
	}
}

// fill is for somebody else's function that puts what it reads of a secret into a
// variable, as json.Unmarshal does.
func (t *taint) fill(call *ast.CallExpr) {
	function := t.called(call)
	if function == nil || function.Pkg() == nil || strings.HasPrefix(function.Pkg().Path(), module) || !slices.ContainsFunc(call.Args, t.holds) {
		return
	}
	for _, argument := range call.Args {
		if address, ok := argument.(*ast.UnaryExpr); ok && address.Op == token.AND {
			t.mark(address.X)
		}
	}
}

// mark takes note of variables, and of what an element or a field of one was assigned.
func (t *taint) mark(targets ...ast.Expr) {
	for _, target := range targets {
		for {
			switch e := target.(type) {
			case *ast.IndexExpr:
				target = e.X
				continue
			case *ast.StarExpr:
				target = e.X
				continue
			}
			break
		}
		name, ok := target.(*ast.Ident)
		if !ok || name.Name == "_" {
			continue
		}
		if object := t.info.ObjectOf(name); object != nil && canHold(object.Type()) {
			t.held[object] = true
		}
	}
}

// canHold tells a type that can hold a part of a secret: a number or a truth tells too
// little of it.
func canHold(of types.Type) bool {
	switch of := of.Underlying().(type) {
	case *types.Basic:
		return of.Info()&types.IsString != 0 || of.Kind() == types.Byte || of.Kind() == types.Rune || of.Kind() == types.UntypedNil
	case *types.Signature:
		return false
	}
	return true
}

// holds tells whether an expression gives a secret, as its type or revealed.
func (t *taint) holds(e ast.Expr) bool {
	of := t.info.TypeOf(e)
	if of != nil && isValue(of) {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		return t.held[t.info.ObjectOf(e)]
	case *ast.ParenExpr:
		return t.holds(e.X)
	case *ast.StarExpr:
		return t.holds(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && t.holds(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (t.holds(e.X) || t.holds(e.Y))
	case *ast.IndexExpr:
		return canHold(of) && t.holds(e.X)
	case *ast.SelectorExpr:
		// A field of what somebody else has filled.
		return of != nil && canHold(of) && t.info.Selections[e] != nil && t.holds(e.X) && !isValue(t.info.TypeOf(e.X))
	case *ast.SliceExpr:
		return t.holds(e.X)
	case *ast.TypeAssertExpr:
		return t.holds(e.X)
	case *ast.CompositeLit:
		// A field of a struct is known by its own type.
		_, isStruct := of.Underlying().(*types.Struct)
		return !isStruct && slices.ContainsFunc(e.Elts, t.holds)
	case *ast.KeyValueExpr:
		return t.holds(e.Value)
	case *ast.CallExpr:
		return t.holdsResult(e, of)
	}
	return false
}

// holdsResult is for a call: what is revealed, converted, or made by somebody else's
// function of what holds a secret, its error among that.
func (t *taint) holdsResult(call *ast.CallExpr, of types.Type) bool {
	if t.info.Types[call.Fun].IsType() {
		return len(call.Args) == 1 && t.holds(call.Args[0])
	}
	function := t.called(call)
	if selected, ok := call.Fun.(*ast.SelectorExpr); ok && selected.Sel.Name == "Reveal" {
		return isValue(t.info.TypeOf(selected.X))
	}
	if function != nil && function.Pkg() != nil && strings.HasPrefix(function.Pkg().Path(), module) {
		return false
	}
	if results, ok := of.(*types.Tuple); ok {
		if !slices.ContainsFunc(slices.Collect(results.Variables()), func(v *types.Var) bool { return canHold(v.Type()) }) {
			return false
		}
	} else if of == nil || !canHold(of) {
		return false
	}
	if selected, ok := call.Fun.(*ast.SelectorExpr); ok && function != nil && function.Signature().Recv() != nil && t.holds(selected.X) && !isValue(t.info.TypeOf(selected.X)) {
		return true // err.Error()
	}
	return slices.ContainsFunc(call.Args, t.holds)
}

// called is the function that a call names; nil for one in a variable, and for those
// that Go has itself.
func (t *taint) called(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	var name *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		name = fun
	case *ast.SelectorExpr:
		name = fun.Sel
	default:
		return nil
	}
	function, _ := t.info.ObjectOf(name).(*types.Func)
	return function
}

// isOfModule tells a type that the program declares: what is in it is its own to keep.
func isOfModule(of types.Type) bool {
	if pointer, ok := of.Underlying().(*types.Pointer); ok {
		of = pointer.Elem()
	}
	named, ok := types.Unalias(of).(*types.Named)
	return ok && named.Obj().Pkg() != nil && strings.HasPrefix(named.Obj().Pkg().Path(), module)
}
