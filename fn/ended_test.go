package fn

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/parallel"
)

// over is a context whose end is noticed by whoever waits for it, not by whoever
// looks.
type over struct {
	context.Context
	done chan struct{}
}

func (o over) Done() <-chan struct{} { return o.done }

// watched is a source that tells of what it is asked for before it answers.
type watched struct {
	*fake
	admits, reads func()
}

func (w watched) Admit(connections []Connection) []Refusal {
	w.admits()
	return w.fake.Admit(connections)
}

func (w watched) Read(ctx context.Context, ref Ref) (Answer, error) {
	w.reads()
	return w.fake.Read(ctx, ref)
}

// TestARunThatEndsDoesNotWaitForATemplate has a template that works for a second.
func TestARunThatEndsDoesNotWaitForATemplate(t *testing.T) {
	ctx := over{t.Context(), make(chan struct{})}
	source := watched{&fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}, func() {}, func() { close(ctx.done) }}
	in := Input{Items: items(t, vaultStore+es("db", "target: {template: {data: {k: '{{ range 9 }}{{ until 2500 | uniq | len }}{{ end }}'}}}\n"+readApp))}
	out, problems := Run(ctx, in, source)
	if diff := cmp.Diff("error: "+ended.Cause+"\n  hint: "+ended.Hint, problems.Error()); diff != "" || out.Items != nil {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestARunThatEndsDoesNotWaitForItsManifests to be looked at, which takes long where there
// are many, and reads nothing.
func TestARunThatEndsDoesNotWaitForItsManifests(t *testing.T) {
	outOfTime := over{t.Context(), make(chan struct{})}
	cancelled, cancel := context.WithCancel(t.Context())
	for _, tc := range []struct {
		ctx  context.Context
		end  func()
		want string
	}{
		{outOfTime, func() { close(outOfTime.done) }, "error: " + unprepared.Cause + "\n  hint: " + unprepared.Hint},
		{cancelled, cancel, "error: interrupted"},
	} {
		looks, looked := make(chan struct{}), make(chan struct{})
		source := watched{&fake{}, func() { tc.end(); <-looks; close(looked) }, func() {}}
		out, problems := Run(tc.ctx, Input{Items: items(t, vaultStore+es("db", readApp)), Known: Problems{{Field: "ESFN_MADE_UP", Cause: "is wrong"}}}, source)
		if diff := cmp.Diff(tc.want+"\nerror: ESFN_MADE_UP: is wrong", problems.Error()); diff != "" || out.Items != nil || len(source.read) > 0 {
			t.Errorf("%d read, problems (-want +got):\n%s", len(source.read), diff)
		}
		close(looks)
		<-looked
	}
}

func TestAFaultOfOursSaysWhereAndNoValue(t *testing.T) {
	defer func() {
		crash, ok := recover().(*parallel.Crash)
		if !ok || !strings.Contains(string(crash.Stack), "TestAFaultOfOurs") || strings.Contains(string(crash.Stack), value) {
			t.Errorf("got %T", crash)
		}
	}()
	parallel.Until(t.Context(), func() any { panic(value) })
}

// TestKeysDoNotGrowWithoutBound has operations that double a key each.
func TestKeysDoNotGrowWithoutBound(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"pass":"` + value + `"}`}}
	double := strings.Repeat("{regexp: {source: ., target: $0$0}}, ", 40)
	_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{extract: {key: app}, rewrite: ["+double+"]}]"))}, source)
	const want = `error: ExternalSecret db: spec.dataFrom[0].rewrite[10]: kv/data/app (version 3): "pass" becomes a key of 8192 bytes, and no more than 4096 are taken` + "\n  hint: a Secret's keys end at 253"
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	long := strings.Repeat("x", 300)
	_, problems = Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{extract: {key: app}, rewrite: [{regexp: {source: .*, target: "+long+"}}]}]"))}, source)
	if got := problems.Error(); !strings.Contains(got, `becomes the key`) && !strings.Contains(got, `would become the key "`+long[:100]+`…" (`) {
		t.Errorf("problems:\n%s", got)
	}
}

// TestAKeyThatATemplateMakesMayBeAValue has two ExternalSecrets that make the
// value a key of one Secret.
func TestAKeyThatATemplateMakesMayBeAValue(t *testing.T) {
	const template = "template: {templateFrom: [{literal: '{{ .k }}: x'}]}}\ndata: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	source := &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}
	out, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("a", "target: {name: out, "+template)+"---\n"+es("b", "target: {name: out, creationPolicy: Merge, "+template))}, source)
	const want = `error: ExternalSecret b: spec.target: ExternalSecret a puts one of its keys into the Secret "out", too` + "\n  hint: give one of the two another key"
	if diff := cmp.Diff(want, said(t, out, problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
