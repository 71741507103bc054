package fn_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/parallel"
	"github.com/esfn/esfn/fn/resourcelist"
)

const (
	// runTime is what a run is given, and lateness how much later it may end on a
	// machine that has much else to do.
	runTime, lateness = 2 * time.Second, 30 * time.Second
	// mostManifests and mostAnswers bound the bytes of one input.
	mostManifests, mostAnswers = 16 << 10, 4 << 10
)

// FuzzRun gives the whole function any bytes as manifests, and any answers of the
// source: it ends, and without a panic; where anything is wrong, nothing is made and
// what was given comes back; else what is written can be read again, by esfn and by the
// library that hosts read with, and has all that is not esfn's; twice it is the same;
// and no message shows a value.
func FuzzRun(f *testing.F) {
	seedRuns(f)
	f.Fuzz(func(t *testing.T, manifests, answers []byte) {
		if len(manifests) > mostManifests || len(answers) > mostAnswers {
			return
		}
		first := runBounded(t, manifests, answers)
		if first == nil {
			return // what could not be read
		}
		first.check(t)
		second := runBounded(t, manifests, answers)
		if first.ended || second.ended || unstable.Match(manifests) {
			return
		}
		if diff := cmp.Diff(first.said(), second.said()); diff != "" {
			t.Errorf("other messages the second time:\n%s", diff)
		}
		if !bytes.Equal(first.answer, second.answer) {
			t.Errorf("another answer the second time:\n%s", cmp.Diff(string(first.answer), string(second.answer)))
		}
	})
}

// unstable are texts that may have a template with a function that gives something
// else every time.
var unstable = regexp.MustCompile(`(?i)now|ago|date|rand|shuffle|uuid|gen[CPS]|bcrypt|encryptAES|htpasswd|pkcs12`)

// whole is what came of one run.
type whole struct {
	manifests          []byte
	list               *resourcelist.List
	answer             []byte
	problems, warnings fn.Problems
	// ended tells that the run's time was over, or that the source had it end.
	ended, hung bool
}

// runBounded does what the program does with the manifests that stand on its stdin, and
// fails where that takes too long or panics. It returns nil for what cannot be read.
func runBounded(t *testing.T, manifests, answers []byte) *whole {
	t.Helper()
	type result struct {
		made  *whole
		fault string
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if fault := recover(); fault != nil {
				r.fault = fmt.Sprintf("%v\n%s", fault, debug.Stack())
				if crash, ok := fault.(*parallel.Crash); ok {
					r.fault = string(crash.Stack)
				}
			}
			done <- r
		}()
		r.made = runWhole(manifests, answers)
	}()
	select {
	case r := <-done:
		if r.fault != "" {
			t.Fatalf("it panics: %s", r.fault)
		}
		return r.made
	case <-time.After(runTime + lateness):
		stacks := make([]byte, 1<<20)
		t.Fatalf("it goes on after its end:\n%s", stacks[:runtime.Stack(stacks, true)])
	}
	return nil
}

func runWhole(manifests, answers []byte) *whole {
	list, err := resourcelist.Read(manifests)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), runTime)
	defer cancel()
	source := newArbitrary(manifests, answers, cancel)
	input := fn.Input{Items: list.Items, FunctionConfig: list.FunctionConfig, Plain: !list.IsResourceList(), Places: list.Places}
	output, problems := fn.Run(ctx, input, source)
	w := &whole{manifests: manifests, list: list, problems: problems, warnings: output.Warnings, ended: ctx.Err() != nil, hung: source.hung.Load()}
	if len(problems) > 0 {
		if len(output.Items)+len(output.Warnings) > 0 {
			panic("something came out beside the problems")
		}
		if list.IsResourceList() {
			w.answer, err = list.Answer(list.Items, problems.Results(fn.ErrorSeverity))
		}
	} else {
		w.answer, err = list.Answer(output.Items, output.Warnings.Results(fn.WarningSeverity))
		if !list.IsResourceList() {
			_, _ = list.JSON(output.Items) // what YAML has and JSON has not is refused
		}
	}
	if err != nil {
		// Also of a run that failed nothing but the message is written then.
		w.answer, w.problems = nil, append(w.problems, fn.Problem{Cause: err.Error()})
	}
	return w
}

func (w *whole) said() string { return w.problems.Error() + "\n" + w.warnings.Warnings() }

func (w *whole) check(t *testing.T) {
	t.Helper()
	if w.hung && len(w.problems) == 0 {
		t.Error("there are Secrets without an answer of the source")
	}
	for _, p := range append(w.problems, w.warnings...) {
		if p.Cause == "" {
			t.Errorf("a problem without a cause: %+v", p)
		}
	}
	w.silent(t, "the messages", w.said())
	if len(w.problems) > 0 {
		w.silent(t, "the answer of a run that failed", string(w.answer))
	}
	if len(w.answer) > 0 {
		w.checkAnswer(t)
	}
}

// silent checks that a text shows no value, in any of the forms that a value has on its
// way.
func (w *whole) silent(t *testing.T, what, text string) {
	t.Helper()
	text, given := strings.ToLower(text), strings.ToLower(string(w.manifests))
	forms := []string{valueMark, numberMark, hex.EncodeToString([]byte(valueMark))}
	for skip := range 3 { // base64 looks different by where in a text the mark begins
		forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(valueMark[skip:][:9])))
	}
	for _, form := range forms {
		if form = strings.ToLower(form); strings.Contains(text, form) && !strings.Contains(given, form) {
			t.Errorf("%s: a value is shown, as %s:\n%s", what, form, text)
		}
	}
}

// checkAnswer reads what was written, and looks for what is not esfn's in it.
func (w *whole) checkAnswer(t *testing.T) {
	t.Helper()
	again, err := resourcelist.Read(w.answer)
	if err != nil {
		t.Fatalf("what is written cannot be read: %v\n%s", err, w.answer)
	}
	if w.list.IsResourceList() != again.IsResourceList() {
		t.Error("the answer has another form")
	}
	if known, _ := hostReads(w.manifests); known {
		if ok, why := hostReads(w.answer); !ok {
			t.Errorf("hosts cannot read what is written: %s\n%s", why, w.answer)
		}
	}
	if w.list.FunctionConfig != nil && len(w.list.Items) == 1 {
		return // a generator's: its only item is not one of the host's
	}
	given, kept := others(w.list, len(w.problems) > 0), others(again, len(w.problems) > 0)
	if diff := cmp.Diff(given, kept); diff != "" {
		t.Errorf("what is not esfn's is not what it was (-given +written):\n%s", diff)
	}
}

// hostReads tells whether the library that hosts read with reads a text, which panics on
// some.
func hostReads(text []byte) (ok bool, why string) {
	defer func() {
		if fault := recover(); fault != nil {
			ok, why = false, fmt.Sprint(fault)
		}
	}()
	_, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
	return err == nil, fmt.Sprint(err)
}

// others are the items that esfn does not act on, or all of them, by what they mean.
func others(list *resourcelist.List, all bool) (texts []string) {
	for _, item := range list.Items {
		h := item.Header()
		if !all && (strings.HasPrefix(h.APIVersion, "external-secrets.io/") || h.Kind == "Secret") {
			continue
		}
		if !list.IsResourceList() {
			item = fn.WithoutBookkeeping(item)
		}
		texts = append(texts, meaning(item))
	}
	return texts
}

// meaning spells an item out without what YAML lets be written in several ways. One that
// its aliases make too large has none.
func meaning(item *manifest.Object) string {
	var b strings.Builder
	left := 20_000
	spell(&b, item.Node().YNode(), &left)
	if left < 0 {
		return ""
	}
	return b.String()
}

func spell(b *strings.Builder, n *yaml.Node, left *int) {
	if *left--; *left < 0 {
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		spell(b, n.Alias, left)
	case yaml.ScalarNode:
		value := n.Value
		if n.ShortTag() == yaml.NodeTagNull {
			value = "" // or null, or ~
		}
		fmt.Fprintf(b, "%s %q ", n.ShortTag(), value)
	default:
		fmt.Fprintf(b, "%s(", n.ShortTag())
		for _, child := range n.Content {
			spell(b, child, left)
		}
		b.WriteString(") ")
	}
}
