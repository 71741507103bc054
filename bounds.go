package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
)

// bounds are the sizes that whoever runs esfn may raise, and lower. docs/bounds.md has
// them with all those that are fixed.
type bounds struct {
	// input is of all manifests together, and output of what is written.
	input, output fn.Bytes
	// answer is of one answer of Vault's. values are those of a run together: those that
	// are read, and those that go into Secrets.
	answer, values fn.Bytes
}

const (
	defaultMaxInput  fn.Bytes = 64 << 20
	defaultMaxOutput fn.Bytes = 256 << 20
	defaultMaxAnswer fn.Bytes = 8 << 20
	defaultMaxValues fn.Bytes = 128 << 20
)

// readBounds reads the variables for sizes. It returns all that is wrong with them, each
// problem at its variable.
func readBounds(getenv func(string) string) (b bounds, problems fn.Problems) {
	for _, one := range []struct {
		into           *fn.Bytes
		size           fn.Bytes
		variable, text string
	}{
		{&b.input, defaultMaxInput, "ESFN_MAX_INPUT", getenv("ESFN_MAX_INPUT")},
		{&b.output, defaultMaxOutput, "ESFN_MAX_OUTPUT", getenv("ESFN_MAX_OUTPUT")},
		{&b.answer, defaultMaxAnswer, "ESFN_MAX_ANSWER", getenv("ESFN_MAX_ANSWER")},
		{&b.values, defaultMaxValues, "ESFN_MAX_VALUES", getenv("ESFN_MAX_VALUES")},
	} {
		*one.into = one.size
		if one.text == "" {
			continue
		}
		size, ok := sizeOf(one.text)
		if !ok {
			problems = append(problems, fn.Problem{Field: one.variable, Cause: fmt.Sprintf("%q is no size", one.text),
				Hint: fmt.Sprintf("write bytes, or a size as Kubernetes writes it, as in %s", one.size.Setting())})
			continue
		}
		*one.into = size
	}
	return b, problems
}

// memory is from where on Go is to look through the heap more often than it would:
// about what the values of a run that has as many as it may take. With less than a run
// needs it would look all the time.
func (b bounds) memory() int64 {
	const times = 12
	return int64(min(max(b.values, defaultMaxValues), math.MaxInt64/times) * times)
}

const (
	// bytesOfAValue says how many values manifests may have: one for each so many bytes
	// of their room, and leastValues in a room that is small. A value of a YAML tree
	// takes some 200 bytes, be it a 0 in a list.
	bytesOfAValue = 8
	leastValues   = 1 << 20
)

// room is what is left for manifests, in bytes and in values.
type room struct {
	most, left fn.Bytes
	values     int
}

func newRoom(most fn.Bytes) *room {
	return &room{most, most, max(leastValues, int(most/bytesOfAValue))}
}

// isFull tells that something was too much, and was said to be.
func (r *room) isFull() bool { return r.left < 0 || r.values < 0 }

// read reads a file or stdin to its end, or up to where it is too much.
func (r *room) read(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, int64(r.left)+1))
	if err != nil {
		return nil, err
	}
	return data, r.take(data)
}

// take counts what is to be parsed. Of values it counts what may begin one; inside of a
// text that is too much, and never too little.
func (r *room) take(data []byte) error {
	if r.left -= fn.Bytes(len(data)); r.left < 0 {
		return &tooMuchInput{r.most, 0}
	}
	for _, mark := range []string{",", "[", "{", ":", "\n", "- ", "? "} {
		r.values -= bytes.Count(data, []byte(mark))
	}
	if r.values < 0 {
		return &tooMuchInput{r.most, newRoom(r.most).values}
	}
	return nil
}

func (r *room) readFile(open func(name string) (*os.File, error), name string) ([]byte, error) {
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return r.read(file)
}

// tooMuchInput is why a file is not read to its end, and none after it is.
type tooMuchInput struct {
	most   fn.Bytes
	values int // that are the most; 0 where it is bytes
}

func (t *tooMuchInput) Error() string {
	if t.values > 0 {
		return fmt.Sprintf("with it the manifests have more than %d values together", t.values)
	}
	return fmt.Sprintf("with it the manifests are more than %s together", t.most)
}

func (t *tooMuchInput) hint() string {
	return fmt.Sprintf("is that the input that is meant? ESFN_MAX_INPUT=%s takes more", (2 * t.most).Setting())
}

// hintFor is what to do about input that cannot be read.
func hintFor(err error) string {
	var much *tooMuchInput
	var large *resourcelist.TooLarge
	switch {
	case errors.As(err, &much):
		return much.hint()
	case errors.As(err, &large):
		return fmt.Sprintf("do aliases or flow style make much of little? ESFN_MAX_OUTPUT=%s writes more", (2 * large.Most).Setting())
	case errors.Is(err, resourcelist.ErrEmpty):
		return "pipe manifests in, or name files and folders; esfn --help tells more"
	}
	return ""
}

// sizeOf reads a size as Kubernetes writes quantities. It has to be one of whole bytes,
// and small enough to be doubled in a hint.
func sizeOf(text string) (fn.Bytes, bool) {
	quantity, err := resource.ParseQuantity(text)
	if err != nil || quantity.CmpInt64(1) < 0 || quantity.CmpInt64(math.MaxInt64/2) > 0 {
		return 0, false
	}
	size := quantity.Value() // rounded up
	return fn.Bytes(size), quantity.CmpInt64(size) == 0
}
