package fn

import (
	"context"
	"errors"
)

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
