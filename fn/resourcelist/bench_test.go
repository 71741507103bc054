package resourcelist

import (
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn/manifest"
)

// listOf is a ResourceList of so many resources, every other one an ExternalSecret.
func listOf(n int) []byte {
	var text strings.Builder
	text.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n {
		header := "- apiVersion: v1\n  kind: ConfigMap\n"
		if i%2 == 1 {
			header = "- apiVersion: external-secrets.io/v1\n  kind: ExternalSecret\n"
		}
		fmt.Fprintf(&text, "%s  metadata:\n    name: name-%[2]d\n    annotations:\n      config.kubernetes.io/index: '0'\n      config.kubernetes.io/path: 'all.yaml'\n  data:\n    key: value-%[2]d\n    list:\n    - name: a\n      value: 'b'\n", header, i)
	}
	return []byte(text.String())
}

func plainOf(n int) []byte {
	_, items, _ := strings.Cut(string(listOf(n)), "items:\n")
	return []byte("apiVersion" + strings.ReplaceAll(strings.ReplaceAll(items, "\n  ", "\n"), "\n- ", "\n---\n")[len("- apiVersion"):])
}

func eachSize(b *testing.B, run func(b *testing.B, text []byte, n int)) {
	for _, form := range []struct {
		name string
		text func(n int) []byte
	}{{"ResourceList", listOf}, {"plain", plainOf}} {
		for _, n := range []int{1, 100, 10_000} {
			b.Run(fmt.Sprintf("items=%d/form=%s", n, form.name), func(b *testing.B) {
				text := form.text(n)
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				run(b, text, n)
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	eachSize(b, func(b *testing.B, text []byte, n int) {
		for b.Loop() {
			if list, err := Read(text); err != nil || len(list.Items) != n {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAnswer has half of the items written anew.
func BenchmarkAnswer(b *testing.B) {
	eachSize(b, func(b *testing.B, text []byte, n int) {
		list, err := Read(text)
		if err != nil {
			b.Fatal(err)
		}
		items := make([]*manifest.Object, n)
		for i, item := range list.Items {
			items[i] = item
			if i%2 == 1 {
				items[i] = manifest.New(item.Node())
			}
		}
		for b.Loop() {
			if _, err := list.Answer(items, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
