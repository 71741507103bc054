package vaultsrc

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// showsAny tells whether an address shows a credential that was sent, whatever
// stands between its letters.
func showsAny(address string, sent ...secret.Value) bool {
	squeezed := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, text)
	}
	return slices.ContainsFunc(sent, func(s secret.Value) bool {
		word := squeezed(s.Reveal())
		return word != "" && strings.Contains(squeezed(address), word)
	})
}

// withoutSent takes credentials out of what a server says: as they were sent,
// without the white space around them, which Vault trims off some, and quoted as
// Vault quotes.
func withoutSent(words string, sent ...secret.Value) string {
	for _, s := range sent {
		trimmed := strings.TrimSpace(s.Reveal())
		quoted := strconv.Quote(trimmed)
		for _, form := range []string{s.Reveal(), trimmed, quoted[1 : len(quoted)-1]} {
			if form != "" {
				words = strings.ReplaceAll(words, form, s.String())
			}
		}
	}
	return words
}

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

// shownAddress is an address that a server named, without what was sent there: it
// may have put a token into it.
func shownAddress(address string, sent ...secret.Value) string {
	if showsAny(address, sent...) {
		return "an address that shows what was sent there"
	}
	return address
}
