package template

import (
	"reflect"
	"slices"
	texttemplate "text/template"
	"text/template/parse"
)

// text/template cannot be interrupted, and what overflows the stack ends the
// program. A template counts for itself, therefore.
const (
	// Rounds through the bodies of ranges, and calls of templates: some for every
	// byte that a Secret may hold would take seconds.
	maxRounds = 1 << 18
	// Templates that are in each other's call at a time. Text/template takes more
	// than the stack does, if there are many blocks around the calls.
	maxCalls = 1000
	// Blocks in blocks. Every "else if" is one more.
	maxBlocks = 100
)

// Functions that only [bound] puts into a template: where one is parsed there
// are no such names.
const (
	roundName = "round_"
	enterName = "enter_"
	leaveName = "leave_"
	checkName = "check_"
)

// bound puts calls to the start of every body that may be gone through many
// times, to the end of templates, and behind what gives a value and has no guard.
// ok is false where blocks are nested too deeply.
func bound(parsed *texttemplate.Template) (ok bool) {
	for _, defined := range parsed.Templates() {
		if defined.Tree == nil || defined.Root == nil {
			continue
		}
		root := defined.Root
		if !boundList(root, 0) {
			return false
		}
		root.Nodes = slices.Insert(root.Nodes, 0, callOf(enterName, root.Pos))
		root.Nodes = append(root.Nodes, callOf(leaveName, root.Pos))
	}
	return true
}

func boundList(list *parse.ListNode, blocks int) (ok bool) {
	if list == nil {
		return true
	}
	if blocks > maxBlocks {
		return false
	}
	for _, node := range list.Nodes {
		var branch *parse.BranchNode
		switch node := node.(type) {
		case *parse.ActionNode:
			boundPipe(node.Pipe, len(node.Pipe.Decl) == 0)
			continue
		case *parse.TemplateNode:
			boundPipe(node.Pipe, false)
			continue
		case *parse.IfNode:
			branch = &node.BranchNode
		case *parse.WithNode:
			branch = &node.BranchNode
		case *parse.RangeNode:
			branch = &node.BranchNode
		default:
			continue
		}
		boundPipe(branch.Pipe, false)
		if !boundList(branch.List, blocks+1) || !boundList(branch.ElseList, blocks+1) {
			return false
		}
		if branch.NodeType == parse.NodeRange {
			branch.List.Nodes = slices.Insert(branch.List.Nodes, 0, callOf(roundName, branch.List.Pos))
		}
	}
	return true
}

// boundPipe has the values checked that methods and text/template's own functions
// give when they have arguments, and what is printed. A list that was small when a
// function gave it may hold a map that has grown since.
func boundPipe(pipe *parse.PipeNode, printed bool) {
	if pipe == nil {
		return
	}
	var commands []*parse.CommandNode
	for i, command := range pipe.Cmds {
		for _, arg := range command.Args {
			boundParens(arg)
		}
		commands = append(commands, command)
		called := i > 0 || len(command.Args) > 1
		if !hasGuard(command) && (called || printed && i == len(pipe.Cmds)-1) {
			commands = append(commands, commandOf(checkName, command.Pos))
		}
	}
	pipe.Cmds = commands
}

func boundParens(node parse.Node) {
	switch node := node.(type) {
	case *parse.PipeNode:
		boundPipe(node, false)
	case *parse.ChainNode:
		boundParens(node.Node)
	}
}

func hasGuard(command *parse.CommandNode) bool {
	function, ok := command.Args[0].(*parse.IdentifierNode)
	return ok && functions()[function.Ident] != nil
}

func callOf(function string, at parse.Pos) parse.Node {
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{commandOf(function, at)},
	}}
}

func commandOf(function string, at parse.Pos) *parse.CommandNode {
	call := parse.NewIdentifier(function).SetPos(at)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{call}}
}

// counters makes the functions for one execution. They print nothing, but for the
// value that is checked.
func (u *usage) counters() texttemplate.FuncMap {
	rounds, calls := 0, 0
	round := func() (string, error) {
		if rounds++; rounds > maxRounds {
			return "", failure("the template does not come to an end")
		}
		return "", nil
	}
	return texttemplate.FuncMap{
		roundName: round,
		enterName: func() (string, error) {
			switch calls++; {
			case calls > maxCalls:
				return "", failure("templates call themselves without end")
			case calls == 1: // the template itself
				return "", nil
			}
			return round()
		},
		leaveName: func() string {
			calls--
			return ""
		},
		checkName: func(v reflect.Value) (reflect.Value, error) { // nothing stays nothing
			if cause := u.check(v); cause != "" {
				return v, failure(cause)
			}
			return v, nil
		},
	}
}
