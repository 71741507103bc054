package template

import (
	"maps"
	"slices"
	"text/template/parse"
)

// unstable are the functions that give something else in every run: by chance,
// by the clock, or by the salt of an encryption. derivePassword and
// buildCustomCert are not among them.
var unstable = map[string]bool{
	"ago": true, "now": true,
	"randAlpha": true, "randAlphaNum": true, "randAscii": true, "randBytes": true, "randInt": true, "randNumeric": true,
	"shuffle": true, "uuidv4": true,
	"genCA": true, "genCAWithKey": true, "genPrivateKey": true,
	"genSelfSignedCert": true, "genSelfSignedCertWithKey": true, "genSignedCert": true, "genSignedCertWithKey": true,
	"bcrypt": true, "encryptAES": true, "htpasswd": true,
	"pemToPkcs12": true, "pemToPkcs12Pass": true, "fullPemToPkcs12": true, "fullPemToPkcs12Pass": true,
	"pemTruststoreToPKCS12": true, "pemTruststoreToPKCS12Pass": true,
}

// Unstable names, sorted and once each, the functions in the template whose
// result changes from run to run, wherever they stand and whether or not they
// are reached.
func (t *Template) Unstable() []string {
	found := map[string]bool{}
	for _, defined := range t.parsed.Templates() {
		if defined.Tree != nil {
			collectUnstable(defined.Root, found)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func collectUnstable(node parse.Node, found map[string]bool) {
	branch := func(b parse.BranchNode) {
		collectUnstable(b.Pipe, found)
		collectUnstable(b.List, found)
		if b.ElseList != nil {
			collectUnstable(b.ElseList, found)
		}
	}
	switch node := node.(type) {
	case *parse.ListNode:
		for _, part := range node.Nodes {
			collectUnstable(part, found)
		}
	case *parse.ActionNode:
		collectUnstable(node.Pipe, found)
	case *parse.IfNode:
		branch(node.BranchNode)
	case *parse.RangeNode:
		branch(node.BranchNode)
	case *parse.WithNode:
		branch(node.BranchNode)
	case *parse.TemplateNode:
		if node.Pipe != nil {
			collectUnstable(node.Pipe, found)
		}
	case *parse.PipeNode:
		for i, command := range node.Cmds {
			collectUnstable(command, found)
			if name := clockOf(node.Cmds, i); name != "" {
				found[name] = true
			}
		}
	case *parse.CommandNode:
		args := node.Args
		if isStableHash(args) {
			args = args[1:]
		}
		for _, arg := range args {
			collectUnstable(arg, found)
		}
	case *parse.ChainNode:
		collectUnstable(node.Node, found)
	case *parse.IdentifierNode:
		if unstable[node.Ident] {
			found[node.Ident] = true
		}
	}
}

// isStableHash tells htpasswd with the algorithm that has no salt. Only a
// constant can name it.
func isStableHash(command []parse.Node) bool {
	if len(command) != 4 {
		return false
	}
	function, _ := command[0].(*parse.IdentifierNode)
	algorithm, _ := command[3].(*parse.StringNode)
	return function != nil && function.Ident == "htpasswd" && algorithm != nil && algorithm.Text == "sha"
}

// dateAt is which argument of a function is its date. Where it is neither a date nor
// a number, sprig takes the time of the run; and every value of an ExternalSecret
// is a text.
var dateAt = map[string]int{"date": 2, "htmlDate": 1, "htmlDateInZone": 1, "dateInZone": 2, "date_in_zone": 2}

// datesAndNumbers are the functions that give what the former take.
var datesAndNumbers = map[string]bool{
	"toDate": true, "mustToDate": true, "dateModify": true, "date_modify": true, "mustDateModify": true, "must_date_modify": true, "now": true,
	"int": true, "int64": true, "atoi": true, "add": true, "add1": true, "sub": true, "mul": true, "div": true, "mod": true, "max": true, "min": true,
}

// clockOf returns the function of a pipeline's command, if it looks at the clock
// for want of a date; else "". So does durationRound, which is given a date.
func clockOf(pipeline []*parse.CommandNode, i int) string {
	function, ok := pipeline[i].Args[0].(*parse.IdentifierNode)
	if !ok {
		return ""
	}
	at, takesDate := dateAt[function.Ident]
	if !takesDate && function.Ident != "durationRound" {
		return ""
	}
	given := false
	switch args := pipeline[i].Args; {
	case !takesDate && len(args) > 1:
		given = isDate(args[1], false)
	case takesDate && at < len(args):
		given = isDate(args[at], true)
	case i > 0:
		given = isDate(pipeline[i-1], takesDate)
	}
	if given == takesDate {
		return ""
	}
	return function.Ident
}

// isDate tells whether a node gives a date, or, where that will do, a number. Of a
// variable it is not known, and said that it does what is wanted.
func isDate(node parse.Node, numbers bool) bool {
	switch node := node.(type) {
	case *parse.NumberNode, *parse.VariableNode:
		return numbers
	case *parse.PipeNode:
		return isDate(node.Cmds[len(node.Cmds)-1], numbers)
	case *parse.CommandNode:
		if function, ok := node.Args[0].(*parse.IdentifierNode); ok {
			return datesAndNumbers[function.Ident]
		}
		return len(node.Args) == 1 && isDate(node.Args[0], numbers)
	}
	return false
}
