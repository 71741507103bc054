package resourcelist

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// separator is a line that ends a document. YAML allows no such line inside
// one, block scalars included.
var separator = regexp.MustCompile(`(?m)^---([ \t]*(#.*)?)?$\n?`)

// document is one document of a text.
type document struct {
	node *yaml.RNode
	// line that it begins on, from 1.
	line int
	// text that the document can be written with again; "" where a line break
	// at its end would change it, or where it is not the only one in its text.
	text string
}

// normal is the text with line breaks of one kind, as YAML's own reader takes them.
func normal(data []byte) string {
	return strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufeff")
}

// parse splits the text into documents before it decodes them, so that comments
// stay with their document and an error knows its line.
func (l *List) parse(s string) ([]document, error) {
	var documents []document
	start, line := 0, 1
	for _, end := range append(separator.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		text := s[start:end[0]]
		nodes, err := decode(text)
		if err != nil {
			return nil, notYAML(err, line)
		}
		for _, node := range nodes {
			if node.YNode().Kind != yaml.MappingNode {
				return nil, fmt.Errorf("line %d: not a Kubernetes object: it is no map with apiVersion and kind", line)
			}
			if err := l.aliases.add(text, node.YNode()); err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			d := document{node: node, line: line + max(0, node.YNode().Line-1)}
			if len(nodes) == 1 && strings.HasSuffix(text, "\n") {
				d.text = text
			}
			documents = append(documents, d)
		}
		line += strings.Count(s[start:end[1]], "\n")
		start = end[1]
	}
	if len(documents) == 0 {
		return nil, ErrEmpty
	}
	return documents, nil
}

// decode reads the documents that no separator divides: one, or none, but for
// JSON and for text that begins on the line of its separator.
func decode(text string) ([]*yaml.RNode, error) {
	if objects, ok := decodeJSON(text); ok {
		return objects, nil
	}
	// A directive (%YAML) is a document of its own to the separators.
	if strings.HasPrefix(text, "%") {
		text = directive.ReplaceAllString(text, "")
	}
	var nodes []*yaml.RNode
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		if r := yaml.NewRNode(&node); !yaml.IsYNodeEmptyDoc(&node) && !yaml.IsMissingOrNull(r) {
			unmark(&node)
			nodes = append(nodes, r)
		}
	}
}

// documentOf is the one document of a text that was parsed before.
func documentOf(text string) *yaml.RNode {
	nodes, err := decode(text)
	if err != nil || len(nodes) != 1 {
		panic("a text that was a document is none now")
	}
	return nodes[0]
}

var directive = regexp.MustCompile(`(?m)^%.*$`)

// unmark takes off the tag that the parser gives to a merge key, and that the
// encoder would write out: !!merge <<.
func unmark(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value == "<<" && n.Tag == "!!merge" {
		n.Tag = ""
	}
	for _, child := range n.Content {
		unmark(child)
	}
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// notYAML gives the line in the whole text, where the parser knows that of the
// document; on a document's first line it gives none.
func notYAML(err error, first int) error {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("line %d: not YAML", first)
	}
	line := 1
	if m[1] != "" {
		line, _ = strconv.Atoi(m[1])
	}
	cause := m[2]
	if strings.HasPrefix(cause, "unknown anchor") {
		cause = "an alias (*) refers to no anchor" // its name may be the begin of a value
	}
	return fmt.Errorf("line %d: not YAML: %s", first+line-1, cause)
}
