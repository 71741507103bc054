// Package canary makes values that are known again wherever they turn up, and looks
// for them: a test gives one to every field that holds something secret, drives esfn
// into an error, and looks for all of them in what came out.
//
// A mark is made of a test's name and of the place that it is given to, so that it is
// the same in every run, no two places have the same, and none stands in a file. It is
// random-looking from its first letter to its last: any eight bytes of it tell that it
// leaked, and from where.
//
//	marks.go    the marks
//	forms.go    the forms in which a mark is known again
//	undo.go     what is undone before it is looked for
//
// It is for tests only; nothing of it is in the program.
package canary
