package resourcelist

import (
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
)

// List is input that was read, and the form to answer it in.
type List struct {
	Items []*manifest.Object
	// FunctionConfig is that of a ResourceList, or among plain documents the
	// one that is esfn's. It may be nil.
	FunctionConfig *yaml.RNode
	// Places has where each item stands, and ConfigPlace where the FunctionConfig
	// does, of plain documents; else they are zero.
	Places      []fn.Place
	ConfigPlace fn.Place

	// MaxOutput bounds what the list is answered with; 0 for 256 MiB.
	MaxOutput fn.Bytes

	aliases aliased
	// wrapper is the ResourceList itself; nil for plain documents.
	wrapper *yaml.RNode
	// cutting is that which its items were cut out of; nil where they were not.
	cutting *cutting
}

// ErrEmpty is returned for input without a single document.
var ErrEmpty = errors.New("no manifests in it")

// Read reads a ResourceList or plain documents. Errors give the document and
// the line.
func Read(data []byte) (*List, error) {
	text := normal(data)
	c, ok, err := cut(text)
	if err != nil {
		return nil, err
	}
	if ok && api.HeaderOf(c.wrapper).Kind == resourceList {
		l, err := unwrap(c.wrapper)
		if err != nil {
			return nil, err
		}
		l.Items, l.cutting = c.items, &c
		return l, nil
	}
	return readWhole(text)
}

// readWhole reads any text.
func readWhole(text string) (*List, error) {
	l := &List{}
	documents, err := l.parse(text)
	if err != nil {
		return nil, err
	}
	if len(documents) == 1 && api.HeaderOf(documents[0].node).Kind == resourceList {
		return unwrap(documents[0].node)
	}
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
	documents, err := l.parse(normal(data))
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
	for _, d := range documents {
		left := maxListed
		items, err := flatten(d.node, &left)
		if err != nil {
			return fmt.Errorf("line %d: %w", d.line, err)
		}
		if h := api.HeaderOf(d.node); h.Kind == api.FunctionConfigKind && h.APIVersion == api.FunctionConfigAPIVersion {
			if l.FunctionConfig != nil {
				return fmt.Errorf("line %d: a second %s", d.line, h.Kind)
			}
			l.FunctionConfig, l.ConfigPlace = d.node, fn.Place{File: file, Line: d.line}
			continue
		}
		if len(l.Items)+len(items) > maxObjects {
			return fmt.Errorf("line %d: with it %w", d.line, errTooManyObjects)
		}
		for _, item := range items {
			object := manifest.New(item)
			if item == d.node && d.text != "" {
				object = manifest.OfText(d.text, item, documentOf)
			}
			l.Items = append(l.Items, object)
			l.Places = append(l.Places, fn.Place{File: file, Line: d.line + max(0, item.YNode().Line-d.node.YNode().Line)})
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
	items, err := elements(wrapper, "items")
	if len(items) > maxObjects {
		return nil, errTooManyObjects
	}
	for i, item := range items {
		if item.YNode().Kind != yaml.MappingNode {
			return nil, fmt.Errorf("items[%d] is no object", i)
		}
		l.Items = append(l.Items, manifest.New(item))
	}
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
