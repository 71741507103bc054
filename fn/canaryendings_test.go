package fn

import (
	"context"
	"fmt"
	"time"

	"github.com/esfn/esfn/fn/secret"
)

// endings are runs that have no time, or none any more: for what they read, or for what
// they make of it.
func (c *canaryRun) endings() {
	value := `{"f":"` + c.marks.Text("read too late") + `"}`
	over, cancel := context.WithTimeout(c.Context(), -time.Second)
	defer cancel()
	ends := &ending{c.Context(), make(chan struct{})}
	for name, run := range map[string]struct {
		in     context.Context
		source Source
	}{
		"before": {over, &fake{secrets: map[string]string{"s": value}}}, "meanwhile": {c.Context(), late{err: fmt.Errorf("%s: %w", value, context.DeadlineExceeded)}}, "behind": {ends, late{run: ends, answer: value}},
	} {
		out, problems := Run(run.in, Input{Items: items(c.T, vaultStore+es("app", "dataFrom: [{extract: {key: s}}]"))}, run.source)
		c.runs++
		c.says("no time: "+name, append(problems, out.Warnings...))
		if len(problems) == 0 {
			c.Errorf("no time: %s: it works", name)
		}
	}
}

// ending is the context of a run whose time is over when somebody says so.
type ending struct {
	context.Context
	over chan struct{}
}

func (e *ending) Done() <-chan struct{} { return e.over }

func (e *ending) Err() error {
	select {
	case <-e.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// late is a source that fails as a run does that is over, or answers when it is.
type late struct {
	err    error
	run    *ending
	answer string
}

func (late) Admit([]Connection) []Refusal { return nil }

func (l late) Read(context.Context, Ref) (Answer, error) {
	if l.err != nil {
		return Answer{}, l.err
	}
	close(l.run.over)
	return Answer{Fields: secret.New(l.answer), Path: "kv/data/s"}, nil
}
