package fn

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/api"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/secret"
)

// The steps of a run, each by itself, to see which of them a change made slower; make
// bench-go runs them.

// packageOf is a package of so many ExternalSecrets of one store, on a path each, with
// five fields and, where templated, a template over them.
func packageOf(b *testing.B, n int, templated bool) Input {
	b.Helper()
	template := ""
	if templated {
		template = "target: {template: {data: {config: \"user={{ .f0 }}\\npassword={{ .f1 | b64enc | quote }}\\nhosts={{ range list .f2 .f3 }}{{ . | upper }},{{ end }}{{ .f4 | default `x` }}\"}}}\n"
	}
	in := Input{Plain: true}
	add := func(text string) {
		in.Items = append(in.Items, manifest.New(yaml.MustParse(text)))
	}
	add(strings.TrimSuffix(vaultStore, "---\n"))
	for i := range n {
		fields := ""
		for f := range 5 {
			fields += fmt.Sprintf("- {secretKey: f%d, remoteRef: {key: app/%d, property: f%d}}\n", f, i, f)
		}
		add(es(fmt.Sprintf("es-%d", i), template+"data:\n"+fields))
	}
	return in
}

// inNamespaces is a package of so many namespaces, each with an ExternalSecret, a store
// and the Secret that it refers to, which have the same names everywhere.
func inNamespaces(b *testing.B, n int) Input {
	b.Helper()
	in := Input{Plain: true}
	for i := range n {
		documents := vaultStore + es("app", fmt.Sprintf("data: [{secretKey: f0, remoteRef: {key: app/%d, property: f0}}]", i))
		for text := range strings.SplitSeq(documents, "---\n") {
			in.Items = append(in.Items, manifest.New(yaml.MustParse(strings.Replace(text, "metadata: {", fmt.Sprintf("metadata: {namespace: ns-%d, ", i), 1))))
		}
	}
	return in
}

// immediate answers at once with five fields.
type immediate struct{}

func (immediate) Admit([]Connection) []Refusal { return nil }

func (immediate) Read(_ context.Context, ref Ref) (Answer, error) {
	return Answer{Fields: fiveFields, Version: 1, Path: ref.Key}, nil
}

var fiveFields = secret.New(`{"f0":"made-up-0","f1":"made-up-1","f2":"made-up-2","f3":"made-up-3","f4":"made-up-4"}`)

func eachSize(b *testing.B, run func(b *testing.B, n int)) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			run(b, n)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		in := packageOf(b, n, false)
		for b.Loop() {
			for _, object := range in.Items[1:] {
				var decoded api.ExternalSecret
				if found := api.Check(object.Node(), &decoded); len(found) > 0 {
					b.Fatal(found)
				}
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		in := packageOf(b, n, false)
		for b.Loop() {
			if p := prepare(in); len(p.entries) != 5*n || len(p.problems) > 0 {
				b.Fatal(p.problems)
			}
		}
	})
}

// BenchmarkResolveNamespaces is for what is looked for among many of its kind.
func BenchmarkResolveNamespaces(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		in := inNamespaces(b, n)
		for b.Loop() {
			if p := prepare(in); len(p.entries) != n || len(p.problems) > 0 {
				b.Fatal(p.problems)
			}
		}
	})
}

// BenchmarkUses is what esfn doctor asks first.
func BenchmarkUses(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		in := packageOf(b, n, false)
		for b.Loop() {
			if uses, problems := Uses(in); len(uses) != 1 || len(uses[0].Users) != n || len(uses[0].Refs) != n {
				b.Fatal(problems)
			}
		}
	})
}

func BenchmarkTemplate(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		p := prepare(packageOf(b, n, true))
		reads := fetch(b.Context(), p.entries, immediate{}, nil)
		for b.Loop() {
			if secrets, _, problems := assemble(p.view.externalSecrets, p.entries, reads, amount{most: maxValues}); len(secrets) != n {
				b.Fatal(problems)
			}
		}
	})
}

func BenchmarkEmit(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		p := prepare(packageOf(b, n, false))
		secrets, _, _ := assemble(p.view.externalSecrets, p.entries, fetch(b.Context(), p.entries, immediate{}, nil), amount{most: maxValues})
		for b.Loop() {
			if items, _, problems := p.emission.apply(secrets, p.stores.used()); len(items) < n {
				b.Fatal(problems)
			}
		}
	})
}

func BenchmarkRun(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		in := packageOf(b, n, false)
		for b.Loop() {
			if out, problems := Run(b.Context(), in, immediate{}); len(out.Items) < n {
				b.Fatal(problems)
			}
		}
	})
}
