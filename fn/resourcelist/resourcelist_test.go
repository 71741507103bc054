package resourcelist

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
)

func TestWhatIsReadIsWrittenBackAsItWas(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"plain documents with comments", "# about a\nkind: A # the kind\nlist:\n- x\n- 'y'\n---\n# about b\nkind: B\ntext: |\n  one\n  two\n"},
		{"plain documents, however they are written", "\nkind:   A\n\nlist:\n    -   x\nfolded: >+\n  trailing  \n\n\n---\nkind: B\nanchor: &a [ 1,2 ]\nalias: *a\nempty: {metadata: {annotations: {}}}\n"},
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
`},
		{"an older ResourceList", "apiVersion: config.kubernetes.io/v1alpha1\nkind: ResourceList\nitems: []\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := Read([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := list.Answer(list.Items, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.text, string(got)); diff != "" {
				t.Errorf("-read +written:\n%s", diff)
			}
		})
	}
}

func TestHostAnnotationsLeavePlainDocuments(t *testing.T) {
	list, err := Read([]byte("kind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/index: '0'\n    config.kubernetes.io/local-config: 'true'\n    mine: x\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := list.Answer(list.Items, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "kind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/local-config: 'true'\n    mine: x\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestAListIsTakenApart(t *testing.T) {
	list, err := Read([]byte("apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n---\nkind: C\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := list.Answer(list.Items, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("kind: A\n---\nkind: B\n---\nkind: C\n", string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestNoDocumentIsLost has documents that are separated or ended in other ways,
// and one that is written anew, since a line break at its end would change it.
func TestNoDocumentIsLost(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"ended by dots", "kind: A\n...\n---\nkind: B\n", "kind: A\n...\n---\nkind: B\n"},
		{"begun behind the separator", "--- {kind: A}\n---\nkind: B\n", "--- {kind: A}\n---\nkind: B\n"},
		{"no line break at the end", "kind: A\ntext: |+\n  x", "kind: A\ntext: |-\n  x\n"},
		{"empty ones between", "---\n---\nkind: A\n---\n# nothing\n---\nnull\n", "kind: A\n"},
	} {
		list, err := Read([]byte(tc.text))
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		got, err := list.Answer(list.Items, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, string(got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, diff)
		}
	}
}

func TestResultsComeAfterThoseThatWereThere(t *testing.T) {
	list, err := Read([]byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nresults:\n- message: earlier\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := list.Answer(list.Items, framework.Results{{Message: "later", Severity: framework.Error}})
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
		{"not YAML", "a: 1\n---\nb: [\n", "line 3: not YAML: did not find expected node content"},
		{"a document behind dots alone", "kind: A\n...\nkind: B\n", "line 2: not YAML: did not find expected <document start>"},
		{"text", "a: 1\n---\nhello\n", "line 3: not a Kubernetes object"},
		{"a bare list", "- a\n- b\n", "line 1: not a Kubernetes object"},
		{"a ResourceList of another group", "apiVersion: v1\nkind: ResourceList\nitems: []\n", `a ResourceList of apiVersion "v1"`},
		{"a ResourceList among documents", "kind: A\n---\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n", "document 2: a ResourceList has to come alone"},
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
	for name, text := range map[string]string{"a.yaml": "kind: A", "empty.yaml": "# nothing\n"} {
		if err := list.AddFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := list.AddFile("b.yaml", []byte("kind: B\n---\nkind: C")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.yaml", "b.yaml", "b.yaml"}, list.Files); diff != "" {
		t.Error(diff)
	}
}
