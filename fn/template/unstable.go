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
		for _, command := range node.Cmds {
			collectUnstable(command, found)
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
