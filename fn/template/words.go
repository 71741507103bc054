package template

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/esfn/esfn/fn/expression"
)

// What text/template says has the template's text in it, and often a value:
// "range can't iterate over hunter2". Only what is recognised here is taken from
// it: places, names, numbers of arguments, Go types.
var (
	said     = expression.Later(`(?s)^template: ` + rootName + `:(\d+)(?::(\d+))?: (.*)$`)
	executed = expression.Later(`(?s)^executing "(?:[^"\\]|\\.)*" at <(.*?)>: (.*)$`)
)

// parseError says why a text is not a template.
func parseError(err error) *Error {
	words := said().FindStringSubmatch(err.Error())
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
	words := said().FindStringSubmatch(err.Error())
	rest := ""
	if words != nil {
		e.Line, rest = number(words[1]), words[3]
		if words[2] != "" {
			e.Column = column(text, e.Line, number(words[2]))
		}
	}
	if at := executed().FindStringSubmatch(rest); at != nil {
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
	// words are a regular expression, which is compiled when something is wrong.
	words string
	cause string
}

// quoted is a %q in text/template's words.
const quoted = `"(?P<text>(?:[^"\\]|\\.)*)"`

var parseWords = []wording{
	{`^function "(?P<cause>[^"]+)" not defined$`, "function %s"},
	{`^undefined variable ` + quoted + `$`, "there is no such variable"},
	{`^unclosed action`, "an action is not closed with }}"},
	{`^unclosed comment|^comment ends before`, "a comment is not closed with */}}"},
	{`^unclosed left paren`, "a ( is not closed"},
	{`^unexpected right paren`, "a ) closes nothing"},
	{`^unterminated`, "a quoted text does not end"},
	{`^unexpected EOF$`, "an {{ end }} is missing"},
	{`^unexpected \{\{(end|else)`, "an {{ end }} or {{ else }} belongs to nothing"},
	{`^\{\{(break|continue)\}\} outside`, "a {{ break }} or {{ continue }} is outside {{ range }}"},
	{`^bad character U\+002D`, `no name holds a -; such a key is taken with (index . "a-b")`},
	{`^missing value for|^empty command`, "a command is missing"},
	{`^max expression depth`, "parentheses are nested too deeply"},
	{`multiple definition of template ` + quoted, "a template is defined twice"},
}

// goType is what the name of a Go type looks like.
const goType = `[\w.\[\]{}* ]+`

var executionWords = []wording{
	{`^map has no entry for key ` + quoted + `$`, NoSuchKey},
	{`^nil data; no entry for key ` + quoted + `$`, "there is nothing that could have such a key"},
	{`^nil pointer evaluating [^.]+\.(?P<text>\w+)$`, "there is nothing that could have such a key"},
	{`^can't evaluate field (?P<text>\w+) in type string$`, "a text has no keys (fromJson finds those of JSON)"},
	{`^can't evaluate field (?P<text>\w+) in type (?P<cause>` + goType + `)$`, "a value of the type %s has no such field"},
	{`^wrong number of args for (?P<cause>\w+: want (at least )?\d+ got \d+)$`, "wrong number of arguments for %s"},
	{`^wrong type for value; (?P<cause>expected ` + goType + `; got ` + goType + `)$`, "an argument has the wrong type: %s"},
	{`^invalid value; (?P<cause>expected ` + goType + `)$`, "an argument is nothing: %s"},
	{`^cannot assign nil to (?P<cause>` + goType + `)$`, "an argument is nothing: expected %s"},
	{`^(?P<cause>expected (bool|string|integer|unsigned integer|float|complex)); found`, "an argument has the wrong type: %s"},
	{`^range can't iterate over|^can't use .* iterate`, "range cannot go over that value"},
	{`^template ` + quoted + ` not defined$`, "there is no template of that name"},
	{`^error calling (?P<cause>\w+):`, "the function %s failed"},
	{`^can't give argument to non-function|has arguments but cannot be invoked|is not a method but has arguments`, "arguments stand after something that is no function"},
}

// wordsFor gives a cause and a text for what text/template says.
func wordsFor(said string, all []wording, cause, text string) (string, string) {
	for _, w := range all {
		words := regexp.MustCompile(w.words)
		found := words.FindStringSubmatch(said)
		if found == nil {
			continue
		}
		cause = w.cause
		if i := words.SubexpIndex("cause"); i >= 0 {
			cause = fmt.Sprintf(w.cause, found[i])
		}
		if i := words.SubexpIndex("text"); i >= 0 {
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
