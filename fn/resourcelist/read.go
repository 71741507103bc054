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

// List is input that was read, and the form to answer it in.
type List struct {
	Items          []*yaml.RNode
	FunctionConfig *yaml.RNode
	// Files has the file of each item where files were read, else it is nil.
	Files []string

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
	if len(documents) == 1 && documents[0].node.GetKind() == "ResourceList" {
		return unwrap(documents[0].node)
	}
	l := &List{}
	return l, l.add("", documents)
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

// add flattens kind: List, as kubectl does.
func (l *List) add(file string, documents []document) error {
	if l.texts == nil {
		l.texts = map[*yaml.RNode]string{}
	}
	for i, d := range documents {
		items := []*yaml.RNode{d.node}
		switch d.node.GetKind() {
		case "ResourceList":
			return fmt.Errorf("document %d: a ResourceList has to come alone, on stdin", i+1)
		case "List":
			inside, err := elements(d.node, "items")
			if err != nil {
				return fmt.Errorf("document %d: %w", i+1, err)
			}
			items = inside
		default:
			l.texts[d.node] = d.text
		}
		for _, item := range items {
			l.Items = append(l.Items, item)
			l.Files = append(l.Files, file)
		}
	}
	return nil
}

func unwrap(wrapper *yaml.RNode) (*List, error) {
	l := &List{wrapper: wrapper}
	version, ours := strings.CutPrefix(wrapper.GetApiVersion(), "config.kubernetes.io/")
	if !ours || version != "v1" && version != "v1beta1" && version != "v1alpha1" {
		return nil, fmt.Errorf("a ResourceList of apiVersion %q is none that esfn reads; it is config.kubernetes.io/v1", wrapper.GetApiVersion())
	}
	if config := wrapper.Field("functionConfig"); config != nil && !yaml.IsMissingOrNull(config.Value) {
		l.FunctionConfig = config.Value
	}
	var err error
	l.Items, err = elements(wrapper, "items")
	return l, err
}

// elements returns what a list under a field holds; nothing where the field is
// absent or null.
func elements(node *yaml.RNode, name string) ([]*yaml.RNode, error) {
	field := node.Field(name)
	if field == nil || yaml.IsMissingOrNull(field.Value) {
		return nil, nil
	}
	found, err := field.Value.Elements()
	if err != nil {
		return nil, fmt.Errorf("%s is not a list", name)
	}
	return found, nil
}

// separator is a line that ends a document. YAML allows no such line inside
// one, block scalars included.
var separator = regexp.MustCompile(`(?m)^---([ \t]*(#.*)?)?$\n?`)

// document is one document of a text.
type document struct {
	node *yaml.RNode
	// text that the document can be written with again; "" where a line break
	// at its end would change it, or where it is not the only one in its text.
	text string
}

// parse splits the text into documents before it decodes them, so that comments
// stay with their document and an error knows its line.
func parse(data []byte) ([]document, error) {
	s := strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufeff")
	var documents []document
	start := 0
	for _, end := range append(separator.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		text, line := s[start:end[0]], 1+strings.Count(s[:start], "\n")
		start = end[1]
		nodes, err := decode(text)
		if err != nil {
			return nil, notYAML(err, line)
		}
		for _, node := range nodes {
			if node.YNode().Kind != yaml.MappingNode {
				return nil, fmt.Errorf("line %d: not a Kubernetes object: a document has to be a map with apiVersion and kind", line)
			}
			d := document{node: node}
			if len(nodes) == 1 && strings.HasSuffix(text, "\n") {
				d.text = text
			}
			documents = append(documents, d)
		}
	}
	if len(documents) == 0 {
		return nil, ErrEmpty
	}
	return documents, nil
}

// decode reads the documents that no separator divides: one, or none, but for
// text that begins on the line of its separator.
func decode(text string) ([]*yaml.RNode, error) {
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
			nodes = append(nodes, r)
		}
	}
}

var yamlError = regexp.MustCompile(`yaml: line (\d+): (.*)`)

// notYAML gives the line in the whole text, where the parser knows that of the
// document.
func notYAML(err error, first int) error {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("line %d: not YAML", first)
	}
	line, _ := strconv.Atoi(m[1])
	return fmt.Errorf("line %d: not YAML: %s", first+line-1, m[2])
}
