package vaultsrc

import (
	"fmt"
	"io"
	"sync"

	"github.com/esfn/esfn/fn"
)

// kept counts the bytes of the answers that a run holds, those that are still coming
// in among them. What was read is kept to the end, for all who ask for it.
type kept struct {
	most fn.Bytes

	mu   sync.Mutex
	held fn.Bytes
	over bool
}

// fault is what there is to say where the answers are too much, and nil where they are
// not. From then on nothing else is asked for: smaller answers might fit, and be of no
// use.
func (k *kept) fault() *fn.Fault {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.over {
		return nil
	}
	return &fn.Fault{Scope: fn.RunScope, Field: "ESFN_MAX_VALUES",
		Cause: fmt.Sprintf("the answers that this run reads are more than %s together", k.most),
		Hint:  fmt.Sprintf("render fewer ExternalSecrets at a time, or let a find choose fewer secrets; with the memory for it, ESFN_MAX_VALUES=%s takes more", (2 * k.most).Setting())}
}

// hold counts so many bytes more.
func (k *kept) hold(n int) (ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held += fn.Bytes(n)
	k.over = k.over || k.held > k.most
	return !k.over
}

// release counts so many less.
func (k *kept) release(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held -= fn.Bytes(n)
}

// readAll reads a body whose bytes count from when they come in. The caller releases
// what it does not keep of them.
func (k *kept) readAll(body io.Reader) ([]byte, error) {
	counted := &counting{body, k, 0}
	text, err := io.ReadAll(counted)
	if err != nil {
		k.release(counted.n)
		return nil, err
	}
	return text, nil
}

type counting struct {
	io.Reader
	kept *kept
	n    int
}

// Read fails as soon as there is too much of all bodies together.
func (c *counting) Read(into []byte) (int, error) {
	n, err := c.Reader.Read(into)
	c.n += n
	if !c.kept.hold(n) {
		return 0, errTooMuchKept
	}
	return n, err
}

// errTooMuchKept ends the reading of a body; what is said of it is kept's fault.
var errTooMuchKept = fmt.Errorf("the answers of the run are too large together")
