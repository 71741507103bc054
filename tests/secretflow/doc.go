// Package secretflow finds places in the program's source where a secret goes into
// words: into an error, a message, a log or a panic.
//
// What a [secret.Value] reveals is followed through all packages of the program
// together. What a function does with what it is given is learned once, and counts for
// each call of it: one that makes words of a parameter makes words of what it is called
// with, and is reported there. This is followed:
//
//   - variables, parameters, results, closures and what they share, channels
//   - fields of the program's structs, by the field and its type: what is in a field of one
//     value counts as in that of every other; and variables of packages
//   - lists and maps as a whole, with the keys of a map apart from what is under them
//   - what functions of other modules make of a secret, with the errors that they give for
//     it, which mostly quote it; what they write it to: methods that are named Write, the
//     addresses that they are given, copy
//   - methods of the program's interfaces, as those of every type that has them; and
//     functions in an any, as those of templates are, which are called with anything
//
// This is not:
//
//   - numbers, truths, and what is decided by a secret without being a part of it
//   - what is in a YAML document, a request or a client of a server: it is there to be
//     written or sent
//   - what is set on a value of another module's by a method that is not named Write
//   - what is only known to other modules: keys of a map that they decode, and which of
//     our functions they call
//   - what the functions that a caller of [Find] trusts make of what they are given
//
// The files:
//
//	loads.go    the program's packages, and what is found in them
//	program.go  what is known of all functions, and who calls whom
//	function.go what is known of one
//	held.go     what a value has of secrets, and which types can have any
//	steps.go    what one instruction does
//	fill.go     what is written to where a value points
//	calls.go    calls of the program's functions
//	foreign.go  calls of other modules' functions
//	sinks.go    which instructions make words
//
// It is a test's: nothing of it is in the program.
package secretflow
