package fn

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/manifest"
)

// adds is an ExternalSecret, name, that puts one key into the Secret out.
func adds(name, key, policy string) string {
	return es(name, "target: {name: out, creationPolicy: "+policy+", template: {}}\ndata: [{secretKey: "+key+", remoteRef: {key: app, property: a}}]") + "---\n"
}

func secretOut(body string) string {
	return "apiVersion: v1\nkind: Secret\nmetadata: {name: out}\n" + body + "\n---\n"
}

func TestWhoMakesASecret(t *testing.T) {
	const old = "data: {old: b2xk}"
	was := secretOut("type: kept\n" + old)
	made := func(keys ...string) map[string]string {
		all := map[string]string{}
		for _, key := range keys {
			all[key] = map[bool]string{true: "old", false: value}[key == "old"]
		}
		return all
	}
	const notOurs = `error: ExternalSecret a: spec.target.name: a Secret "out" is among the manifests already, and was not made from this ExternalSecret` +
		"\n  hint: remove that Secret, set another spec.target.name, or add to it with creationPolicy: Merge"
	for _, tc := range []struct {
		name, documents string
		want            map[string]string // data of the Secret out, decoded
		says            string
	}{
		{"Owner", adds("a", "k", "Owner"), made("k"), ""},
		{"Owner, where it is", was + adds("a", "k", "Owner"), nil, notOurs},
		{"Orphan", adds("a", "k", "Orphan"), made("k"), ""},
		{"Orphan, where it is", was + adds("a", "k", "Orphan"), nil, notOurs},
		{"CreateOrMerge", adds("a", "k", "CreateOrMerge"), made("k"), ""},
		{"CreateOrMerge, where it is", was + adds("a", "k", "CreateOrMerge"), made("old", "k"), ""},
		{"Merge, where it is", adds("a", "k", "Merge") + was, made("old", "k"), ""},
		{"Merge of a key that is there", was + adds("a", "old", "Merge"), map[string]string{"old": value}, ""},
		{"Merge", adds("a", "k", "Merge"), nil, `warning: ExternalSecret a: makes no Secret: creationPolicy is Merge, and there is no Secret "out" among the manifests given`},
		{"Merge, of another namespace", strings.Replace(was, "{name: out}", "{name: out, namespace: x}", 1) + adds("a", "k", "Merge"), made("old"),
			`warning: ExternalSecret a: makes no Secret: creationPolicy is Merge, and there is no Secret "out" among the manifests given`},
		{"None", was + adds("a", "k", "None"), made("old"), "warning: ExternalSecret a: makes no Secret: creationPolicy is None"},
		{"None, beside an owner", adds("a", "k", "None") + adds("b", "l", "Owner"), made("l"), "warning: ExternalSecret a: makes no Secret: creationPolicy is None"},
		{"two owners", adds("a", "k", "Owner") + adds("b", "l", "Orphan"), nil,
			`error: ExternalSecret b: spec.target.name: ExternalSecret a makes the Secret "out", too` + "\n  hint: give one of the two another spec.target.name"},
		{"an owner and two that add", adds("a", "k", "Merge") + adds("b", "l", "CreateOrMerge") + adds("c", "m", "Owner"), made("k", "l", "m"), ""},
		{"two that add", was + adds("a", "k", "Merge") + adds("b", "l", "Merge"), made("old", "k", "l"), ""},
		{"two that create", adds("a", "k", "CreateOrMerge") + adds("b", "l", "CreateOrMerge"), made("k", "l"), ""},
		{"one key of two", adds("a", "k", "Merge") + adds("b", "k", "Owner"), nil,
			`error: ExternalSecret a: spec.target: ExternalSecret b puts the key "k" into the Secret "out", too` + "\n  hint: give one of the two another key"},
		{"Merge, into one that bears its mark", strings.Replace(was, "{name: out}", "{name: out, annotations: {esfn.krm/external-secret: a}}", 1) + adds("a", "k", "Merge"), made("old", "k"), ""},
		{"two Secrets to add to", was + was + adds("a", "k", "Merge"), nil,
			`error: ExternalSecret a: spec.target.name: two Secrets "out" are among the manifests` + "\n  hint: remove one of them"},
		{"one that cannot be added to", secretOut("data: x") + adds("c", "k", "Merge"), nil,
			`error: ExternalSecret c: spec.target: the Secret "out" cannot be added to: its data is no map` + "\n  hint: write it out in full"},
		{"one with a merge, which would win", secretOut("stringData: {<<: {k: x}}") + adds("c", "k", "Merge"), nil,
			`error: ExternalSecret c: spec.target: the Secret "out" cannot be added to: it has anchors, aliases or a field twice` + "\n  hint: write it out in full"},
		{"one with anchors, and what else is wrong", strings.Replace(was, "{name: out}", "{name: out, labels: &a {x: z}, annotations: *a}", 1) + adds("a", "k", "Merge") +
			es("b", "data: [{secretKey: k, remoteRef: {key: gone}}]"), nil,
			`error: ExternalSecret a: spec.target: the Secret "out" cannot be added to: it has anchors, aliases or a field twice` + "\n  hint: write it out in full\n" +
				"error: ExternalSecret b: spec.data[0].remoteRef.key: no secret at kv/data/gone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := Input{Items: items(t, vaultStore+strings.TrimSuffix(tc.documents, "---\n"))}
			before := written(t, in.Items)
			out, problems := Run(context.Background(), in, &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}})
			if diff := cmp.Diff(tc.want, dataOf(t, out.Items, "out")); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, written(t, in.Items)); diff != "" {
				t.Errorf("the input was changed:\n%s", diff)
			}
		})
	}
}

func TestASecretThatIsAddedToStaysAsItIsWritten(t *testing.T) {
	const add = "target: {name: out, creationPolicy: Merge}\ndata: [{secretKey: k, remoteRef: {key: app, property: a}}, {secretKey: a, remoteRef: {key: app, property: a}}]"
	const all = "target: {name: out, creationPolicy: CreateOrMerge, immutable: true, template: {type: t, mergePolicy: Merge, metadata: {labels: {x: new, l: m}, annotations: {note: m}, finalizers: [f, g]}}}\n" +
		"data: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	for _, tc := range []struct{ name, spec, was, want string }{
		{"order, comments and what else it has", add, `# of the Secret
apiVersion: v1
kind: Secret
type: kept # of the type
metadata:
  name: out
  x: y
data:
  # above z
  z: b2xk # behind z
  # above k
  k: b2xk # behind k
  b: b2xk
mine: {} # of mine
`, `# of the Secret
apiVersion: v1
kind: Secret
type: kept # of the type
metadata:
  name: out
  x: y
data:
  # above z
  z: b2xk # behind z
  # above k
  k: bWFkZS11cA== # behind k
  b: b2xk
  a: bWFkZS11cA==
mine: {} # of mine
`},
		{"without data", add, `apiVersion: v1
kind: Secret
metadata: {name: out}
data:
`, `apiVersion: v1
kind: Secret
metadata: {name: out}
data:
  a: bWFkZS11cA==
  k: bWFkZS11cA==
type: Opaque
`},
		{"stringData, which would win", add, `apiVersion: v1
kind: Secret
metadata: {name: out}
stringData:
  a: old
  b: old # stays
  k: old
`, `apiVersion: v1
kind: Secret
metadata: {name: out}
stringData:
  b: old # stays
data:
  a: bWFkZS11cA==
  k: bWFkZS11cA==
type: Opaque
`},
		{"stringData of which nothing is left", add, `apiVersion: v1
kind: Secret
metadata: {name: out}
type: Opaque
stringData: {a: old, k: old}
data: {a: b2xk}
`, `apiVersion: v1
kind: Secret
metadata: {name: out}
type: Opaque
data: {a: bWFkZS11cA==, k: bWFkZS11cA==}
`},
		{"metadata, type and immutable", all, `apiVersion: v1
kind: Secret
metadata:
  name: out
  labels: {x: old, y: old}
  finalizers:
  - g
  - h
type: Opaque # not for long
immutable: false
`, `apiVersion: v1
kind: Secret
metadata:
  name: out
  labels: {l: m, x: new, y: old}
  finalizers:
  - g
  - h
  - f
  annotations:
    note: m
type: t # not for long
immutable: true
data:
  k: bWFkZS11cA==
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, problems := rendered(t, Input{Items: items(t, tc.was+"---\n"+vaultStore+es("db", tc.spec))})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got, _, _ = strings.Cut(got, "---\n")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Secret (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatSeveralPutIntoANewSecretIsOrderedAsWhatOneDoes(t *testing.T) {
	spec := func(target, b, a string) string {
		read := ", remoteRef: {key: app, property: a}}"
		return "target: {name: out, " + target + "}\ndata: [{secretKey: " + b + read + ", {secretKey: " + a + read + "]"
	}
	one := es("z", spec("creationPolicy: CreateOrMerge, template: {mergePolicy: Merge, metadata: {labels: {c: d}}, data: {x: ''}}", "d", "b")) + "---\n"
	two := withMetadata("{name: a, labels: {a: b}}", spec("creationPolicy: Merge", "c", "a"))
	const want = `apiVersion: v1
kind: Secret
metadata:
  name: out
  labels:
    a: b
    c: d
type: Opaque
data:
  a: bWFkZS11cA==
  b: bWFkZS11cA==
  c: bWFkZS11cA==
  d: bWFkZS11cA==
  x: ""
`
	got, _, problems := rendered(t, Input{Items: items(t, vaultStore+one+two)})
	if _, got, _ = strings.Cut(got, "---\n"); got != want || len(problems) > 0 {
		t.Errorf("got %v\n%s", problems, got)
	}
}

// names gives kind/name of all items, in their order.
func names(objects []*manifest.Object) string {
	var all []string
	for _, o := range objects {
		all = append(all, o.Header().Kind+"/"+o.Header().Name)
	}
	return strings.Join(all, " ")
}

func TestWhereASecretStands(t *testing.T) {
	a := func(name string) string { return "kind: A\nmetadata: {name: " + name + "}\n---\n" }
	for _, tc := range []struct{ name, documents, want string }{
		{"where its owner stood", a("1") + adds("x", "k", "Merge") + a("2") + adds("q", "l", "CreateOrMerge") + a("3") + adds("z", "m", "Owner") + a("4"), "A/1 A/2 A/3 Secret/out A/4"},
		{"where it stood", a("1") + adds("x", "k", "Merge") + a("2") + secretOut("data: {}") + a("3") + adds("q", "l", "CreateOrMerge"), "A/1 A/2 Secret/out A/3"},
		{"where the first who creates it stood", a("1") + adds("x", "k", "CreateOrMerge") + a("2") + adds("q", "l", "CreateOrMerge"), "A/1 Secret/out A/2"},
		{"nowhere", a("1") + adds("x", "k", "Merge") + a("2"), "A/1 A/2"},
	} {
		out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+strings.TrimSuffix(tc.documents, "---\n"))}, &fake{secrets: map[string]string{"app": `{"a":"x"}`}})
		if got := strings.TrimPrefix(names(out.Items), "Secret/login "); got != tc.want || len(problems) > 0 {
			t.Errorf("%s: got %s, %v", tc.name, got, problems)
		}
	}
}

// placed gives every document a path, as kpt does.
func placed(documents string) string {
	return strings.ReplaceAll(documents, "metadata: {name: ", "metadata: {annotations: {config.kubernetes.io/path: p.yaml}, name: ")
}

func TestASecondRunOfKptChangesNothing(t *testing.T) {
	const folder = "warning: kpt writes the rendered Secrets into the package, below .rendered-secrets/\n  hint: keep that folder out of Git, or render with -o unwrap"
	const file = "warning: Secret out: kpt writes the values that are added to it into its file\n  file: p.yaml\n  hint: keep that file out of Git, or render with -o unwrap"
	for _, tc := range []struct{ name, documents, says string }{
		{"an owner and one that adds", adds("a", "k", "Owner") + adds("b", "l", "Merge"), folder},
		{"one that creates", adds("a", "k", "CreateOrMerge"), folder},
		{"two that create", adds("a", "k", "CreateOrMerge") + adds("b", "l", "CreateOrMerge"), folder},
		{"one that adds", secretOut("stringData: {old: x, k: y}") + adds("a", "k", "Merge"), file},
		{"one that adds to nothing", adds("a", "k", "Merge"), `warning: ExternalSecret a: makes no Secret: creationPolicy is Merge, and there is no Secret "out" among the manifests given` + "\n  file: p.yaml"},
		{"one that makes none", adds("a", "k", "None"), "warning: ExternalSecret a: makes no Secret: creationPolicy is None\n  file: p.yaml"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			first, out, problems := rendered(t, Input{Items: items(t, placed(vaultStore+strings.TrimSuffix(tc.documents, "---\n")))})
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			second, out, problems := rendered(t, Input{Items: items(t, first)})
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said the second time (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("the second run differs:\n%s", diff)
			}
		})
	}
}

// TestASecretOfAnEarlierRunStaysWhereESOLeavesIt has an ExternalSecret that finds
// nothing any more.
func TestASecretOfAnEarlierRunStaysWhereESOLeavesIt(t *testing.T) {
	const earlier = "apiVersion: v1\nkind: Secret\nmetadata: {name: out, annotations: {esfn.krm/external-secret: a}}\ndata: {old: b2xk}\n---\n"
	const none = "warning: ExternalSecret a: makes no Secret: there is nothing to put into it"
	const stays = "\nwarning: Secret out: stays as an earlier run made it: deletionPolicy is Retain\n  hint: set deletionPolicy: Delete to have it removed"
	finds := func(policies string) string {
		return es("a", "target: {name: out, "+policies+"}\ndataFrom: [{find: {name: {regexp: nope}}}]") + "---\n"
	}
	for _, tc := range []struct {
		name, documents string
		want            map[string]string
		says            string
	}{
		{"Retain", finds(""), map[string]string{"old": "old"}, none + stays},
		{"Retain, and one adds to it", finds("") + adds("b", "k", "Merge"), map[string]string{"old": "old", "k": "made-up"}, none + stays},
		{"Retain, and there is none", strings.ReplaceAll(finds(""), "out", "other"), map[string]string{"old": "old"},
			none + "\n" + `warning: Secret out: was made from the ExternalSecret "a", and nothing makes it now` + "\n  hint: delete it if it is not needed"},
		{"Delete", finds("deletionPolicy: Delete"), nil, none},
		{"Merge", finds("deletionPolicy: Merge"), map[string]string{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, out, problems := rendered(t, Input{Items: items(t, vaultStore+earlier+strings.TrimSuffix(tc.documents, "---\n"))})
			if diff := cmp.Diff(tc.want, dataOf(t, out.Items, "out")); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}
