// Package manifest has the objects that go through a run, most of which are none of
// its business: a package of ten thousand resources may have one ExternalSecret.
//
// Each is known by its header. Its tree, which takes some twenty times the memory of
// its text and most of the time to write, is there while somebody looks further, and
// what nobody changes is written with the text that it came with. Where texts come
// from, and where they may stand in what is written, is package resourcelist's to
// know.
package manifest

import (
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
)

// Object is one object of what was given, or of what is made. It is not to be
// changed, nor is its tree: a change starts with a copy of that. It may be looked at by
// several goroutines: a run that has ended leaves one behind, while what was given is
// written as it came.
type Object struct {
	header api.Header
	text   string
	parse  func(text string) *yaml.RNode

	mu   sync.Mutex
	node *yaml.RNode
}

// New is an object of a tree alone.
func New(node *yaml.RNode) *Object {
	return &Object{header: api.HeaderOf(node), node: node}
}

// OfText is an object that is to be written with its text as long as it is not
// changed. The tree is that of the text, and kept only for what a run is about; for
// others parse makes it again, of a text that it has parsed before.
func OfText(text string, tree *yaml.RNode, parse func(text string) *yaml.RNode) *Object {
	o := &Object{header: api.HeaderOf(tree), text: text, parse: parse}
	if strings.HasPrefix(o.header.APIVersion, "external-secrets.io/") {
		o.node = tree
	}
	return o
}

// Header is what the object says of itself.
func (o *Object) Header() api.Header { return o.header }

// Node is the object's tree.
func (o *Object) Node() *yaml.RNode {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.node == nil {
		o.node = o.parse(o.text)
	}
	return o.node
}

// Forget drops the tree where it can be made of the text again.
func (o *Object) Forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.text != "" {
		o.node = nil
	}
}

// Text is what the object was read from, or "" where it is to be written anew.
func (o *Object) Text() string { return o.text }
