package resourcelist

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
)

const (
	// maxObjects bounds the objects of a list: what is known of each takes more memory
	// than the text of a tiny one.
	maxObjects = 250_000
	// maxAliased and maxAliasedText bound what all aliases of the input stand for, with
	// those in it followed: a few lines of them can stand for billions, and a node can
	// hold itself.
	maxAliased              = 1_000_000 // values, keys, lists and maps
	maxAliasedText fn.Bytes = 64 << 20
	// maxOutput bounds the answer where nobody else does.
	maxOutput fn.Bytes = 256 << 20
)

var (
	errTooManyObjects = fmt.Errorf("there are more than %d objects: render fewer at a time", maxObjects)
	errTooMuchAliased = fmt.Errorf("its aliases (*), with those before it, stand for more than %d values or %s of text: write them out where they are needed", maxAliased, maxAliasedText)
)

// aliased counts what the aliases of the input stand for.
type aliased struct{ nodes, text atomic.Int64 }

// add counts the aliases in a tree, which was made of a text.
func (a *aliased) add(text string, tree *yaml.Node) error {
	if !strings.Contains(text, "*") {
		return nil
	}
	known := map[*yaml.Node]extent{}
	var all extent
	all.ofAliases(tree, known)
	if a.nodes.Add(all.nodes) > maxAliased || a.text.Add(all.text) > int64(maxAliasedText) {
		return errTooMuchAliased
	}
	return nil
}

// extent is how much a node stands for, itself among it, and no more than is needed to
// know that it is too much.
type extent struct{ nodes, text int64 }

func (e *extent) add(other extent) {
	e.nodes = min(e.nodes+other.nodes, maxAliased+1)
	e.text = min(e.text+other.text, int64(maxAliasedText)+1)
}

// ofAliases adds what the aliases in a tree stand for. An alias comes after its anchor,
// so that those in what it stands for are known by then.
func (e *extent) ofAliases(n *yaml.Node, known map[*yaml.Node]extent) {
	if n.Kind == yaml.AliasNode {
		e.add(extentOf(n, known))
		return
	}
	for _, child := range n.Content {
		e.ofAliases(child, known)
	}
}

// extentOf is that of a node with its aliases followed.
func extentOf(n *yaml.Node, known map[*yaml.Node]extent) extent {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
		if e, ok := known[n]; ok {
			return e
		}
		known[n] = extent{maxAliased + 1, 0} // to who comes to it from itself
		e := extentOf(n, known)
		known[n] = e
		return e
	}
	e := extent{1, int64(len(n.Value))}
	for _, child := range n.Content {
		e.add(extentOf(child, known))
	}
	return e
}

// writing is an answer while its parts are written, by several at a time.
type writing struct {
	most fn.Bytes
	left atomic.Int64
}

func (l *List) writing() *writing {
	w := &writing{most: maxOutput}
	if l.MaxOutput > 0 {
		w.most = l.MaxOutput
	}
	w.left.Store(int64(w.most))
	return w
}

// take counts so many bytes more.
func (w *writing) take(n int) error {
	if w.left.Add(-int64(n)) < 0 {
		return &TooLarge{w.most}
	}
	return nil
}

// TooLarge is why there is no answer.
type TooLarge struct{ Most fn.Bytes }

func (t *TooLarge) Error() string { return fmt.Sprintf("the answer is larger than %s", t.Most) }

// part is a part of the answer that is written, until all is too much.
type part struct {
	bytes.Buffer
	of *writing
}

// Write fails where there is too much of all parts together.
func (p *part) Write(text []byte) (int, error) {
	if err := p.of.take(len(text)); err != nil {
		return 0, err
	}
	return p.Buffer.Write(text)
}
