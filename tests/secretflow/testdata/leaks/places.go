package leaks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/secret"
)

// Where a secret can be put, and is found again.

type holder struct{ text, other string }

type inner struct{ holder }

type decoded struct{ Text string }

type apart struct{ text string }

var last string

func fields(v secret.Value) {
	h := holder{text: v.Reveal(), other: "x"}
	_ = fmt.Errorf(h.text) // leaks
	_ = errors.New(h.other)
	_ = fmt.Sprint(h)          // leaks
	_ = fmt.Sprint(&inner{h})  // leaks
	_ = fmt.Sprint([]holder{}) // leaks
	_ = errors.New(apart{"x"}.text)
	_, _ = fromField(&h)
	last = v.Reveal()
	_ = errors.New(last) // leaks
	var d decoded
	if json.Unmarshal([]byte(v.Reveal()), &d) == nil {
		_ = errors.New(d.Text) // leaks
	}
	encoded, _ := json.Marshal(h)
	_ = errors.New(string(encoded)) // leaks
}

func fromField(h *holder) (string, error) {
	return h.other, errors.New(h.text) // leaks
}

func buffers(v secret.Value, w io.Writer) {
	var b strings.Builder
	b.WriteString("not ")
	b.WriteString(v.Reveal())
	_ = errors.New(b.String()) // leaks
	var buffer bytes.Buffer
	_ = json.NewEncoder(&buffer).Encode(v.Reveal())
	_ = errors.New(buffer.String()) // leaks
	var copied bytes.Buffer
	_, _ = io.WriteString(&copied, v.Reveal())
	_ = errors.New(copied.String()) // leaks
	target := make([]byte, 8)
	copy(target, v.Reveal())
	_ = fmt.Errorf("%s", target) // leaks
	part := [8]byte{}
	copy(part[2:], v.Reveal())
	_ = fmt.Sprint(part) // leaks
	longer := append([]byte("not "), v.Reveal()...)
	_ = errors.New(string(longer)) // leaks
	for _, r := range v.Reveal() {
		_ = fmt.Sprintf("%c", r) // leaks
	}
	_ = errors.New(min("x", v.Reveal())) // leaks
	sent := make(chan string, 1)
	sent <- v.Reveal()
	_ = errors.New(<-sent) // leaks
	var silent strings.Builder
	silent.WriteString("x")
	_ = errors.New(silent.String())
}

// Keys of a map are apart from what is under them.

func keyed(v secret.Value) {
	under := map[string]string{"name": v.Reveal()}
	for key, value := range under {
		_ = errors.New(key)
		_ = errors.New(value) // leaks
	}
	_ = fmt.Sprint(slices.Sorted(maps.Keys(under)))
	_ = fmt.Sprint(under) // leaks
	by := map[string]string{v.Reveal(): "name"}
	for key, value := range by {
		_ = errors.New(key) // leaks
		_ = errors.New(value)
	}
	_ = fmt.Sprint(slices.Sorted(maps.Keys(by))) // leaks
	_ = errors.New(by["x"])
}
