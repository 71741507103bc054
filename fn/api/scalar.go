package api

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// written is the style of what its author marked as a string, or as something.
var written = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle

// text decodes a string as kubectl would: what YAML 1.1 reads as a number or a
// boolean is not one, even if YAML 1.2 thinks otherwise.
func (d *decoder) text(field string, n *yaml.Node) (string, bool) {
	const quote = "write it in quotes"
	switch {
	case n.Kind != yaml.ScalarNode:
		d.report(field, "", "must be a string, is %s", kindOf(n))
	case n.ShortTag() != yaml.NodeTagString && n.ShortTag() != "!!timestamp":
		d.report(field, quote, "must be a string, is %s", kindOf(n))
	case n.Style&written == 0 && n.ShortTag() == yaml.NodeTagString && IsNonString(n.Value):
		d.report(field, quote, "must be a string, is a boolean or a number to kubectl (YAML 1.1)")
	default:
		return n.Value, true
	}
	return "", false
}

// IsNonString tells a text that YAML 1.1 reads as a number, a boolean or the like
// where it is not quoted. kyaml parses it to know; most texts are words or base64, of
// which that can be said without.
func IsNonString(s string) bool { return !isWord(s) && yaml.IsValueNonString(s) }

// isWord tells a text that is a string to YAML 1.1 for sure: of characters that have no
// meaning in a plain scalar, it begins with a letter and is none of the words that mean
// something, or has a letter in it that no number and no date has.
func isWord(s string) bool {
	const (
		numbers = "abcdefinotxzABCDEFINOTXZ_+-.0123456789" // 0x1f, 0o17, 1_000, 1e+5, 2001-01-01T00:00:00Z, inf, nan
		others  = "ghjklmpqrsuvwyGHJKLMPQRSUVWY/="
	)
	if s == "" || strings.IndexByte("=-.", s[0]) >= 0 {
		return false
	}
	word := ('a' <= s[0]|0x20 && s[0]|0x20 <= 'z') && !slices.Contains(meaning, strings.ToLower(s))
	for _, c := range []byte(s) {
		if strings.IndexByte(others, c) >= 0 {
			word = word || s[0] < 'A'
		} else if strings.IndexByte(numbers, c) < 0 {
			return false
		}
	}
	return word
}

// meaning are the words that YAML 1.1 has another meaning for.
var meaning = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

// boolean decodes a boolean in all the words that YAML 1.1 has for one: in small
// letters, in capitals, or with one capital at the beginning.
func (d *decoder) boolean(field string, n *yaml.Node) (value, ok bool) {
	word := strings.ToLower(n.Value)
	plain := n.Kind == yaml.ScalarNode && n.Style&written == 0 && n.Value != "" &&
		(n.Value[1:] == word[1:] || n.Value == strings.ToUpper(word))
	switch {
	case plain && slices.Contains([]string{"true", "yes", "on", "y"}, word):
		return true, true
	case plain && slices.Contains([]string{"false", "no", "off", "n"}, word):
		return false, true
	}
	d.report(field, "write true or false", "must be a boolean, is %s", kindOf(n))
	return false, false
}

// whole decodes a whole number.
func (d *decoder) whole(field string, n *yaml.Node) (value int, ok bool) {
	value, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != yaml.NodeTagInt || err != nil {
		d.report(field, "", "must be a whole number, is %s", kindOf(n))
		return 0, false
	}
	return value, true
}

// kindOf names what stands where something else was expected, never its value.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case yaml.NodeTagBool:
		return "a boolean"
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "a number"
	case yaml.NodeTagNull:
		return "null"
	case yaml.NodeTagString:
		return "a string"
	}
	return "a value of another type"
}

// saysNothing tells a value that is the same as none at all.
func saysNothing(n *yaml.Node) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		return len(n.Content) == 0
	case n.ShortTag() == yaml.NodeTagBool:
		return strings.EqualFold(n.Value, "false")
	}
	return n.ShortTag() == yaml.NodeTagNull || n.Value == ""
}
