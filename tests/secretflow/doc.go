// Package secretflow finds places in the program's source where a secret goes into
// words: into an error, a message, a log or a panic.
//
// What a [secret.Value] reveals is followed within one function: through variables that
// it is assigned to, through what the standard library and other modules make of it, and
// into the errors that they give for it, which mostly quote it. What is given to another
// function of the program is that function's to keep; its parameters are not followed.
//
//	loads.go   the program's packages, with their types
//	taint.go   which expressions hold a secret
//	sinks.go   which calls and literals make words
//
// It is a test's: nothing of it is in the program.
package secretflow
