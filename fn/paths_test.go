package fn

import (
	"math/rand/v2"
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
			`{"` + long + `":a}|@group`, `@dig:!"` + long + `"`, `@dig:{"` + long + `":@this}`, `a|@dig:[!1,!2,!3]|@dig:!"` + long + `"`, "a|@keys",
			`{` + strings.Repeat("<", 200) + `:a}|@group`, `a|@fromstr|#.!"` + long + `"`, "a|@fromstr|@pretty", "a|@fromstr|@fromstr|@pretty", "a|@fromstr|@dig:a",
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

// TestAnyPathMakesNoMoreThanItMay is so for paths that are put together of everything that
// they may be made of.
func TestAnyPathMakesNoMoreThanItMay(t *testing.T) {
	long := strings.Repeat("7", 100)
	pieces := []string{
		"a", "b", "0", "#", "#.a", "#.b", "#.@this", "#.@tostr", "#.@keys", "#.@fromstr", "a.#.@fromstr", `#.!"` + long + `"`, `#.{"` + long + `":@this}`, "#.[@this,a,!1]", "#(a>0)#", "#(a>0)",
		"@this", "@ugly", "@pretty", "@valid", "@tostr", "@fromstr", "@keys", "@values", "@reverse", "@join", "@flatten", `@flatten:{"deep":true}`, "@group",
		"@dig:a", `@dig:!"` + long + `"`, `@dig:{"` + long + `":@this}`, "@dig:[a,b,!1]", "@dig:@this", "@dig:#.@this", "@dig:@keys",
		`!"` + long + `"`, "![1,2,3]", `!{"a":[1,2,3],"` + long + `":[4,5]}`, `{"` + long + `":a}`, "{" + strings.Repeat("<", 50) + ":@this}", "[a,b]", "[@this,@this,@this]", `{"a":@this,"b":a}`,
		`@pretty:{"indent":"          "}`, `@pretty:{"prefix":"          "}`, "a.b", "a.#.a", "*", "?",
	}
	texts := []string{
		`{"a":[` + strings.Repeat("0,", 300) + `0]}`,
		`{"a":[` + strings.Repeat("[],", 50) + `[[0,[1]]],{"a":1,"b":[1,2]}],"b":[3,4]}`,
		`{"a":` + strings.Repeat(`{"a":[`, 20) + `1,2,3` + strings.Repeat(`]}`, 20) + `}`,
		`{"a":{"` + strings.Repeat("k", 100) + `":[1,2,3,4,5],"b":[1,2,3,4,5]},"b":"<\"\\>"}`,
		`{"a":"[` + strings.Repeat("0,", 100) + `{\"a\":[1,2,3]}]","b":"\u003c\u005b"}`,
	}
	texts = append(texts, `{"a":[`+strings.Repeat("1e308,5e-324,", 100)+`1e300],"b":["1e308","2"]}`)
	chosen := rand.New(rand.NewPCG(1, 2))
	made, tried := 0, 0
	for range 30_000 {
		path := pieces[chosen.IntN(len(pieces))]
		for range chosen.IntN(4) {
			path += []string{"|", "."}[chosen.IntN(2)] + pieces[chosen.IntN(len(pieces))]
		}
		if strings.Count(path, "[")+strings.Count(path, "{") > 4 {
			continue // as package api does not take it
		}
		text := texts[chosen.IntN(len(texts))]
		most := making(path, text, shape(text, strings.Contains(path, "@fromstr")))
		if most > 8<<20 {
			continue // this would take long
		}
		tried++
		length := len(gjson.Get(text, path).String())
		if length > len(text) {
			made++
		}
		if float64(length) > most {
			t.Errorf("%s makes %d bytes of %.60s (%d), and %.0f were expected", path, length, text, len(text), most)
		}
	}
	if tried < 10_000 || made < 2_000 {
		t.Errorf("only %d paths were tried, and %d made more than there was", tried, made)
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
	const deep = "error: spec.data[0].remoteRef.property: is a path with @fromstr, and there are more than 10000 of [, { and \\u in kv/data/app (version 3)\n  hint: take what is needed in several entries, without @ and lists of paths"
	for _, tc := range []struct{ name, secret, path, want string }{
		{"as deep as it may be", `{"a":"` + nested(deepestTaken-1) + `"}`, "a|@fromstr|@valid", ""},
		{"deeper", `{"a":"` + nested(deepestTaken) + `"}`, "a|@fromstr|@valid", deep},
		{"so deep that the stack would be full", `{"a":"` + strings.Repeat("[", 8<<20) + `"}`, "a|@fromstr|@valid", deep},
		{"deep in strings in strings", `{"a":"\"` + strings.Repeat(`\\u005b`, deepestTaken) + `\""}`, "a|@fromstr|@fromstr|@valid", deep},
		{"deep, and taken as it is", `{"a":"` + nested(deepestTaken) + `"}`, "a", ""},
		{"a literal for each value", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `a.#.!"` + long + `"`, says},
		{"a name for each value", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `a.#.{"` + long + `":@this}`, says},
		{"a literal for each value of a string", `{"a":"[` + strings.Repeat("0,", 40_000) + `0]"}`, `a|@fromstr|#.!"` + long + `"`, says},
		{"a name for each value in turn", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `{"` + long + `":a}|@group`, says},
		{"a literal for everything", `{"a":[` + strings.Repeat("0,", 40_000) + `0]}`, `@dig:!"` + long + `"`, says},
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
