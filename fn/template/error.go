package template

import "fmt"

// Error says what is wrong with a template, or with what it does to values. It
// never holds a value.
type Error struct {
	// Line and Column are in the template's text, from 1, and 0 where that is
	// not known. Columns count characters.
	Line, Column int
	// Cause has words of this package only, the names of functions and of Go's
	// types: neither a value nor any part of the template's text, which may
	// itself be a secret (templateFrom.secret).
	Cause string
	// Text is what the error is about in the template's text, "" if nothing: a
	// key, a function, a command. A caller shows it only where the template
	// stands in the manifests.
	Text string
}

// NoSuchKey is the Cause of an error of which Text is a key that was asked for and
// is not there.
const NoSuchKey = "there is no such key"

// Error gives the place and the cause, without the text.
func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return e.Cause
	case e.Column == 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Cause)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Cause)
}

// GoString gives the same, for %#v.
func (e *Error) GoString() string { return e.Error() }

// Causes that have more than one place.
const (
	causeNoTemplate = "the template cannot be parsed"
	causeBroken     = "the template cannot be executed"
)

// failure is why a function gives nothing; a guard made it, so that its words
// are an [Error]'s Cause.
type failure string

func (f failure) Error() string { return string(f) }

// reason is why a function of this package gives nothing, without its name.
type reason string

func (r reason) Error() string { return string(r) }
