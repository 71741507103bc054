package template

import (
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

// Functions that only [count] puts into a template: where one is parsed there
// are no such names.
const (
	roundName = "round_"
	enterName = "enter_"
	leaveName = "leave_"
)

// count puts calls to the start of every body that may be gone through many
// times, and to the end of templates. ok is false where blocks are nested too
// deeply.
func count(parsed *texttemplate.Template) (ok bool) {
	for _, defined := range parsed.Templates() {
		if defined.Tree == nil || defined.Root == nil {
			continue
		}
		root := defined.Root
		if !countRounds(root, 0) {
			return false
		}
		root.Nodes = slices.Insert(root.Nodes, 0, callOf(enterName, root.Pos))
		root.Nodes = append(root.Nodes, callOf(leaveName, root.Pos))
	}
	return true
}

func countRounds(list *parse.ListNode, blocks int) (ok bool) {
	if list == nil {
		return true
	}
	if blocks > maxBlocks {
		return false
	}
	for _, node := range list.Nodes {
		var branch *parse.BranchNode
		switch node := node.(type) {
		case *parse.IfNode:
			branch = &node.BranchNode
		case *parse.WithNode:
			branch = &node.BranchNode
		case *parse.RangeNode:
			branch = &node.BranchNode
		default:
			continue
		}
		if !countRounds(branch.List, blocks+1) || !countRounds(branch.ElseList, blocks+1) {
			return false
		}
		if branch.NodeType == parse.NodeRange {
			branch.List.Nodes = slices.Insert(branch.List.Nodes, 0, callOf(roundName, branch.List.Pos))
		}
	}
	return true
}

func callOf(function string, at parse.Pos) parse.Node {
	call := parse.NewIdentifier(function).SetPos(at)
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{
			{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{call}},
		},
	}}
}

// counters makes the functions for one execution. They print nothing.
func counters() texttemplate.FuncMap {
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
	}
}
