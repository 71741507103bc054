package fn

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/api"
)

// TestValuesAreNoMoreThanTheyMay: those that entries bring, and those that go into
// Secrets, whatever a template makes of few.
func TestValuesAreNoMoreThanTheyMay(t *testing.T) {
	source := &fake{secrets: map[string]string{"app": `{"v":"` + strings.Repeat("x", 1000) + `"}`}}
	const once = "data: [{secretKey: v, remoteRef: {key: app, property: v}}]"
	const hint = "\n  hint: render fewer ExternalSecrets at a time; with the memory for it, ESFN_MAX_VALUES=%s takes more"
	const twice = "data: [{secretKey: v, remoteRef: {key: app, property: v}}, {secretKey: w, remoteRef: {key: app, property: v}}]"
	const made = "target: {template: {data: {a: '{{ .v }}{{ .v }}{{ .v }}'}}}\n" + once
	for _, tc := range []struct {
		name, documents string
		most            Bytes
		says            string
	}{
		{"as many", es("a", once) + "---\n" + es("b", once), 2000, ""},
		{"too many are brought", es("a", once) + "---\n" + es("b", twice), 2999,
			"error: ExternalSecret b: spec.data[1]: with what it has, the entries of this run hold more than 2999 bytes together" + fmt.Sprintf(hint, "5998")},
		{"as many are made", es("a", made) + "---\n" + es("b", once), 4000, ""},
		{"too many are made", es("a", made) + "---\n" + es("b", once), 3999,
			"error: ExternalSecret b: with what it has, the Secrets of this run hold more than 3999 bytes together" + fmt.Sprintf(hint, "7998")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, problems := Run(t.Context(), Input{Items: items(t, vaultStore+tc.documents), MaxValues: tc.most}, source)
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if tc.says != "" && len(out.Items) > 0 {
				t.Error("something came out")
			}
		})
	}
}

func TestTheValuesOfARunWithoutASetting(t *testing.T) {
	if most := (&Input{}).amount().most; most != 128<<20 {
		t.Errorf("%s", most)
	}
}

// TestExternalSecretsAreMadeInNoMoreNamespacesThanTheyMay: a few ClusterExternalSecrets
// over a few hundred Namespaces are many.
func TestExternalSecretsAreMadeInNoMoreNamespacesThanTheyMay(t *testing.T) {
	for each, says := range map[int]string{
		maxExpanded / 10: "",
		maxExpanded/10 + 1: "error: ClusterExternalSecret c9: spec: with it, more than 100000 ExternalSecrets are made from ClusterExternalSecrets" +
			"\n  hint: render fewer of them at a time, or for fewer namespaces",
	} {
		namespaces := strings.Join(numbered("n%d", each), ", ")
		documents := ""
		for i := range 10 {
			documents += "---\napiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: c" + fmt.Sprint(i) + "}\nspec:\n  namespaces: [" + namespaces +
				"]\n  externalSecretSpec:\n    target: {creationPolicy: None}\n    data: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: none}}}]\n"
		}
		v, problems := view(Input{Items: items(t, documents)}, sourcesOfItems(t, documents), operatorView{})
		if diff := cmp.Diff(says, problems.Error()); diff != "" {
			t.Errorf("%d: %s", each, diff)
		}
		if len(v.externalSecrets) != maxExpanded {
			t.Errorf("%d: %d ExternalSecrets", each, len(v.externalSecrets))
		}
	}
}

func sourcesOfItems(t *testing.T, documents string) sources {
	t.Helper()
	in := Input{Items: items(t, documents)}
	spec, problems := configure(in)
	from, found := sourcesOf(in, spec)
	if len(problems)+len(found) > 0 {
		t.Fatal(problems, found)
	}
	return from
}

// TestTemplatesTakeNoMoreThanTheyMay: those with the same text count once.
func TestTemplatesTakeNoMoreThanTheyMay(t *testing.T) {
	var p parsing
	text := func(i int) string { return fmt.Sprint(i) + strings.Repeat("{{.}}", 200_000) }
	size := Bytes(len(text(1)) + 256*200_000)
	for i := range int(maxTemplates/size) * 3 {
		if _, err := p.parse(text(1 + i/3)); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	const says = "with it, the templates of this run are too many, or too long: render fewer ExternalSecrets at a time"
	if _, err := p.parse(text(9)); err == nil || err.Error() != says {
		t.Errorf("got %v", err)
	}
	if _, err := p.parse(text(1)); err != nil {
		t.Error(err)
	}
}

func TestEntriesAreNoMoreThanTheyMay(t *testing.T) {
	v := &packageView{}
	for _, name := range []string{"a", "b"} {
		one := &externalSecret{item: &item{Resource: Resource{Kind: "ExternalSecret", Name: name}}}
		one.Spec.DataFrom = make([]api.DataFromEntry, maxEntries/2)
		v.externalSecrets = append(v.externalSecrets, one)
	}
	if _, problems := v.plan(nil); len(problems) > 0 {
		t.Fatal(problems.Error())
	}
	v.externalSecrets[1].Spec.DataFrom = make([]api.DataFromEntry, maxEntries/2+1)
	_, problems := v.plan(nil)
	const want = "error: ExternalSecret b: spec: with it, the ExternalSecrets of this run have more than 1000000 entries\n  hint: render fewer at a time"
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestANameInAFolderIsNoLongerThanItMay(t *testing.T) {
	for _, length := range []int{longestName, longestName + 1} {
		source := &fake{secrets: map[string]string{strings.Repeat("n", length): `{}`}}
		_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {name: {regexp: ^none$}}}]"))}, source)
		if said := strings.Contains(problems.Error(), "is, with its folders, longer than 4096 bytes"); said != (length > longestName) {
			t.Errorf("%d: %v", length, problems)
		}
	}
}

// bottomless is a source whose every folder has the same folders.
type bottomless struct{ *fake }

func (bottomless) Read(_ context.Context, ref Ref) (Answer, error) {
	return Answer{Names: []string{"a/", "b/", "c"}, Path: "kv/metadata/" + ref.Key}, nil
}

// TestAFindWithoutAnEndSaysOneThing, and the same in every run, whoever was quicker.
func TestAFindWithoutAnEndSaysOneThing(t *testing.T) {
	for range 5 {
		_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {name: {regexp: ^none$}}}]"))}, bottomless{&fake{}})
		const want = "error: spec.dataFrom[0].find: there are more than 100000 secrets and folders to look at, or a name is, with its folders, longer than 4096 bytes\n  hint: find in a deeper folder, by find.path"
		if diff := cmp.Diff(want, said(t, Output{}, problems)); diff != "" {
			t.Errorf("%.1000s", diff)
		}
	}
}

func TestSizesInWords(t *testing.T) {
	for size, want := range map[Bytes][2]string{
		1: {"1 bytes", "1"}, 1000: {"1000 bytes", "1000"}, 1024: {"1 KiB", "1Ki"}, 1025: {"1025 bytes", "1025"},
		8 << 20: {"8 MiB", "8Mi"}, 1536 << 20: {"1536 MiB", "1536Mi"}, 2 << 30: {"2 GiB", "2Gi"},
	} {
		if got := [2]string{size.String(), size.Setting()}; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}
