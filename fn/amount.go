package fn

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/esfn/esfn/fn/secret"
	"github.com/esfn/esfn/fn/template"
)

const (
	// maxValues bounds the values of a run where the input does not.
	maxValues Bytes = 128 << 20
	// maxExpanded is how many ExternalSecrets are made from ClusterExternalSecrets at most.
	maxExpanded = 100_000
	// maxEntries is how many entries the ExternalSecrets of a run have together at most:
	// each takes more memory than its text.
	maxEntries = 1_000_000
	// maxTemplates bounds what the templates of a run take in memory, and bytesOfAnAction
	// is what one {{ }} does at least.
	maxTemplates    Bytes = 256 << 20
	bytesOfAnAction       = 256
)

// amount counts values up to where they are too much.
type amount struct{ most, all Bytes }

func (in *Input) amount() amount { return amount{most: cmp.Or(in.MaxValues, maxValues)} }

// add counts values; ok is false where they are too much together.
func (a *amount) add(values map[string]secret.Value) (ok bool) {
	for _, value := range values {
		a.all += Bytes(value.Len())
	}
	return a.all <= a.most
}

// tooMuch is the cause and the hint of values that are.
func (a *amount) tooMuch(what string) (cause, hint string) {
	return fmt.Sprintf("with what it has, %s hold more than %s together", what, a.most),
		fmt.Sprintf("render fewer ExternalSecrets at a time; with the memory for it, ESFN_MAX_VALUES=%s takes more", (2 * a.most).Setting())
}

// parsing keeps the templates of a run that were parsed: mostly many ExternalSecrets
// have the same.
type parsing struct {
	known map[string]*template.Template
	size  Bytes
}

// parse reads a template, once for all that have the same text.
func (p *parsing) parse(text string) (*template.Template, error) {
	if known, ok := p.known[text]; ok {
		return known, nil
	}
	p.size += Bytes(len(text) + bytesOfAnAction*strings.Count(text, "{{"))
	if p.size > maxTemplates {
		return nil, &template.Error{Cause: "with it, the templates of this run are too many, or too long: render fewer ExternalSecrets at a time"}
	}
	t, err := template.Parse(text)
	if err != nil {
		return nil, err
	}
	if p.known == nil {
		p.known = map[string]*template.Template{}
	}
	p.known[text] = t
	return t, nil
}
