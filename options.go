package main

import (
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn"
)

// outputForm takes -o json or -o yaml out of the arguments, and tells whether it is
// json.
func outputForm(args []string) (rest []string, json bool, problems fn.Problems) {
	for i := 0; i < len(args); i++ {
		form, given := "", false
		switch name, value, joined := strings.Cut(args[i], "="); {
		case name != "-o" && name != "--output":
			rest = append(rest, args[i])
			continue
		case joined:
			form, given = value, true
		case i+1 < len(args):
			i++
			form, given = args[i], true
		}
		switch {
		case given && form == "json":
			json = true
		case given && form == "yaml":
			json = false
		default:
			problems = append(problems, fn.Problem{Field: "-o", Cause: fmt.Sprintf("%q is neither json nor yaml", form), Hint: "write -o json, or -o yaml"})
		}
	}
	return rest, json, problems
}
