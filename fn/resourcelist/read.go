package resourcelist

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/api"
)

// List is input that was read, and the form to answer it in.
type List struct {
	Items          []*yaml.RNode
	FunctionConfig *yaml.RNode
	// Places has where each item stands, of plain documents; else it is nil.
	Places []fn.Place

	// wrapper is the ResourceList itself; nil for plain documents.
	wrapper *yaml.RNode
	// texts has, of plain documents, the text that an item was read from.
	texts map[*yaml.RNode]string
}

// ErrEmpty is returned for input without a single document.
var ErrEmpty = errors.New("no manifests in it")

// Read reads a ResourceList or plain documents. Errors give the document and
// the line.
func Read(data []byte) (*List, error) {
	documents, err := parse(data)
	if err != nil {
		return nil, err
	}
	if len(documents) == 1 && api.HeaderOf(documents[0].node).Kind == resourceList {
		return unwrap(documents[0].node)
	}
	l := &List{}
	if err := l.add("stdin", documents); err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		return nil, ErrEmpty
	}
	return l, nil
}

// AddFile appends the plain documents of one file to the list. A file without
// documents adds nothing.
func (l *List) AddFile(name string, data []byte) error {
	documents, err := parse(data)
	if errors.Is(err, ErrEmpty) {
		return nil
	}
	if err != nil {
		return err
	}
	return l.add(name, documents)
}

// add appends documents, with lists taken apart, as kubectl does.
func (l *List) add(file string, documents []document) error {
	if l.texts == nil {
		l.texts = map[*yaml.RNode]string{}
	}
	for i, d := range documents {
		left := maxListed
		items, err := flatten(d.node, &left)
		if err != nil {
			return fmt.Errorf("line %d: %w", d.line, err)
		}
		if len(items) == 1 && items[0] == d.node {
			l.texts[d.node] = d.text
		}
		for _, item := range items {
			l.Items = append(l.Items, item)
			l.Places = append(l.Places, fn.Place{File: file, Index: i})
		}
	}
	return nil
}

// maxListed bounds what lists in one document may hold: with aliases a few lines
// can stand for billions of objects, and a list can hold itself.
const maxListed = 100_000

// flatten returns an object, or in place of a list the objects in it. Lists of
// other groups are their owners' business.
func flatten(object *yaml.RNode, left *int) ([]*yaml.RNode, error) {
	h := api.HeaderOf(object)
	switch *left--; {
	case *left < 0:
		return nil, fmt.Errorf("its lists hold more than %d objects", maxListed)
	case h.Kind == resourceList:
		return nil, errors.New("a ResourceList has to come alone, on stdin")
	case h.APIVersion == "" || h.Kind == "":
		return nil, errors.New("not a Kubernetes object: it has no apiVersion and kind")
	case h.Kind == "List" && h.APIVersion == "v1":
	case strings.HasSuffix(h.Kind, "List") && strings.HasPrefix(h.APIVersion, "external-secrets.io/"):
	default:
		return []*yaml.RNode{object}, nil
	}
	inside, err := elements(object, "items")
	if err != nil {
		return nil, err
	}
	var items []*yaml.RNode
	for _, one := range inside {
		found, err := flatten(one, left)
		if err != nil {
			return nil, err
		}
		items = append(items, found...)
	}
	return items, nil
}

const resourceList = "ResourceList"

func unwrap(wrapper *yaml.RNode) (*List, error) {
	l := &List{wrapper: wrapper}
	apiVersion := api.HeaderOf(wrapper).APIVersion
	version, ours := strings.CutPrefix(apiVersion, "config.kubernetes.io/")
	if !ours || version != "v1" && version != "v1beta1" && version != "v1alpha1" {
		return nil, fmt.Errorf("a ResourceList of apiVersion %q is none that esfn reads; it is config.kubernetes.io/v1", apiVersion)
	}
	if config := wrapper.Field("functionConfig"); config != nil && !yaml.IsMissingOrNull(config.Value) {
		l.FunctionConfig = config.Value
	}
	var err error
	l.Items, err = elements(wrapper, "items")
	return l, err
}

// elements returns what a list under a field holds; nothing where the field is
// absent or null. Aliases stand for what they refer to.
func elements(node *yaml.RNode, name string) ([]*yaml.RNode, error) {
	field := node.Field(name)
	if field == nil || yaml.IsMissingOrNull(field.Value) {
		return nil, nil
	}
	list := field.Value.YNode()
	if list.Kind == yaml.AliasNode {
		list = list.Alias
	}
	if list.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("%s is not a list", name)
	}
	var found []*yaml.RNode
	for _, n := range list.Content {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		found = append(found, yaml.NewRNode(n))
	}
	return found, nil
}

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

// parse splits the text into documents before it decodes them, so that comments
// stay with their document and an error knows its line.
func parse(data []byte) ([]document, error) {
	s := strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufeff")
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
