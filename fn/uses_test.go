package fn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUsesAreWhatARunWouldReach: who looks at stores sends no more than a run does.
func TestUsesAreWhatARunWouldReach(t *testing.T) {
	const theirs, mine = "theirs.example", "mine.example"
	used, cluster := es("db", readApp), clusterES("shop")
	for _, tc := range []struct {
		name, operator, documents string
		deny                      bool
		want                      string
	}{
		{"used", "", storeAt(theirs, "SecretStore", "name: vault") + used, false, "theirs.example used by 1"},
		{"used by nobody", "", storeAt(theirs, "SecretStore", "name: other"), false, "theirs.example used by 0"},
		{"used by nobody, where those of the package are refused", storeAt(mine, "SecretStore", "name: vault"),
			storeAt(theirs, "SecretStore", "name: other") + used, true, "mine.example used by 1"},
		{"refused", "", storeAt(theirs, "SecretStore", "name: vault") + used, true, ""},
		// Its namespace would be part of the path of a TokenRequest.
		{"used by one that is broken", storeAt(mine, "ClusterSecretStore", "name: vault"),
			strings.Replace(cluster, "namespace: shop", `namespace: "shop/services/made-up:80/proxy"`, 1), false, ""},
	} {
		in := Input{Items: items(t, tc.documents), Operator: operators(t, tc.operator)}
		in.Operator.DenyPackageStores = tc.deny
		uses, _ := Uses(in)
		var got []string
		for _, use := range uses {
			got = append(got, fmt.Sprintf("%s used by %d", use.Connection.Server, len(use.Users)))
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

// TestUsesFindWhatARunFinds, but for what the source would say: two ExternalSecrets
// that make one Secret are wrong without any store.
func TestUsesFindWhatARunFinds(t *testing.T) {
	in := Input{Plain: true, Items: items(t, vaultStore+es("db", "target: {name: one}\n"+readApp)+"---\n"+es("app", "target: {name: one}\n"+readApp))}
	_, problems := Uses(in)
	_, _, want := rendered(t, in)
	if len(want) == 0 || problems.Error() != want.Error() {
		t.Errorf("got %v, want %v", problems, want)
	}
}
