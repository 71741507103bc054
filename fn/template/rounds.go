package template

import (
	"slices"
	texttemplate "text/template"
	"text/template/parse"
)

// maxRounds is how often a template may go through the bodies of its ranges, and
// of the templates that it calls.
const maxRounds = 1 << 20

// roundName is a function that only [countRounds] puts into a template: where one
// is parsed there is no such name.
const roundName = "round_"

// countRounds puts a call at the start of every body that may be gone through
// many times. text/template itself cannot be stopped: a range over a range over a
// number needs no memory and no end of time.
func countRounds(parsed *texttemplate.Template) {
	for _, defined := range parsed.Templates() {
		if defined.Tree == nil || defined.Root == nil {
			continue
		}
		inRanges(defined.Root)
		if defined.Name() != rootName {
			defined.Root.Nodes = slices.Insert(defined.Root.Nodes, 0, callOfRound(defined.Root))
		}
	}
}

func inRanges(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.IfNode:
			inRanges(node.List)
			inRanges(node.ElseList)
		case *parse.WithNode:
			inRanges(node.List)
			inRanges(node.ElseList)
		case *parse.RangeNode:
			inRanges(node.List)
			inRanges(node.ElseList)
			node.List.Nodes = slices.Insert(node.List.Nodes, 0, callOfRound(node.List))
		}
	}
}

func callOfRound(body *parse.ListNode) parse.Node {
	call := parse.NewIdentifier(roundName).SetPos(body.Pos)
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: body.Pos, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: body.Pos, Cmds: []*parse.CommandNode{
			{NodeType: parse.NodeCommand, Pos: body.Pos, Args: []parse.Node{call}},
		},
	}}
}

// roundCounter makes the function for one execution. It prints nothing.
func roundCounter() texttemplate.FuncMap {
	rounds := 0
	return texttemplate.FuncMap{roundName: func() (string, error) {
		if rounds++; rounds > maxRounds {
			return "", failure("the template does not come to an end")
		}
		return "", nil
	}}
}
