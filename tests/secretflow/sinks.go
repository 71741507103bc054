package secretflow

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// speaks are packages whose functions make words of what they are given, or say it.
var speaks = []string{"fmt", "log", "log/slog", "errors", "k8s.io/klog/v2", "github.com/go-errors/errors"}

// quotes are single functions that do; String and GoString of others are what fmt calls.
var quotes = []string{"strconv.Quote", "strconv.QuoteToASCII", "strconv.AppendQuote"}

// ofMessages are the program's types that end as words: their texts are for people.
var ofMessages = []string{"Problem", "Fault", "Error", "Check", "Result", "Refusal", "advised", "failure", "reason"}

// sink names what makes words in a node, and what it makes them of; "" for what makes
// none.
func (t *taint) sink(n ast.Node) (name string, words []ast.Expr) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		if of := t.message(t.info.TypeOf(n)); of != "" {
			return of + " literal", n.Elts
		}
	case *ast.AssignStmt:
		// problem.Cause = …
		for i, to := range n.Lhs {
			if field, ok := to.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
				if of := t.message(t.info.TypeOf(field.X)); of != "" {
					return of + " field", n.Rhs[i : i+1]
				}
			}
		}
	case *ast.CallExpr:
		return t.sinkOfCall(n)
	}
	return "", nil
}

func (t *taint) sinkOfCall(call *ast.CallExpr) (name string, words []ast.Expr) {
	if t.info.Types[call.Fun].IsType() {
		if of := t.message(t.info.TypeOf(call)); of != "" {
			return of + " conversion", call.Args
		}
		return "", nil
	}
	if builtin, ok := call.Fun.(*ast.Ident); ok {
		if _, ok := t.info.ObjectOf(builtin).(*types.Builtin); ok {
			if slices.Contains([]string{"panic", "print", "println"}, builtin.Name) {
				return builtin.Name, call.Args
			}
			return "", nil
		}
	}
	signature, ok := t.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return "", nil
	}
	function := t.called(call)
	path := ""
	if function != nil && function.Pkg() != nil {
		path = function.Pkg().Path()
		name = function.Pkg().Name() + "." + function.Name()
	}
	switch {
	case path == "errors" && function.Name() != "New":
		return "", nil // Is, As, Join
	case slices.Contains(speaks, path), slices.Contains(quotes, name):
		return name, call.Args
	case path != "" && !strings.HasPrefix(path, module):
		return "", nil
	}
	// A function of the program's own, or one in a variable: one that takes anything
	// puts it into a format, and one that gives a message, its texts into that.
	if signature.Variadic() {
		last := signature.Params().At(signature.Params().Len() - 1).Type().(*types.Slice)
		if any, ok := last.Elem().Underlying().(*types.Interface); ok && any.NumMethods() == 0 {
			return "a function of " + last.String(), call.Args
		}
	}
	for result := range signature.Results().Variables() {
		if t.message(result.Type()) != "" {
			return "a function that gives a message", slices.DeleteFunc(slices.Clone(call.Args), func(e ast.Expr) bool { return !isText(t.info.TypeOf(e)) })
		}
	}
	return "", nil
}

// message names a type of the program's that is a message, or many of them; "" for
// another.
func (t *taint) message(of types.Type) string {
	switch of := types.Unalias(of).(type) {
	case *types.Pointer:
		return t.message(of.Elem())
	case *types.Slice:
		return t.message(of.Elem())
	case *types.Named:
		if isOfModule(of) && slices.Contains(ofMessages, of.Obj().Name()) {
			return of.Obj().Name()
		}
	}
	return ""
}

// isText tells a string, bytes or an error: a [secret.Value] is given to a function that
// makes a message only to be taken out of it.
func isText(of types.Type) bool {
	if of == nil || isValue(of) {
		return false
	}
	basic, ok := of.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0 || types.Identical(of, types.NewSlice(types.Typ[types.Byte])) || types.Implements(of, errorType)
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
