package fn

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestAPathMakesNoMoreThanItMay: what gjson makes is measured, and is never more than
// what was expected.
func TestAPathMakesNoMoreThanItMay(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 100) + `1,2,3` + strings.Repeat(`]}`, 100)
	for _, text := range []string{
		deep,
		`{"` + strings.Repeat("k", 2000) + `":[1,2,3,4,5,6,7,8,9]}`,
		`{"a":"` + strings.Repeat(`\"\\<`, 500) + `"}`,
		`{"a":[` + strings.Repeat(`{"a":1},`, 200) + `1]}`,
	} {
		for _, path := range []string{
			"a", "@this", "@pretty", "@ugly", "@tostr", "@tostr|@tostr|@tostr", "@group", "@dig:a", "@values", "@keys", "@join", "@flatten",
			`@pretty:{"indent":"          "}`, `[@this,@this,@this]|[@this,@this]`, `{"a":@this,"b":@this}`, "[a,a,a,a,a]", "@pretty|@tostr", "[@group,@group]",
		} {
			made := len(gjson.Get(text, path).String())
			if most := float64(len(text)) * growth(path, text); float64(made) > most+100 {
				t.Errorf("%s makes %d bytes of %d, and %.0f were expected", path, made, len(text), most)
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
