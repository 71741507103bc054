package vaultsrc

import (
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// says tells whether Vault's words, with what was sent taken out, hold these: a
// password may well be a word of Vault's answer.
func says(words, these string, sent ...secret.Value) bool {
	return strings.Contains(words, withoutSent(these, sent...))
}

// withLineBreak puts before the hint of a refused password what is most often
// wrong with it: it is sent as it stands, as ESO does, and echo ends it with a
// line break. Nothing else of the password is in the hint.
func withLineBreak(hint string, password fn.Credential) string {
	if text := password.Value.Reveal(); !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r") {
		return hint
	}
	return "the password ends with a line break: write it without one (printf in place of echo, |- in place of | in YAML); if it is meant, " + hint
}
