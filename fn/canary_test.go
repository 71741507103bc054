package fn

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
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
// marked values everywhere but in a Secret's data. Every text of this package and those
// below it has to be said in one of them, but for the few that are listed with why not.
func TestNoValueLeavesTheFunction(t *testing.T) {
	t.Parallel()
	c := &canaryRun{T: t, marks: canary.New(t.Name()), said: map[Problem]string{}}
	c.values()
	c.policies()
	c.templates()
	c.keysOfValues()
	c.credentials()
	c.logins()
	c.folders()
	c.authorities()
	c.refused()
	c.bounds()
	c.manifests()
	c.sources()
	c.others()

	paths := map[string]bool{}
	for p := range c.said {
		paths[inGeneral(p)] = true
	}
	reached, all := c.texts(slices.Collect(maps.Keys(c.said)))
	if len(paths) < 2500 {
		t.Errorf("only %d error paths are reached", len(paths))
	}
	t.Logf("%d marks in %d runs: %d messages, %d error paths, %d of %d texts", c.marks.Len(), c.runs, len(c.said), len(paths), len(reached), len(all))
	var listed []string
	for why, texts := range unreached {
		listed = append(listed, texts...)
		t.Logf("not reached, since %s: %q", why, texts)
	}
	for _, text := range all {
		if slices.Contains(reached, text) == slices.Contains(listed, text) {
			t.Errorf("reached: %v, and among those that are not: %v: %q", slices.Contains(reached, text), slices.Contains(listed, text), text)
		}
	}
	page, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if said := fmt.Sprintf("%d of the %d texts that it has", len(reached), len(all)); !strings.Contains(string(page), said) {
		t.Errorf("docs/security.md does not say %q", said)
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
	for _, object := range c.with(name, Input{Items: objects}, source) {
		if slices.Contains(objects, object) {
			continue // it goes through
		}
		if found := c.marks.In(outsideData(object.Node(), purposely...)); found != nil {
			c.Errorf("%s: outside a Secret's data there is %v", name, found)
		}
	}
}

// with is in for all that a run may be given. It returns what it makes.
func (c *canaryRun) with(name string, in Input, source Source) []*manifest.Object {
	c.Helper()
	c.runs++
	out, problems := ranSafely(c.T, name, in, listening{source, func(p Problem) { c.says(name, Problems{p}) }})
	c.says(name, problems)
	c.says(name, out.Warnings)
	if len(problems) > 0 && len(out.Items) > 0 {
		c.Errorf("%s: it fails and gives %d items", name, len(out.Items))
	}
	return out.Items
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
