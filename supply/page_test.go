package main

import (
	"slices"
	"strings"
	"testing"
)

const goodPage = `# A page

| licence | what it asks for |
| --- | --- |
| MIT | its text |
| Apache-2.0 | its text |

Words in between.

| module | licence | linked into | why it is here |
| --- | --- | --- | --- |
| ` + "`example.com/a`" + ` | MIT | esfn, kustomize | because |
| ` + "`example.com/b`" + ` | Apache-2.0 AND MIT | esfn | because |

| vulnerability | why esfn is not in danger |
| --- | --- |
| GO-0000-0001 | it is made up |
`

func TestThePageIsRead(t *testing.T) {
	p, err := parsePage(goodPage)
	if err != nil {
		t.Fatal(err)
	}
	b := p.row("example.com/b")
	if !slices.Equal(p.licences, []string{"MIT", "Apache-2.0"}) || len(p.modules) != 2 || b == nil || b.licence != "Apache-2.0 AND MIT" ||
		!slices.Equal(p.row("example.com/a").programs, []string{"esfn", "kustomize"}) || p.explained["GO-0000-0001"] != "it is made up" {
		t.Errorf("got %+v", p)
	}
}

func TestAPageThatSaysTooLittleIsAnError(t *testing.T) {
	for name, change := range map[string][2]string{
		"no reason":          {"| Apache-2.0 AND MIT | esfn | because |", "| Apache-2.0 AND MIT | esfn | |"},
		"no explanation":     {"| GO-0000-0001 | it is made up |", "| GO-0000-0001 | |"},
		"no licences":        {"| licence | what", "| license | what"},
		"no modules":         {"| module | licence", "| package | licence"},
		"an unknown program": {"esfn, kustomize", "esfn, helm"},
		"two rows":           {"`example.com/b`", "`example.com/a`"},
		"a cell too few":     {"| esfn | because |", "| esfn |"},
	} {
		text := strings.Replace(goodPage, change[0], change[1], 1)
		if text == goodPage {
			t.Fatalf("%s: the page has no %q", name, change[0])
		}
		if p, err := parsePage(text); err == nil {
			t.Errorf("%s: no error, but %+v", name, p)
		}
	}
}

func TestModulesAndRowsAreComparedBothWays(t *testing.T) {
	allowed, err := parsePage(goodPage)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := linkedModule{path: "example.com/a"}, linkedModule{path: "example.com/b"}, linkedModule{path: "example.com/c"}
	for _, tc := range []struct {
		name, program string
		linked        []linkedModule
		want          string
	}{
		{"as the page says", "esfn", []linkedModule{a, b}, ""},
		{"a module without a row", "esfn", []linkedModule{a, b, c}, "links example.com/c, which has no row"},
		{"a row without a module", "esfn", []linkedModule{a}, "allows example.com/b for esfn, which does not link it"},
		{"as the page says of the other program", "kustomize", []linkedModule{a}, ""},
		{"a module of the other program", "kustomize", []linkedModule{a, b}, "links example.com/b, which docs/modules.md allows for [esfn] only"},
	} {
		got := moduleProblems(tc.program, tc.linked, allowed)
		if len(got) > 1 || !strings.Contains(strings.Join(got, ""), tc.want) || (tc.want == "") != (len(got) == 0) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
