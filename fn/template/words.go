package template

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What text/template says has the template's text in it, and often a value:
// "range can't iterate over hunter2". Only what is recognised here is taken from
// it: places, names, numbers of arguments, Go types.
var (
	said     = regexp.MustCompile(`(?s)^template: ` + rootName + `:(\d+)(?::(\d+))?: (.*)$`)
	executed = regexp.MustCompile(`(?s)^executing "(?:[^"\\]|\\.)*" at <(.*?)>: (.*)$`)
)

// parseError says why a text is not a template.
func parseError(err error) *Error {
	words := said.FindStringSubmatch(err.Error())
	if words == nil {
		return &Error{Cause: causeNoTemplate}
	}
	e := &Error{Line: number(words[1])}
	e.Cause, e.Text = wordsFor(words[3], parseWords, causeNoTemplate, words[3])
	if name, unknown := strings.CutPrefix(e.Cause, "function "); unknown {
		e.Cause, e.Text = missingFunction(name), name
	}
	return e
}

// executionError says why a template of that text gives nothing.
func executionError(text string, err error) *Error {
	e := &Error{Cause: causeBroken}
	words := said.FindStringSubmatch(err.Error())
	rest := ""
	if words != nil {
		e.Line, rest = number(words[1]), words[3]
		if words[2] != "" {
			e.Column = column(text, e.Line, number(words[2]))
		}
	}
	if at := executed.FindStringSubmatch(rest); at != nil {
		e.Text, rest = at[1], at[2]
	}
	e.Text = strings.ReplaceAll(e.Text, " | "+checkName, "")
	if e.Text == roundName || e.Text == enterName || e.Text == checkName {
		e.Text = ""
	}
	var failed failure
	if errors.As(err, &failed) {
		e.Cause = string(failed)
		return e
	}
	e.Cause, e.Text = wordsFor(rest, executionWords, causeBroken, e.Text)
	return e
}

// wording is our words for some of text/template's. In cause, %s stands for the
// group cause; the group text is a part of the template's text.
type wording struct {
	words *regexp.Regexp
	cause string
}

// quoted is a %q in text/template's words.
const quoted = `"(?P<text>(?:[^"\\]|\\.)*)"`

var parseWords = []wording{
	{regexp.MustCompile(`^function "(?P<cause>[^"]+)" not defined$`), "function %s"},
	{regexp.MustCompile(`^undefined variable ` + quoted + `$`), "there is no such variable"},
	{regexp.MustCompile(`^unclosed action`), "an action is not closed with }}"},
	{regexp.MustCompile(`^unclosed comment|^comment ends before`), "a comment is not closed with */}}"},
	{regexp.MustCompile(`^unclosed left paren`), "a ( is not closed"},
	{regexp.MustCompile(`^unexpected right paren`), "a ) closes nothing"},
	{regexp.MustCompile(`^unterminated`), "a quoted text does not end"},
	{regexp.MustCompile(`^unexpected EOF$`), "an {{ end }} is missing"},
	{regexp.MustCompile(`^unexpected \{\{(end|else)`), "an {{ end }} or {{ else }} belongs to nothing"},
	{regexp.MustCompile(`^\{\{(break|continue)\}\} outside`), "a {{ break }} or {{ continue }} is outside {{ range }}"},
	{regexp.MustCompile(`^bad character U\+002D`), `no name holds a -; such a key is taken with (index . "a-b")`},
	{regexp.MustCompile(`^missing value for|^empty command`), "a command is missing"},
	{regexp.MustCompile(`^max expression depth`), "parentheses are nested too deeply"},
	{regexp.MustCompile(`multiple definition of template ` + quoted), "a template is defined twice"},
}

// goType is what the name of a Go type looks like.
const goType = `[\w.\[\]{}* ]+`

var executionWords = []wording{
	{regexp.MustCompile(`^map has no entry for key ` + quoted + `$`), NoSuchKey},
	{regexp.MustCompile(`^nil data; no entry for key ` + quoted + `$`), "there is nothing that could have such a key"},
	{regexp.MustCompile(`^nil pointer evaluating [^.]+\.(?P<text>\w+)$`), "there is nothing that could have such a key"},
	{regexp.MustCompile(`^can't evaluate field (?P<text>\w+) in type string$`), "a text has no keys (fromJson finds those of JSON)"},
	{regexp.MustCompile(`^can't evaluate field (?P<text>\w+) in type (?P<cause>` + goType + `)$`), "a value of the type %s has no such field"},
	{regexp.MustCompile(`^wrong number of args for (?P<cause>\w+: want (at least )?\d+ got \d+)$`), "wrong number of arguments for %s"},
	{regexp.MustCompile(`^wrong type for value; (?P<cause>expected ` + goType + `; got ` + goType + `)$`), "an argument has the wrong type: %s"},
	{regexp.MustCompile(`^invalid value; (?P<cause>expected ` + goType + `)$`), "an argument is nothing: %s"},
	{regexp.MustCompile(`^cannot assign nil to (?P<cause>` + goType + `)$`), "an argument is nothing: expected %s"},
	{regexp.MustCompile(`^(?P<cause>expected (bool|string|integer|unsigned integer|float|complex)); found`), "an argument has the wrong type: %s"},
	{regexp.MustCompile(`^range can't iterate over|^can't use .* iterate`), "range cannot go over that value"},
	{regexp.MustCompile(`^template ` + quoted + ` not defined$`), "there is no template of that name"},
	{regexp.MustCompile(`^error calling (?P<cause>\w+):`), "the function %s failed"},
	{regexp.MustCompile(`^can't give argument to non-function|has arguments but cannot be invoked|is not a method but has arguments`), "arguments stand after something that is no function"},
}

// wordsFor gives a cause and a text for what text/template says.
func wordsFor(said string, all []wording, cause, text string) (string, string) {
	for _, w := range all {
		found := w.words.FindStringSubmatch(said)
		if found == nil {
			continue
		}
		cause = w.cause
		if i := w.words.SubexpIndex("cause"); i >= 0 {
			cause = fmt.Sprintf(w.cause, found[i])
		}
		if i := w.words.SubexpIndex("text"); i >= 0 {
			text = found[i]
			if plain, err := strconv.Unquote(`"` + text + `"`); err == nil {
				text = plain
			}
		}
		return cause, text
	}
	return cause, text
}

// missingFunction says of some functions why they are missing. Other names are a
// part of the template's text.
func missingFunction(name string) string {
	switch name {
	case "env", "expandenv", "getHostByName":
		return "there is no function " + name + ", in ESO neither: a template sees nothing of the machine"
	case "lookup", "required", "tpl", "include", "toToml", "fromToml", "fromYamlArray", "fromJsonArray", "toYamlPretty":
		return "there is no function " + name + ", in ESO neither: it is Helm's"
	}
	return "there is no such function"
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// column counts characters from 1, where text/template counts bytes from 0.
func column(text string, line, bytes int) int {
	lines := strings.SplitN(text, "\n", line+1)
	if line > len(lines) || bytes > len(lines[line-1]) {
		return 0
	}
	return utf8.RuneCountInString(lines[line-1][:bytes]) + 1
}
