package canary

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

// undone gives a text as it is, and as it is with one way of escaping undone.
func undone(text string) []string {
	all := []string{text}
	for _, undo := range []func(string) string{withoutBackslashes, withoutPercents, html.UnescapeString, withoutLists} {
		if other := undo(text); other != text {
			all = append(all, other)
		}
	}
	return all
}

// escape is one of those that Go, JSON, YAML and JavaScript have in quotes, or a
// backslash at the end of a line, which continues it.
var escape = regexp.MustCompile(`\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|\n[ \t]*|.)`)

func withoutBackslashes(text string) string {
	return escape.ReplaceAllStringFunc(text, func(written string) string {
		switch c := written[1]; c {
		case 'n':
			return "\n"
		case 't':
			return "\t"
		case 'r':
			return "\r"
		case 'x', 'u', 'U':
			if r, err := strconv.ParseUint(written[2:], 16, 32); err == nil {
				if c == 'x' {
					return string([]byte{byte(r)})
				}
				return string(rune(r))
			}
		case '\n':
			return ""
		}
		if len(written) == 4 {
			if b, err := strconv.ParseUint(written[1:], 8, 8); err == nil {
				return string([]byte{byte(b)})
			}
		}
		return written[1:]
	})
}

var percent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

func withoutPercents(text string) string {
	return percent.ReplaceAllStringFunc(strings.ReplaceAll(text, "+", " "), func(written string) string {
		b, _ := strconv.ParseUint(written[1:], 16, 8)
		return string([]byte{byte(b)})
	})
}

// list is bytes as fmt and JSON print them, in decimal.
var list = regexp.MustCompile(`\d{1,3}(?:[ ,\n]+\d{1,3}){7,}`)

func withoutLists(text string) string {
	return list.ReplaceAllStringFunc(text, func(written string) string {
		var bytes []byte
		for _, number := range strings.FieldsFunc(written, func(r rune) bool { return r < '0' || '9' < r }) {
			b, err := strconv.ParseUint(number, 10, 8)
			if err != nil {
				return written
			}
			bytes = append(bytes, byte(b))
		}
		return string(bytes)
	})
}
