package leaks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// What a function of the program's own makes words of, or gives.

func words(text string) error                      { return errors.New(text) }
func further(text string) error                    { return words("not " + text) }
func report(field, cause string, args ...any)      { _ = fn.Problem{Cause: fmt.Sprintf(cause, args...)} }
func told(text string) *fn.Fault                   { return &fn.Fault{Cause: text} }
func plain(v secret.Value) string                  { return v.Reveal() }
func louder(v secret.Value) (string, error)        { return strings.ToUpper(plain(v)), nil }
func textAndCause(v secret.Value) (string, string) { return v.Reveal(), "it is too long" }
func orNone(text string) string                    { return strings.TrimSpace(text) }
func many[T any](of ...T) []T                      { return of }
func fill(b *strings.Builder, text string)         { b.WriteString(text) }
func into(target *string, text string)             { *target = text }

type speaker interface{ say(text string) error }

type loud struct{}

func (loud) say(text string) error { return errors.New(text) }

type failed struct{ text string }

func (f *failed) Error() string { return f.text }

func called(v secret.Value, s speaker) {
	_ = words(v.Reveal())          // leaks
	_ = further(v.Reveal())        // leaks
	report("x", "%s", v.Reveal())  // leaks
	report("x", "%s", v)           // leaks
	_ = told(v.Reveal())           // leaks
	_ = fmt.Errorf("%s", plain(v)) // leaks
	text, _ := louder(v)
	_ = errors.New(text) // leaks
	text, cause := textAndCause(v)
	_ = told(text) // leaks
	_ = told(cause)
	_ = errors.New(orNone(v.Reveal())) // leaks
	_ = errors.New(orNone("none"))
	_ = fmt.Sprint(many(v.Reveal()))    // leaks
	_ = loud{}.say(v.Reveal())          // leaks
	_ = speaker(loud{}).say(v.Reveal()) // leaks
	_ = s.say(v.Reveal())               // leaks
	go words(v.Reveal())                // leaks
	defer told(v.Reveal())              // leaks
	var b strings.Builder
	fill(&b, v.Reveal())
	_ = errors.New(b.String()) // leaks
	var target string
	into(&target, v.Reveal())
	_ = errors.New(target)                        // leaks
	_ = fmt.Errorf("no: %w", &failed{v.Reveal()}) // leaks
}

// What is in a function without a name, or goes through one in a variable.

func closures(v secret.Value) {
	say := func(text string) error { return errors.New(text) }
	_ = say(v.Reveal()) // leaks
	print := func(args ...any) { _ = fmt.Sprint(args...) }
	print(v.Reveal()) // leaks
	text := v.Reveal()
	func() {
		_ = errors.New(text) // leaks
	}()
	shared := ""
	func() { shared = v.Reveal() }()
	_ = errors.New(shared) // leaks
	gives := func() string { return text }
	_ = errors.New(gives()) // leaks
	once := sync.OnceValue(func() string { return v.Reveal() })
	_ = errors.New(once())                                                                      // leaks
	each([]string{v.Reveal()}, func(text string) { _ = errors.New(text) })                      // leaks
	_ = slices.ContainsFunc([]string{text}, func(one string) bool { return words(one) == nil }) // leaks
	for one := range slices.Values([]string{text}) {                                            // leaks
		_ = errors.New(one)
	}
	_ = map[string]any{"words": words} // leaks
	_ = map[string]any{"kept": kept}
	method := loud{}.say
	_ = method(text)                                                  // leaks
	_ = errors.New(strings.Map(func(r rune) rune { return r }, text)) // leaks
}

func each(all []string, do func(text string)) {
	for _, text := range all {
		do(text)
	}
}
