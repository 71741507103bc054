package resourcelist

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
)

// answered reads a text and writes it back, without the items of those indexes.
func answered(t *testing.T, text string, dropped ...int) string {
	t.Helper()
	list, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var items []*manifest.Object
	for i, item := range list.Items {
		if len(dropped) == 0 || dropped[0] != i {
			items = append(items, item)
		}
	}
	got, err := list.Answer(items, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestWhatIsReadIsWrittenBackAsItWas(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"plain documents with comments", "# about a\napiVersion: v1\nkind: A # the kind\nlist:\n- x\n- 'y'\n---\n# about b\napiVersion: v1\nkind: B\ntext: |\n  one\n  two\n"},
		{"plain documents, however they are written", "\napiVersion: v1\nkind:   A\n\nlist:\n    -   x\nfolded: >+\n  trailing  \n\n\n---\napiVersion: v1\nkind: B\nanchor: &a [ 1,2 ]\nalias: *a\nb: &b {}\nmerged: {<<: *b, x: \"\\u00e9\"}\nempty: {metadata: {annotations: {}}}\n"},
		{"plain documents with odd metadata", "apiVersion: v1\nkind: A\nmetadata: foo\n---\napiVersion: v1\nkind: B\nmetadata: {annotations: [a]}\n"},
		{"annotations of a host that came by an alias", "apiVersion: v1\nx: &x {annotations: {config.kubernetes.io/index: \"0\"}}\nkind: B\nmetadata: *x\n"},
		{"JSON", `{"apiVersion": "v1", "kind": "A", "text": "\/ \ud83d\ude00"}` + "\n"},
		{"ended by dots", "apiVersion: v1\nkind: A\n...\n---\napiVersion: v1\nkind: B\n"},
		{"begun behind the separator", "--- {apiVersion: v1, kind: A}\n---\napiVersion: v1\nkind: B\n"},
		{"a ResourceList", `# a list
apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  kind: C
items:
# about a
- kind: A
  metadata:
    name: a
    annotations:
      config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'a.yaml'
- kind: B # the kind
  on: "yes"
  base: &b
    x: 1
  more:
    <<: *b
- odd: [things]
- kind: C
  metadata: foo
`},
		{"a ResourceList in between", "apiVersion: config.kubernetes.io/v1beta1\nkind: ResourceList\nitems: []\n"},
		{"an older ResourceList", "apiVersion: config.kubernetes.io/v1alpha1\nkind: ResourceList\nitems: []\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.text, answered(t, tc.text)); diff != "" {
				t.Errorf("-read +written:\n%s", diff)
			}
		})
	}
}

func TestWhatIsWrittenAnew(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"hosts' bookkeeping goes, what tools act on stays",
			"apiVersion: v1\nkind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/index: '0'\n    internal.config.kubernetes.io/path: a\n    config.kubernetes.io/local-config: 'true'\n    config.kubernetes.io/depends-on: x\n    kustomize.config.k8s.io/needs-hash: 'true'\n    mine: x\n",
			"apiVersion: v1\nkind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/local-config: 'true'\n    config.kubernetes.io/depends-on: x\n    kustomize.config.k8s.io/needs-hash: 'true'\n    mine: x\n"},
		{"a list is taken apart", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A}\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: B}\n---\napiVersion: v1\nkind: C\n",
			"{apiVersion: v1, kind: A}\n---\n{apiVersion: v1, kind: B}\n---\napiVersion: v1\nkind: C\n"},
		{"a list of ExternalSecrets, too", "apiVersion: external-secrets.io/v1\nkind: ExternalSecretList\nitems:\n- {apiVersion: external-secrets.io/v1, kind: ExternalSecret}\n",
			"{apiVersion: external-secrets.io/v1, kind: ExternalSecret}\n"},
		{"another group's list is its own business", "apiVersion: x/v1\nkind: AList\nitems:\n- kind: A\n", "apiVersion: x/v1\nkind: AList\nitems:\n- kind: A\n"},
		{"an anchor that comes to stand in another document", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, l: &l {a: b}}\n- {apiVersion: v1, kind: B, l: *l, m: *l}\n",
			"{apiVersion: v1, kind: A, l: &l {a: b}}\n---\n{apiVersion: v1, kind: B, l: {a: b}, m: {a: b}}\n"},
		{"nothing, where that would become an empty text", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, a: , b: [{c: }], d, e: &e , f: *e, ? }\n- apiVersion: v1\n  kind: B\n  a:\n  ? \n  : x\n  b: *e\n",
			"{apiVersion: v1, kind: A, a: null, b: [{c: null}], d: null, e: &e null, f: *e, null: null}\n---\napiVersion: v1\nkind: B\na:\nnull: x\nb: null\n"},
		{"a folded text that comes to stand in another document", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  t: &t >+\n    x\n\n\n- apiVersion: v1\n  kind: B\n  t: *t\n",
			"apiVersion: v1\nkind: A\nt: &t |+\n  x\n\n\n---\napiVersion: v1\nkind: B\nt: |+\n  x\n\n\n"},
		{"JSON objects, one after the other", `{"apiVersion":"v1","kind":"A","s":"\/\ud83d\ude00","n":[1,2.50,true,null,"1","yes"]}{"apiVersion":"v1",` + "\n" + `"kind":"B"}`,
			"apiVersion: v1\nkind: A\ns: \"/\\U0001F600\"\n\"n\":\n- 1\n- 2.50\n- true\n- null\n- \"1\"\n- \"yes\"\n---\napiVersion: v1\nkind: B\n"},
		{"esfn's own configuration is no manifest", "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\n---\napiVersion: v1\nkind: A\n", "apiVersion: v1\nkind: A\n"},
		{"a directive", "%YAML 1.1\n---\napiVersion: v1\nkind: A\n", "apiVersion: v1\nkind: A\n"},
		{"no line break at the end", "apiVersion: v1\nkind: A\ntext: |+\n  x", "apiVersion: v1\nkind: A\ntext: |-\n  x\n"},
		{"empty documents", "---\n---\napiVersion: v1\nkind: A\n---\n# nothing\n---\nnull\n", "apiVersion: v1\nkind: A\n"},
		{"Windows' line breaks, and a byte order mark", "\ufeffapiVersion: v1\r\nkind: A\r\n", "apiVersion: v1\nkind: A\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, answered(t, tc.text)); diff != "" {
				t.Errorf("-want +written:\n%s", diff)
			}
		})
	}
}

func TestAnAnchorInAnItemThatIsDropped(t *testing.T) {
	const text = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- kind: A
  labels: &l
    a: b
- kind: B
  labels: *l
- kind: C
  labels: *l
- *l
`
	const want = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- kind: B
  labels:
    a: b
- kind: C
  labels:
    a: b
- &l
  a: b
`
	if diff := cmp.Diff(want, answered(t, text, 0)); diff != "" {
		t.Errorf("-want +written:\n%s", diff)
	}
}

func TestAliasesThatStandForTooMuchAreNotWrittenOut(t *testing.T) {
	text := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: A\n  a0: &a0 [x, x]\n"
	for i := 1; i <= 16; i++ {
		text += fmt.Sprintf("  a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	text += "- kind: B\n  all: *a16\n"
	list, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := list.Answer(list.Items[1:], nil); err == nil || !strings.Contains(err.Error(), "too much") {
		t.Errorf("got %v", err)
	}
}

func TestListsThatNeverEnd(t *testing.T) {
	deep := strings.Repeat("[", 1_000_000)
	for name, text := range map[string]string{
		"a list in itself": "apiVersion: v1\nkind: List\nitems: &x [{apiVersion: v1, kind: List, items: *x}]\n",
		"lists of lists":   nestedLists(9),
		"deep JSON":        `{"apiVersion":"v1","kind":"A","x":` + deep,
	} {
		if _, err := Read([]byte(text)); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

// nestedLists are lists of ten lists of ten lists, so many deep.
func nestedLists(depth int) string {
	text := "apiVersion: v1\nkind: List\nx0: &x0 {apiVersion: v1, kind: A}\n"
	for i := 1; i <= depth; i++ {
		text += fmt.Sprintf("x%d: &x%d {apiVersion: v1, kind: List, items: [%s]}\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i-1), 10), ", "))
	}
	return text + fmt.Sprintf("items: [*x%d]\n", depth)
}

func TestResultsComeAfterThoseThatWereThere(t *testing.T) {
	list, err := Read([]byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nresults:\n- message: earlier\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := list.Answer(list.Items, []fn.Result{{Message: "later", Severity: fn.ErrorSeverity}})
	if err != nil {
		t.Fatal(err)
	}
	const want = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nresults:\n- message: earlier\n- message: later\n  severity: error\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestInputThatIsNone(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", "", "no manifests in it"},
		{"only comments", "# nothing\n---\n# here\n", "no manifests in it"},
		{"an empty list", "apiVersion: v1\nkind: List\nitems: []\n", "no manifests in it"},
		{"not YAML", "apiVersion: v1\nkind: A\n---\nb: [\n", "line 4: not YAML: did not find expected node content"},
		{"not YAML on a document's first line", "apiVersion: v1\nkind: A\n---\na: b: c\n", "line 4: not YAML: mapping values are not allowed in this context"},
		{"an anchor that is none", "apiVersion: v1\nkind: A\ndata: *made-up\n", "line 1: not YAML: an alias (*) refers to no anchor"},
		{"a document behind dots alone", "apiVersion: v1\nkind: A\n...\nkind: B\n", "line 3: not YAML: did not find expected <document start>"},
		{"text", "apiVersion: v1\nkind: A\n---\nhello\n", "line 4: not a Kubernetes object"},
		{"text that is a map by accident", "Error: INSTALLATION FAILED\n", "line 1: not a Kubernetes object: it has no apiVersion and kind"},
		{"a template", "# a chart's\n\n{{ .Values }}\n", "line 3: not a Kubernetes object"},
		{"a bare list", "- a\n- b\n", "line 1: not a Kubernetes object"},
		{"what is no object in a list", "apiVersion: v1\nkind: List\nitems: [a]\n", "line 1: not a Kubernetes object"},
		{"a ResourceList of another group", "apiVersion: v1\nkind: ResourceList\nitems: []\n", `a ResourceList of apiVersion "v1"`},
		{"a ResourceList among documents", "apiVersion: v1\nkind: A\n---\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n", "line 4: a ResourceList has to come alone"},
		{"items that are no objects", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [{kind: A}, x]\n", "items[1] is no object"},
		{"two functionConfigs", strings.Repeat("apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\n---\n", 2), "line 4: a second RenderExternalSecrets"},
		{"items that are none", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: {a: b}\n", "items is not a list"},
	} {
		_, err := Read([]byte(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
	if _, err := Read(nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

func TestFilesAreParsedOnTheirOwn(t *testing.T) {
	list := &List{}
	for _, file := range []struct{ name, text string }{
		{"a.yaml", "apiVersion: v1\nkind: A"},
		{"empty.yaml", "# nothing\n"},
		{"b.yaml", "apiVersion: v1\nkind: B\n---\napiVersion: v1\nkind: C"},
	} {
		if err := list.AddFile(file.name, []byte(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	want := []fn.Place{{File: "a.yaml", Line: 1}, {File: "b.yaml", Line: 1}, {File: "b.yaml", Line: 4}}
	if diff := cmp.Diff(want, list.Places); diff != "" {
		t.Error(diff)
	}
}

// TestFoldedTextsSurvive: the encoder makes more line breaks of some.
func TestFoldedTextsSurvive(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                    "a: >\n      one\n      two\n",
		"breaks at its end":        "a: >+\n      one\n\n",
		"more of them":             "a: >+\n      one\n\n\n",
		"indented further":         "a: >\n      one\n        two\n      three\n",
		"breaks before the indent": "a: >\n      one\n\n        two\n",
		"anchored":                 "a: &x >+\n      one\n\n    b: *x\n",
	} {
		t.Run(name, func(t *testing.T) {
			list, err := Read([]byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nresults: []\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data:\n    " + text +
				"functionConfig:\n  data:\n    " + text))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := list.Answer(list.Items, nil)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(answer)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"a", "b"} {
				want, got := list.Items[0].Node().GetDataMap()[key], again.Items[0].Node().GetDataMap()[key]
				if want != got || key == "a" && want == "" {
					t.Errorf("%s: want %q, got %q", key, want, got)
				}
				if got := again.FunctionConfig.GetDataMap()[key]; got != want {
					t.Errorf("%s of the functionConfig: want %q, got %q", key, want, got)
				}
			}
		})
	}
}
