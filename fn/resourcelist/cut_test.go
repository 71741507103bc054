package resourcelist

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
)

// oddItems are items, each as the lines that stand behind its dash, that are not
// easily told by their lines, or that a YAML library does not write as it read them.
var oddItems = []string{
	"kind: A",
	"kind: A\nmetadata:\n  name: a\n  annotations:\n    config.kubernetes.io/index: '0'\n    internal.config.kubernetes.io/path: 'a.yaml'",
	"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}",
	"kind: A # of a kind\n# about x\nx: 1\n\n# about y\ny:   2",
	"x: |\n  - kind: B\n  # no comment\n\n  items:\n- kind: A",
	"x: |+\n  kept\n\n",
	"x: |+\n  kept\n\n\n# about y\ny: z",
	"x: >-\n  folded\n  - on\n\n    more\nkind: A",
	"x: >+\n  folded\n\n\n",
	"x: |2-\n    indented\n   and not",
	"x: |1\n  one blank",
	"x: \"- kind: B\n  goes on\\\n  \\ten\"\nkind: A",
	"x: 'it''s\n\n  more'",
	"x: \"open\n- kind: B\n\"",
	"x: [1,\n- 2, 3]",
	"x: {a: b,\n  c: [d,\n  e]}\nkind: A",
	"x: words that go\n  on and on\n\n  and on\nkind: A",
	"a: &a {b: c}\nd: *a\nkind: A",
	"a: &a\n  b: c\ne:\n  <<: *a\n  f: g",
	"d: *a",
	"<<: *a\nkind: A",
	"list:\n- x\n- - y\n  - z\n-\n  - kind: B",
	"list:\n  - x\n  -   wide\n  - {kind: B}",
	"? long key\n: value\nkind: A",
	"? - odd\n: kind",
	"\"kind\": \"A\"\n'x': 0o17",
	"x: !!str 5\ny: !mine {a: b}\nz: !!binary aGk=",
	"x:\t1\ny: \"\\t\"",
	"x: a\n\t",
	"x: |\n  \ttab\n  \n  end  ",
	"x: ünï\ny: \"\\u2028\"\nz: 日本",
	"x: \u2028- kind: B",
	"empty:\nnone: ~\nyes: no\nn: 0x1f\nday: 2001-01-01",
	"x: --- a\ny: ...",
	"x: %a",
	"--- a",
	"&b kind: A",
	"&item\nkind: A\nmetadata: {name: a}",
	"!!map\nkind: A",
	"{kind: A, x: [1, 2]}",
	"{kind: A,\nx: 1}",
	"[kind, A]",
	"kind",
	"",
	"- kind: A",
	"|\n  text",
	"# only a comment",
	"# a comment first\nkind: A",
	"kind: A\n# at the end",
	"kind: A\n\n# at the end, apart\n\n",
	"kind: A\n    # far in",
	"x: 1\nx: 2",
	"*a : b",
	"kind: A\nitems:\n- kind: B\n- kind: C",
	"kind: List\napiVersion: v1\nitems: [{kind: A}]",
}

// oddGaps stand between items, and before and behind them.
var oddGaps = []string{"", "", "", "", "\n", "# about the next\n", "# of the one before\n\n", "\n# apart\n\n", "# one\n\n# two\n", "  # far in\n", "      # farther\n", " \n", "\t\n", "\r\n", "#\n", "kind: B\n", "- kind: B\n", "   - kind: B\n"}

var oddHeads = []string{
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
	"# a list\napiVersion: config.kubernetes.io/v1 # so\nkind: ResourceList\n",
	"kind: ResourceList\nfunctionConfig: &f\n  kind: C\n  items:\n  - x\napiVersion: config.kubernetes.io/v1\n",
	"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\ntext: |\n  a\n\n",
	"---\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
	"",
	"apiVersion: config.kubernetes.io/v1\nfunctionConfig: {kind: C, text: \"\nitems:\n\"}\nkind: ResourceList\n",
	"metadata: &a {x: 1}\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
	"&b\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
	"{apiVersion: config.kubernetes.io/v1, kind: ResourceList,\n",
	" apiVersion: config.kubernetes.io/v1\n kind: ResourceList\n",
}

var oddItemsLines = []string{"items:\n", "items:\n", "items:\n", "items: # of all\n", "items:   \n", "items: &i\n", "items:\r\n", "\"items\":\n", "items: []\nitems:\n", "items:#\n"}

var oddTails = []string{
	"", "",
	"functionConfig:\n  kind: C\n",
	"# about c\nfunctionConfig:\n  kind: C # of a kind\n  text: |\n    items: []\n",
	"functionConfig: {kind: C}\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
	"functionConfig: *a\n",
	"functionConfig: {kind: C, spec: *a, more: *b}\n",
	"functionConfig: &a {kind: C, spec: &b {}, more: *a}\n",
	"functionConfig:\n  <<: *a\n  kind: C\n",
	"}\n",
	", functionConfig: {kind: C}}\n",
	"results:\n- message: earlier\n",
	"items:\n- kind: Z\n",
	"...\n",
	"# the end\n",
	"  odd: tail\n",
	"kind: ResourceList\napiVersion: config.kubernetes.io/v1beta1\nresults: []\nmore: 'it''s\n\n  so'\n",
}

// oddList is a list made of odd parts.
func oddList(r *rand.Rand) string {
	pick := func(from []string) string {
		if r.IntN(2) == 0 {
			return from[r.IntN(4)] // the first ones can be cut
		}
		return from[r.IntN(len(from))]
	}
	var text strings.Builder
	text.WriteString(pick(oddHeads) + pick(oddItemsLines))
	indent := pick([]string{"", "", "  ", "    "})
	dash := indent + pick([]string{"- ", "- ", "-   ", "-\n" + indent + "  "})
	for range r.IntN(6) {
		text.WriteString(pick(oddGaps))
		lines := strings.Split(pick(oddItems), "\n")
		for i, line := range lines {
			switch {
			case i == 0:
				text.WriteString(dash + line + "\n")
			case line == "":
				text.WriteString("\n")
			default:
				text.WriteString(strings.Repeat(" ", len(dash[strings.LastIndex(dash, "\n")+1:])) + line + "\n")
			}
		}
	}
	text.WriteString(pick(oddGaps) + pick(oddTails))
	if r.IntN(20) == 0 {
		return strings.ReplaceAll(text.String(), "\n", "\r\n")
	}
	if r.IntN(20) == 0 {
		return strings.TrimSuffix(text.String(), "\n")
	}
	return text.String()
}

// TestWhatIsCutIsTheSameToAHost: whatever the list looks like, what a host reads out of
// the answer is what it reads out of the input: the same values in the same style, with
// aliases for what they stand for. What is handed through has its bytes, comments
// included.
func TestWhatIsCutIsTheSameToAHost(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cuts := 0
	for range 5_000 {
		if sameToAHost(t, oddList(r), r.Uint64()) {
			cuts++
		}
	}
	// Anchors meet their aliases too seldom by chance.
	for _, item := range oddItems {
		for _, head := range oddHeads {
			for _, tail := range oddTails {
				if strings.Contains(item, "&") {
					sameToAHost(t, head+"items:\n- "+strings.ReplaceAll(item, "\n", "\n  ")+"\n- kind: B\n"+tail, 1)
				}
			}
		}
	}
	if cuts < 1_000 {
		t.Errorf("only %d lists were cut", cuts)
	}
	t.Logf("%d lists were cut", cuts)
}

func TestListsThatAreNotCut(t *testing.T) {
	const begin = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	for name, text := range map[string]string{
		"JSON":                               `{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": []}` + "\n",
		"in flow style":                      begin + "items: [{kind: A}]\n",
		"two fields items":                   begin + "items:\n- kind: A\nitems: []\n",
		"the line of items is in a text":     "text: \"\nitems:\n- kind: A\n\"\n" + begin + "items: []\n",
		"a text that goes on":                begin + "items:\n- kind: \"A\n- kind: B\"\n",
		"an alias to another item":           begin + "items:\n- kind: A\n  x: &x y\n- kind: B\n  x: *x\n",
		"another document":                   begin + "items:\n- kind: A\n---\nkind: B\n",
		"the end of a document":              begin + "items:\n- kind: A\n...\n",
		"results, which are added to":        begin + "items:\n- kind: A\nresults:\n- message: earlier\n",
		"no line break at the end":           begin + "items:\n- kind: A",
		"an alias behind the items":          "metadata: &a {x: 1}\n" + begin + "items:\n- kind: A\n  data: &a {y: 2}\nfunctionConfig: {kind: C, spec: *a}\n",
		"an alias behind, to the list":       "&b\n" + begin + "items:\n- &b\n  kind: A\nfunctionConfig: {spec: *b}\n",
		"a merge behind the items":           "metadata: &a {x: 1}\n" + begin + "items:\n- kind: A\n  data: &a {y: 2}\nfunctionConfig:\n  <<: *a\n",
		"a list in flow style":               "{apiVersion: config.kubernetes.io/v1, kind: ResourceList,\nitems:\n- kind: A\n}\n",
		"a list that is not at the margin":   " apiVersion: config.kubernetes.io/v1\n kind: ResourceList\nitems:\n- kind: A\n",
		"another line break, before an item": begin + "items:\n- kind: A\r- kind: B\n",
	} {
		if _, ok, _ := cut(text); ok {
			t.Errorf("%s: it was cut", name)
		}
	}
	for _, chunk := range []string{"- kind: A\n- kind: B\n", "- A\n", "kind: A\n", "- - kind: A\n", "# nothing\n", "- kind: *a\n"} {
		if itemOf(chunk) != nil {
			t.Errorf("%q is an item", chunk)
		}
	}
}

func TestWhatIsCutKeepsItsBytes(t *testing.T) {
	const (
		head  = "# a list\napiVersion: config.kubernetes.io/v1\nkind:   ResourceList\nitems:"
		first = "  # the first\n  - apiVersion: v1\n    kind: A\n    x:   1\n"
		next  = "  # the next\n  - apiVersion: external-secrets.io/v1\n    kind: ExternalSecret\n"
		rest  = "functionConfig: {kind:  C} # theirs\n"
		text  = head + " # all\n" + first + next + rest
	)
	list, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	made := manifest.New(yaml.MustParse("kind: S\ntext: |2\n\n   a\n    b\n"))
	for _, tc := range []struct {
		items   []*manifest.Object
		results []fn.Result
		want    string
	}{
		{nil, nil, head + " [] # all\n" + rest},
		{list.Items, nil, text},
		{list.Items[:1], nil, head + " # all\n" + first + rest},
		{list.Items[1:], []fn.Result{{Message: "a message", Severity: fn.WarningSeverity}}, head + " # all\n" + next + rest + "results:\n- message: a message\n  severity: warning\n"},
		{[]*manifest.Object{list.Items[0], made}, nil, head + " # all\n" + first + "  - kind: S\n    text: |2\n\n       a\n        b\n" + rest},
	} {
		answer, err := list.Answer(tc.items, tc.results)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, string(answer)); diff != "" {
			t.Errorf("-want +written:\n%s", diff)
		}
	}
}

func FuzzCut(f *testing.F) {
	for _, item := range oddItems {
		f.Add(oddHeads[0]+"items:\n- "+strings.ReplaceAll(item, "\n", "\n  ")+"\n- kind: B\n"+oddTails[2], uint64(1))
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 500 {
		f.Add(oddList(r), uint64(i))
	}
	f.Fuzz(func(t *testing.T, text string, choice uint64) { sameToAHost(t, text, choice) })
}

// sameToAHost compares what a host reads out of the input and out of the answer: of all
// items, and of those that are left where some are dropped and one is put in, as choice
// says. There a comment between two items may have gone with the other one. It tells
// whether the list was cut.
func sameToAHost(t *testing.T, text string, choice uint64) (cut bool) {
	t.Helper()
	list, err := Read([]byte(text))
	if err != nil || list.cutting == nil {
		return false
	}
	whole, err := readWhole(normal([]byte(text)))
	if err != nil {
		t.Fatalf("%s\nwas cut, and cannot be read as a whole: %v", text, err)
	}
	if diff := cmp.Diff(expanded(whole.FunctionConfig), expanded(list.FunctionConfig)); diff != "" {
		t.Fatalf("%s\nhas another functionConfig, -whole +cut:\n%s", text, diff)
	}
	was := seenByAHost(t, text)
	if len(list.Items) != len(was) || len(list.Items) != len(whole.Items) {
		t.Fatalf("%s\nwas cut into %d items, and has %d", text, len(list.Items), len(was))
	}
	made := manifest.New(yaml.MustParse("kind: Secret\ntext: \"a\\n\\n  b\\n\"\nlist: [a]\n"))
	var some []*manifest.Object
	var left []*yaml.RNode
	for i, item := range list.Items {
		if diff := cmp.Diff(whole.Items[i].Header(), item.Header()); diff != "" {
			t.Fatalf("%s\nitem %d, -whole +cut:\n%s", text, i, diff)
		}
		if diff := cmp.Diff(shown(t, whole.Items[i].Node()), shown(t, item.Node())); diff != "" {
			t.Fatalf("%s\nitem %d, -whole +cut:\n%s", text, i, diff)
		}
		switch {
		case choice>>(i%64)&1 == 0:
			some, left = append(some, item), append(left, was[i])
		case i == 0:
			some, left = append(some, made), append(left, made.Node())
		}
	}
	for _, tc := range []struct {
		given []*manifest.Object
		want  []*yaml.RNode
	}{{list.Items, was}, {some, left}} {
		answer, err := list.Answer(tc.given, []fn.Result{{Message: "a message", Severity: fn.WarningSeverity}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shown(t, tc.want...), shown(t, seenByAHost(t, string(answer))...)); diff != "" {
			t.Fatalf("%s\nbecame\n%s\nto a host, -before +after:\n%s", text, answer, diff)
		}
		var bytes strings.Builder // of what stands between two that were made
		for _, item := range append(tc.given, made) {
			if item != made {
				bytes.WriteString(item.Text())
			} else if !strings.Contains(string(answer), bytes.String()) || len(tc.given) == len(was) && !strings.Contains(normal([]byte(text)), bytes.String()) {
				t.Fatalf("%s\nbecame\n%s\nwith other bytes", text, answer)
			} else {
				bytes.Reset()
			}
		}
		if _, before := readByKyaml(text); before == nil {
			nodes, after := readByKyaml(string(answer))
			if after != nil || len(nodes) != len(tc.given) {
				t.Fatalf("%s\nbecame\n%s\nof which a function of kyaml's reads %d items: %v", text, answer, len(nodes), after)
			}
		}
		if wrapper := wrapperOf(t, string(answer)); wrapper != wrapperOf(t, text) {
			t.Fatalf("%s\nbecame, around its items:\n%s", text, wrapper)
		}
	}
	return true
}

// seenByAHost is what a YAML library makes of the items of an answer.
func seenByAHost(t *testing.T, answer string) []*yaml.RNode {
	t.Helper()
	items, err := elements(yaml.MustParse(answer), "items")
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// wrapperOf is what stands around the items, but for results and comments.
func wrapperOf(t *testing.T, answer string) string {
	t.Helper()
	list := yaml.MustParse(answer)
	var rest []*yaml.Node
	for pair := range slices.Chunk(list.YNode().Content, 2) {
		if pair[0].Value != "items" && pair[0].Value != "results" {
			rest = append(rest, pair...)
		}
	}
	list.YNode().Content = rest
	return shown(t, yaml.NewRNode(list.YNode()))
}

// shown are items in their order, without comments: to which of two items one between
// them belongs is a matter of taste to YAML libraries.
func shown(t *testing.T, items ...*yaml.RNode) string {
	t.Helper()
	var clear func(n *yaml.Node)
	clear = func(n *yaml.Node) {
		n.HeadComment, n.LineComment, n.FootComment = "", "", ""
		for _, child := range n.Content {
			clear(child)
		}
	}
	var all strings.Builder
	for i, item := range items {
		bare := item.Copy()
		clear(bare.YNode())
		text, err := bare.String()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%d:\n%s%s", i, text, expanded(item))
	}
	return all.String()
}

// expanded is what a node stands for, with aliases written out.
func expanded(node *yaml.RNode) string {
	var all strings.Builder
	var write func(n *yaml.Node, depth int)
	write = func(n *yaml.Node, depth int) {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		fmt.Fprintf(&all, "%d %s %q", n.Kind, n.ShortTag(), n.Value)
		if depth++; depth > 20 { // one that holds itself
			return
		}
		all.WriteString(" [")
		for _, child := range n.Content {
			write(child, depth)
		}
		all.WriteString("]")
	}
	if node != nil {
		write(node.YNode(), 0)
	}
	return all.String()
}

// readByKyaml reads a list as functions and hosts that are built on kyaml do.
func readByKyaml(text string) ([]*yaml.RNode, error) {
	return (&kio.ByteReader{Reader: strings.NewReader(text)}).Read()
}
