package resourcelist

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/parallel"
)

// cutting is a ResourceList whose items have been cut out of its text, so that what
// is not esfn's business is handed through as it came, without a tree of its own.
// It is made only of texts in which each item stands on lines of its own and means
// by itself what it means in the list; all others are read and written as a whole.
type cutting struct {
	// wrapper is the list without its items.
	wrapper *yaml.RNode
	items   []*manifest.Object
	// head and rest are the text before and behind the items, and line is what stands
	// behind items: on its line, a comment for one.
	head, line, rest string
	// indent is how many blanks stand before the items.
	indent int
}

var (
	// itemsLine is where the items of a list in block style begin.
	itemsLine = regexp.MustCompile(`(?m)^items:([ \t]+#.*|[ \t]*)\n`)
	// uncuttable are in texts whose lines may be something else to a YAML parser: line
	// breaks but \n, directives, the ends of documents.
	uncuttable = []string{"\r", "\u0085", "\u2028", "\u2029", "\ufeff", "\n%", "\n---", "\n..."}
)

// cut takes a ResourceList apart. ok is false for what is none, and for texts in
// which an item cannot be told by its lines.
//
// That the lines are items is not taken on trust. An item's text has to be a list of
// one map to the parser; a quote or a bracket that the cut has gone through is left
// open in it, and an alias to another item has no anchor. What is left has to be a map
// in block style, with an empty list where the items were, without results, which are
// added to, and without an alias behind the items: an item may define its anchor again.
// An error is about items that are too many, or stand for too much.
func cut(text string) (c cutting, ok bool, _ error) {
	at := itemsLine.FindStringIndex(text)
	isIn := func(mark string) bool {
		ofLine, atBegin := strings.CutPrefix(mark, "\n")
		return strings.Contains(text, mark) || atBegin && strings.HasPrefix(text, ofLine)
	}
	if at == nil || !strings.HasSuffix(text, "\n") || slices.ContainsFunc(uncuttable, isIn) {
		return cutting{}, false, nil
	}
	chunks, indent, rest := chunksOf(text[at[1]:])
	head, line := text[:at[0]], strings.TrimPrefix(text[at[0]:at[1]], "items:")
	wrapper, err := decode(head + "items: []" + line + rest)
	if err != nil || len(wrapper) != 1 || wrapper[0].Field("results") != nil || !isAround(wrapper[0].YNode(), strings.Count(head, "\n")+1) {
		return cutting{}, false, nil
	}
	if len(chunks) > maxObjects {
		return cutting{}, false, errTooManyObjects
	}
	c = cutting{wrapper: wrapper[0], head: head, line: line, rest: rest, indent: indent, items: make([]*manifest.Object, len(chunks))}
	var broken, tooMuch atomic.Bool
	var aliases aliased
	parallel.Each(len(chunks), func(i int) {
		if broken.Load() || tooMuch.Load() {
			return
		}
		tree := itemOf(chunks[i])
		switch {
		case tree == nil:
			broken.Store(true)
		case aliases.add(chunks[i], tree.YNode()) != nil:
			tooMuch.Store(true)
		default:
			c.items[i] = manifest.OfText(chunks[i], tree, itemOf)
		}
	})
	switch {
	case broken.Load():
		return cutting{}, false, nil
	case tooMuch.Load():
		return cutting{}, false, errTooMuchAliased
	}
	return c, true, nil
}

// chunksOf divides what follows the line items: into the items and the rest. Comment
// lines belong to what they stand right above.
func chunksOf(text string) (chunks []string, indent int, rest string) {
	start, above := 0, -1 // of the item, and of the comment lines just before
	indent = -1
	for at := 0; ; {
		line, _, _ := strings.Cut(text[at:], "\n")
		content := strings.TrimLeft(line, " ")
		blanks := len(line) - len(content)
		end := at == len(text)
		switch {
		case !end && (indent < 0 || blanks <= indent) && strings.HasPrefix(content, "#"):
			if above < 0 {
				above = at
			}
		case !end && content == "":
			above = -1
		case !end && indent >= 0 && blanks > indent:
			above = -1
		default:
			isItem := !end && (content == "-" || strings.HasPrefix(content, "- ")) && (indent < 0 || blanks == indent)
			to := at
			if above >= 0 {
				to = above
			}
			if indent >= 0 {
				chunks = append(chunks, text[start:to])
				start = to
			}
			if !isItem {
				return chunks, max(0, indent), text[start:]
			}
			indent, above = blanks, -1
		}
		at += len(line) + 1
	}
}

// isAround tells whether a map can be what stands around the items: it has the field
// items on that line and nowhere else.
func isAround(n *yaml.Node, line int) bool {
	if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle != 0 || hasAliasBelow(n, line) {
		return false
	}
	var lines []int
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == "items" {
			lines = append(lines, n.Content[i].Line)
		}
	}
	return len(lines) == 1 && lines[0] == line
}

func hasAliasBelow(n *yaml.Node, line int) bool {
	return n.Kind == yaml.AliasNode && n.Line > line ||
		slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return hasAliasBelow(child, line) })
}

// itemOf parses the text of an item; nil where it is no list of one map.
func itemOf(chunk string) *yaml.RNode {
	var document yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(chunk))
	if decoder.Decode(&document) != nil || len(document.Content) != 1 {
		return nil
	}
	list := document.Content[0]
	if list.Kind != yaml.SequenceNode || len(list.Content) != 1 || list.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	unmark(list)
	return yaml.NewRNode(list.Content[0])
}

// putBack writes the list with items in the place where they were cut out.
func (c *cutting) putBack(items []*manifest.Object, results []fn.Result, w *writing) ([]byte, error) {
	texts, err := each(items, func(item *manifest.Object) ([]byte, error) {
		if item.Text() != "" {
			return nil, w.take(len(item.Text()))
		}
		complete, err := newAnchors().complete(item.Node().YNode())
		if err != nil {
			return nil, fmt.Errorf("the ResourceList cannot be written: %w", err)
		}
		text := part{of: w}
		err = encode(&text, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{complete}})
		return text.Bytes(), err
	})
	if err != nil {
		return nil, err
	}
	size := len(c.head) + len(c.rest)
	for i, item := range items {
		size += len(item.Text()) + len(texts[i])
	}
	var out bytes.Buffer
	out.Grow(size + size/8)
	out.WriteString(c.head + "items:")
	if len(items) == 0 {
		out.WriteString(" []")
	}
	out.WriteString(c.line)
	indent := strings.Repeat(" ", c.indent)
	for i, item := range items {
		out.WriteString(item.Text())
		for line := range bytes.Lines(texts[i]) {
			if len(line) > 1 {
				out.WriteString(indent)
			}
			out.Write(line)
		}
	}
	out.WriteString(c.rest)
	if len(results) > 0 {
		if err := encode(&out, map[string][]fn.Result{"results": results}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
