// Package leaks has every way in which a secret could go into words, each on a line
// that ends in "// leaks", and beside it what does not.
package leaks

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"strconv"
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

func direct(v secret.Value, w io.Writer) {
	_ = errors.New(v.Reveal())                // leaks
	_ = fmt.Errorf("no %s", v)                // leaks
	_ = fmt.Errorf("no %s", v.Reveal())       // leaks
	_ = fmt.Sprint(&v)                        // leaks
	_ = fmt.Sprintf("%d", []secret.Value{v})  // leaks
	_ = fmt.Sprintln([]byte(v.Reveal()))      // leaks
	fmt.Fprintf(w, "%s", v.Reveal())          // leaks
	fmt.Fprintln(w, "a"+v.Reveal())           // leaks
	log.Print(v.Reveal())                     // leaks
	slog.Info("x", "v", v)                    // leaks
	_ = strconv.Quote(v.Reveal())             // leaks
	_ = fn.Problem{Cause: v.Reveal()}         // leaks
	_ = &fn.Fault{Cause: v.Reveal()[:4]}      // leaks
	_ = fn.Problems{{Hint: v.Reveal() + "!"}} // leaks
	panic(v.Reveal())                         // leaks
}

func through(v secret.Value) error {
	plain := v.Reveal()
	trimmed := strings.TrimSpace(plain)
	var copied = trimmed
	lines := strings.Split(copied, "\n")
	for _, line := range lines {
		_ = errors.New("not " + line) // leaks
	}
	table := map[string]string{}
	table["x"] = plain
	_ = fmt.Sprint(table["x"]) // leaks
	var read any
	if err := json.Unmarshal([]byte(plain), &read); err != nil {
		return fmt.Errorf("not JSON: %w", err) // leaks
	}
	var file struct{ Key string }
	if json.Unmarshal([]byte(plain), &file) == nil {
		_ = fmt.Sprint(file.Key) // leaks
	}
	_, err := base64.StdEncoding.DecodeString(plain)
	problem := fn.Problem{}
	problem.Cause = err.Error() // leaks
	return err
}

func silent(v secret.Value) error {
	_ = fmt.Sprint(v.IsEmpty(), len(v.Reveal()), strings.Contains(v.Reveal(), "x"))
	if _, err := base64.StdEncoding.DecodeString(v.Reveal()); err != nil {
		return errors.New("is not base64")
	}
	_ = toldWithout("words", v)
	_ = told("words")
	_ = fmt.Sprint(kept(v.Reveal()))
	return fmt.Errorf("no field %q", "x")
}

func toldWithout(words string, sent ...secret.Value) *fn.Fault { return &fn.Fault{Cause: words} }
func kept(text string) int                                     { return len(text) }
