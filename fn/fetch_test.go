package fn

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// waiting is a source one of whose servers answers only when the other one has.
type waiting struct {
	fake
	slow     string
	answered chan struct{}
}

func (w *waiting) Read(ctx context.Context, ref Ref) (Answer, error) {
	if ref.Connection.Server != w.slow {
		close(w.answered)
	} else {
		<-w.answered
	}
	return w.fake.Read(ctx, ref)
}

// TestAServerThatIsSlowHoldsUpNoOther: however many reads of it come first. Where they
// do, synctest sees that all wait for each other.
func TestAServerThatIsSlowHoldsUpNoOther(t *testing.T) {
	other := strings.ReplaceAll(strings.Replace(vaultStore, "https://vault.example", "https://other.example", 1), "name: vault}", "name: other}")
	other, _, _ = strings.Cut(other, "---\n") // the Secret is there already
	documents := vaultStore + other + "---\n"
	source := &waiting{slow: "https://vault.example", fake: fake{secrets: map[string]string{"app": `{"a":"made-up"}`}}}
	for i := range 2 * mostReaders {
		key := fmt.Sprintf("app/%d", i)
		source.secrets[key] = `{"a":"made-up"}`
		documents += es(fmt.Sprintf("es-%d", i), fmt.Sprintf("data: [{secretKey: k, remoteRef: {key: %s, property: a}}]", key)) + "---\n"
	}
	documents += strings.Replace(es("last", readApp), "{name: vault}", "{name: other}", 1)
	in := Input{Items: items(t, documents)}
	synctest.Test(t, func(t *testing.T) {
		source.answered = make(chan struct{})
		if out, problems := Run(t.Context(), in, source); len(problems) > 0 || len(out.Items) < 2*mostReaders {
			t.Error(problems)
		}
	})
}

// broken is an error that fails to say what it is.
type broken struct{}

func (broken) Error() string { panic("made-up-value") }

type failing struct{ fake }

func (*failing) Read(context.Context, Ref) (Answer, error) { return Answer{}, broken{} }

func TestAFindThatFailsByAFaultOfItsOwn(t *testing.T) {
	_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {name: {regexp: .}}}]"))}, &failing{})
	if got := problems.Error(); !strings.Contains(got, errOwnFault.Cause) || strings.Contains(got, "made-up") {
		t.Error(got)
	}
}
