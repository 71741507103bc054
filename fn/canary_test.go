package fn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/tests/canary"
)

// canaryRun gives the function marked values, and looks for them in all that it says
// and makes.
type canaryRun struct {
	*testing.T
	marks *canary.Marks
	runs  int
	// said is everything that was said, each of it once: place, cause and hint, and a
	// case that it was said in.
	said map[Problem]string
}

// TestNoValueLeavesTheFunction drives it into every error that it has and looks for
// marked values everywhere but in a Secret's data. What it says is counted: as many
// texts of this package and those below it as before have to be reached.
func TestNoValueLeavesTheFunction(t *testing.T) {
	t.Parallel()
	c := &canaryRun{T: t, marks: canary.New(t.Name()), said: map[Problem]string{}}
	c.values()
	c.policies()
	c.templates()
	c.keysOfValues()
	c.credentials()
	c.logins()
	c.manifests()
	c.sources()
	c.others()

	paths := map[string]bool{}
	for p := range c.said {
		paths[inGeneral(p)] = true
	}
	reached, all := c.texts(slices.Collect(maps.Keys(c.said)))
	if len(paths) < 2250 || len(reached) < 235 {
		t.Errorf("only %d error paths and %d texts are reached", len(paths), len(reached))
	}
	t.Logf("%d marks in %d runs: %d messages, %d error paths, %d of %d texts", c.marks.Len(), c.runs, len(c.said), len(paths), len(reached), len(all))
	if testing.Verbose() {
		for _, text := range all {
			if !slices.Contains(reached, text) {
				t.Logf("not reached: %s", text)
			}
		}
	}
}

// in runs the function over documents. What it says and makes may hold no mark but in
// the data of Secrets, and, where a template puts it there on purpose, in metadata;
// where it fails it gives nothing else.
func (c *canaryRun) in(name, documents string, source Source, purposely ...string) {
	c.Helper()
	c.over(name, items(c.T, documents), source, purposely...)
}

// over is in for objects.
func (c *canaryRun) over(name string, objects []*manifest.Object, source Source, purposely ...string) {
	c.Helper()
	c.runs++
	in := Input{Items: objects}
	out, problems := ranSafely(c.T, name, in, source)
	c.says(name, problems)
	c.says(name, out.Warnings)
	if len(problems) > 0 && len(out.Items) > 0 {
		c.Errorf("%s: it fails and gives %d items", name, len(out.Items))
	}
	for _, object := range out.Items {
		if slices.Contains(in.Items, object) {
			continue // it goes through
		}
		if found := c.marks.In(outsideData(object.Node(), purposely...)); found != nil {
			c.Errorf("%s: outside a Secret's data there is %v", name, found)
		}
	}
}

// says looks for marks in problems, and in all that can be made of them, and remembers
// them.
func (c *canaryRun) says(name string, all Problems) {
	c.Helper()
	for _, p := range all {
		p.Resource.Index, p.Resource.Line = 0, 0
		if _, known := c.said[p]; known {
			continue
		}
		c.said[p] = name
		list := Problems{p}
		asJSON, err := json.Marshal(list.Results(ErrorSeverity))
		if err != nil {
			c.Fatal(err)
		}
		asYAML, err := yaml.Marshal(list.Results(WarningSeverity))
		if err != nil {
			c.Fatal(err)
		}
		if found := c.marks.In(fmt.Sprintf("%v\n%+v\n%#v\n%q\n%s\n%s\n%s", list, list, list, list, list.Warnings(), asJSON, asYAML)); found != nil {
			c.Errorf("%s: a message has %v", name, found)
		}
	}
}

// ranSafely is Run, which may not panic with a value.
func ranSafely(t *testing.T, name string, in Input, source Source) (out Output, problems Problems) {
	t.Helper()
	defer func() {
		if fault := recover(); fault != nil {
			t.Errorf("%s: a panic", name)
			problems = Problems{{Cause: fmt.Sprint(fault)}}
		}
	}()
	return Run(context.Background(), in, source)
}

// outsideData is an object without the data of a Secret, and without parts of its
// metadata.
func outsideData(object *yaml.RNode, purposely ...string) string {
	if api.HeaderOf(object).Kind == "Secret" {
		for _, field := range []string{"data", "stringData"} {
			_ = object.PipeE(yaml.Clear(field))
		}
		for _, field := range purposely {
			_ = object.PipeE(yaml.Lookup("metadata"), yaml.Clear(field))
		}
	}
	return object.MustString()
}

var (
	quotedPart = regexp.MustCompile(`"[^"]*"`)
	numberPart = regexp.MustCompile(`\d+`)
	keyPart    = regexp.MustCompile(`\[[^\]]*\]`)
)

// inGeneral is a problem without the names and numbers in it, to count distinct ones.
func inGeneral(p Problem) string {
	return numberPart.ReplaceAllString(quotedPart.ReplaceAllString(keyPart.ReplaceAllString(p.Field, "[]")+": "+p.Cause, `""`), "0")
}

// stranger is a source that does not keep to its contract: its errors are no Faults,
// or it panics.
type stranger struct {
	says   string
	panics bool
}

func (stranger) Admit([]Connection) []Refusal { return nil }

func (s stranger) Read(context.Context, Ref) (Answer, error) {
	if s.panics {
		panic(s.says)
	}
	return Answer{}, errors.New(s.says)
}

// sources are those that fail, in words with values in them.
func (c *canaryRun) sources() {
	says := c.marks.Odd("what a source says")
	for name, source := range map[string]Source{"an error of somebody else's": stranger{says: says}, "a panic": stranger{says: says, panics: true}} {
		for _, spec := range []string{`data: [{secretKey: a, remoteRef: {key: a}}]`, `dataFrom: [{extract: {key: a}}]`, `dataFrom: [{find: {path: a}}]`, `dataFrom: [{find: {tags: {a: b}}}]`,
			"data: [{secretKey: a, remoteRef: {key: a}}]\ntarget: {deletionPolicy: Merge}"} {
			c.in(name+": "+spec, vaultStore+es("app", spec), source)
		}
	}
	for _, spec := range []string{`data: [{secretKey: a, remoteRef: {key: s, property: f}}]`, `dataFrom: [{find: {path: d}}]`} {
		for what, fault := range map[string]*Fault{"entry": {Cause: "made up"}, "missing": {Cause: "made up", Missing: true}, "store": {Scope: StoreScope, Field: "spec.provider", Cause: "made up"}, "run": {Scope: RunScope, Field: "VAULT_ADDR", Cause: "made up"}} {
			secrets := map[string]string{"s": `{"f":"` + c.marks.Text("beside a fault") + `"}`, "d/a": `{"f":"` + c.marks.Text("beside a fault") + `"}`}
			c.in("a fault of the "+what+": "+spec, vaultStore+es("app", spec)+"---\n"+es("other", `data: [{secretKey: a, remoteRef: {key: s, property: f}}]`), &fake{secrets: secrets, faults: map[string]*Fault{"s": fault, "d/a": fault, "folder d": fault}})
		}
		c.in("refused: "+spec, vaultStore+es("app", spec), &fake{refuse: map[string]*Fault{"https://vault.example": {Scope: StoreScope, Field: "spec", Cause: "made up"}}})
	}
}
