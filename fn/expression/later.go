package expression

import (
	"regexp"
	"sync"
)

// Later gives an expression of esfn's own, which is compiled when it is first asked for:
// most runs need none of those that say what is wrong, and all of them together would be a
// twentieth of the time that a run of one ExternalSecret takes. It panics where the text is
// no expression.
func Later(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
