package template

import (
	"fmt"
	"strings"
	"testing"
)

// typical is a template as ExternalSecrets have them: a file of settings.
const typical = `user={{ .user }}
password={{ .password | b64enc | quote }}
url=postgres://{{ .user }}:{{ .password | urlquery }}@{{ .host | lower }}:{{ .port | default "5432" }}/app
{{- range splitList "," .hosts }}
server {{ . | trim | upper }}
{{- end }}
`

// valuesOf are what it is executed over, with so many hosts.
func valuesOf(hosts int) map[string]string {
	var names []string
	for i := range hosts {
		names = append(names, fmt.Sprintf(" host-%d", i))
	}
	return map[string]string{"user": "made-up-user", "password": "made-up-password", "host": "DB.example.com", "port": "", "hosts": strings.Join(names, ",")}
}

func eachSize(b *testing.B, run func(b *testing.B, n int)) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			run(b, n)
		})
	}
}

func mustParse(b *testing.B) *Template {
	b.Helper()
	parsed, err := Parse(typical)
	if err != nil {
		b.Fatal(err)
	}
	return parsed
}

// BenchmarkParse parses so many templates, one for each ExternalSecret.
func BenchmarkParse(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		for b.Loop() {
			for range n {
				mustParse(b)
			}
		}
	})
}

// BenchmarkExecute executes a template so many times.
func BenchmarkExecute(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		parsed, values := mustParse(b), valuesOf(2)
		for b.Loop() {
			for range n {
				if made, err := parsed.Execute(values); err != nil || strings.Count(made, "server HOST-") != 2 {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkLoop executes a template once that loops so many times: what its bounds
// count is not to be counted anew in each round.
func BenchmarkLoop(b *testing.B) {
	eachSize(b, func(b *testing.B, n int) {
		parsed, values := mustParse(b), valuesOf(n)
		for b.Loop() {
			if made, err := parsed.Execute(values); err != nil || strings.Count(made, "server HOST-") != n {
				b.Fatal(err)
			}
		}
	})
}
