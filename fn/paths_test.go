package fn

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestAPathMakesNoMoreThanItMay: what gjson makes is measured, and is never more than
// what was expected.
func TestAPathMakesNoMoreThanItMay(t *testing.T) {
	long := strings.Repeat("7", 200)
	deep := strings.Repeat(`{"a":[`, 100) + `1,2,3` + strings.Repeat(`]}`, 100)
	for _, text := range []string{
		deep,
		`{"` + strings.Repeat("k", 2000) + `":[1,2,3,4,5,6,7,8,9]}`,
		`{"a":"` + strings.Repeat(`\"\\<`, 500) + `"}`,
		`{"a":[` + strings.Repeat(`{"a":1},`, 200) + `1]}`,
		`{"a":[` + strings.Repeat(`0,`, 2000) + `0]}`,
		`{"a":[` + strings.Repeat(`[],`, 2000) + `[[0,0],[0]]]}`,
		`{"a":"[` + strings.Repeat(`0,`, 2000) + `0]"}`,
		`{"a":"` + strings.Repeat(`[`, 2000) + strings.Repeat(`]`, 2000) + `"}`,
		`{"a":"\"` + strings.Repeat(`\\u005b`, 1000) + strings.Repeat(`\\u005d`, 1000) + `\""}`,
	} {
		for _, path := range []string{
			"a", "@this", "@pretty", "@ugly", "@tostr", "@tostr|@tostr|@tostr", "@group", "@dig:a", "@values", "@keys", "@join", "@flatten",
			`@pretty:{"indent":"          "}`, `[@this,@this,@this]|[@this,@this]`, `{"a":@this,"b":@this}`, "[a,a,a,a,a]", "@pretty|@tostr", "[@group,@group]",
			`!"` + long + `"`, `a.#.!"` + long + `"`, `a.#.{"` + long + `":@this}`, `{"` + long + `":a}`, "a.#.[[[[@this]]]]", "a.#.[@this,!" + long + "]",
			`a.#.[!1,!2,!"` + long + `"]|#.#.!"` + long + `"`, "a.#.#.!" + long, "a.#.@tostr", "a.#.@pretty", "a.#.[[[@this]]]|@pretty", "a.#.@this|#.@keys",
			`a|@fromstr|#.!"` + long + `"`, "a|@fromstr|@pretty", "a|@fromstr|@fromstr|@pretty", "a|@fromstr|@dig:a",
		} {
			made := len(gjson.Get(text, path).String())
			if most := making(path, text, shape(text, strings.Contains(path, "@fromstr"))); float64(made) > most {
				t.Errorf("%.40s makes %d bytes of %.40s (%d), and %.0f were expected", path, made, text, len(text), most)
			}
		}
	}
	half := `{"v":"` + strings.Repeat("x", 4<<20) + `"}`
	source := &fake{secrets: map[string]string{"app": half, "deep": `{"v":` + deep + `}`}}
	read := func(key, property string) string {
		return "data: [{secretKey: k, remoteRef: {key: " + key + ", property: '" + property + "'}}]"
	}
	const says = "error: spec.data[0].remoteRef.property: is a path that could make more than 64 MiB of kv/data/app (version 3)\n  hint: take what is needed in several entries, without @ and lists of paths"
	for property, want := range map[string]string{
		"v": "", "[v,v]": "", "@tostr": "", "@this|v": "", "[" + strings.Repeat("v,", 14) + "v]": "", // 15 times
		"[" + strings.Repeat("v,", 15) + "v]": says, "@tostr|@tostr": says, "@group": says, "[v,v,v,v]|[0,1,2,3]": says,
	} {
		out, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", read("app", property)))}, source)
		if got := said(t, out, problems); got != want {
			t.Errorf("%.30s: %s", property, got)
		}
	}
	out, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", read("deep", "@pretty")))}, source)
	if got := said(t, out, problems); got != "" {
		t.Error(got)
	}
}

// TestAPathMeetsNoMoreThanItMay: what would end the process, by a full stack or by all
// its memory, is refused before it is tried.
func TestAPathMeetsNoMoreThanItMay(t *testing.T) {
	read := func(property string) string {
		return "data: [{secretKey: k, remoteRef: {key: app, property: '" + property + "'}}]"
	}
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	long := strings.Repeat("x", 3900)
	const says = "error: spec.data[0].remoteRef.property: is a path that could make more than 64 MiB of kv/data/app (version 3)\n  hint: take what is needed in several entries, without @ and lists of paths"
	const deep = "error: spec.data[0].remoteRef.property: is a path that has modifiers (@), and there are more than 10000 of [ and { in kv/data/app (version 3)\n  hint: take what is needed in several entries, without @ and lists of paths"
	for _, tc := range []struct{ name, secret, path, want string }{
		{"as deep as it may be", `{"a":"` + nested(deepestTaken-1) + `"}`, "a|@fromstr|@valid", ""},
		{"deeper", `{"a":"` + nested(deepestTaken) + `"}`, "a|@fromstr|@valid", deep},
		{"so deep that the stack would be full", `{"a":"` + strings.Repeat("[", 8<<20) + `"}`, "a|@fromstr|@valid", deep},
		{"deep in strings in strings", `{"a":"\"` + strings.Repeat(`\\u005b`, deepestTaken) + `\""}`, "a|@fromstr|@fromstr|@valid", deep},
		{"deep, and taken as it is", `{"a":"` + nested(deepestTaken) + `"}`, "a", ""},
		{"a literal for each value", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `a.#.!"` + long + `"`, says},
		{"a name for each value", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `a.#.{"` + long + `":@this}`, says},
		{"a literal for each value of a string", `{"a":"[` + strings.Repeat("0,", 40_000) + `0]"}`, `a|@fromstr|#.!"` + long + `"`, says},
		{"a literal", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `!"` + long + `"`, ""},
		{"a field of each value", `{"a":[` + strings.Repeat(`{"b":0},`, 40_000) + `0]}`, "a.#.b", ""},
		{"two fields of each value", `{"a":[` + strings.Repeat(`{"b":0},`, 40_000) + `0]}`, "a.#.[b,c]", ""},
	} {
		out, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", read(tc.path)))}, &fake{secrets: map[string]string{"app": tc.secret}})
		if got := said(t, out, problems); got != tc.want {
			t.Errorf("%s: %.300s", tc.name, got)
		}
	}
}
