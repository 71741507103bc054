package fn

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// storeFor is a store of the kind, with more in its spec.
func storeFor(kind, more string) string {
	return "apiVersion: external-secrets.io/v1\nkind: " + kind + "\nmetadata: {name: vault, NS}\nspec: {provider: {vault: {server: s}}, " + more + "}\n---\n"
}

func namespace(name, labels string) string {
	return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + labels + "}}\n---\n"
}

func TestConditionsOfAStore(t *testing.T) {
	const denied = `error: ExternalSecret shop/db: spec.secretStoreRef: ClusterSecretStore vault is not for namespace "shop"` + "\n  hint: "
	const theySay = "its spec.conditions say which namespaces may use it"
	const unknown = `it chooses by labels, and they are not known: give esfn the Namespace "shop" as well`
	shop := namespace("shop", "team: a")
	for _, tc := range []struct{ name, namespaces, conditions, says string }{
		{"none", "", "[]", ""},
		{"an empty one lets nobody in", "", "[{}]", denied + theySay},
		{"an empty selector lets all in", "", "[{namespaceSelector: {}}]", ""},
		{"a label", shop, "[{namespaceSelector: {matchLabels: {team: a}}}]", ""},
		{"another label", shop, "[{namespaceSelector: {matchLabels: {team: b}}}]", denied + theySay},
		{"labels that are not known", "", "[{namespaceSelector: {matchLabels: {team: a}}}]", denied + unknown},
		{"the label of the name is known", "", "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]", ""},
		{"an expression", shop, "[{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [b, a]}]}}]", ""},
		{"a label that is not there", "", "[{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]", ""},
		{"a name", "", "[{namespaces: [other, shop]}]", ""},
		{"another name", "", "[{namespaces: [sho, shop2]}]", denied + theySay},
		{"a regexp, found anywhere", "", "[{namespaceRegexes: [^x, ho]}]", ""},
		{"another regexp", "", "[{namespaceRegexes: [^ho]}]", denied + theySay},
		{"any of one", shop, "[{namespaces: [other], namespaceSelector: {matchLabels: {team: a}}}]", ""},
		{"any of several", "", "[{namespaces: [other]}, {}, {namespaceRegexes: [shop]}]", ""},
		{"a regexp that is none", "", "[{namespaceRegexes: ['(']}]", "error: ClusterSecretStore vault: spec.conditions[0].namespaceRegexes[0]: is no regular expression: missing closing ): `(`" +
			"\n  hint: Go's syntax (RE2) is without look-around and back references"},
	} {
		for _, kind := range []string{"ClusterSecretStore", "SecretStore"} {
			t.Run(tc.name+", of a "+kind, func(t *testing.T) {
				store := strings.Replace(storeFor(kind, "conditions: "+tc.conditions), "NS", map[bool]string{true: "namespace: shop", false: ""}[kind == "SecretStore"], 1)
				document := strings.NewReplacer("{name: vault}", "{name: vault, kind: "+kind+"}", "{name: db}", "{name: db, namespace: shop}").Replace(es("db", readApp))
				source := &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}
				out, problems := Run(context.Background(), Input{Items: items(t, tc.namespaces+store+document)}, source)
				want := tc.says
				if kind == "SecretStore" && strings.HasPrefix(want, denied) {
					want = "" // a SecretStore has no conditions
				}
				if diff := cmp.Diff(strings.Replace(want, "ClusterSecretStore vault: spec.conditions", kind+" vault: spec.conditions", 1),
					strings.Replace(said(t, out, problems), kind+" shop/vault", kind+" vault", 1)); diff != "" {
					t.Errorf("said (-want +got):\n%s", diff)
				}
				if len(problems) > 0 && len(source.read) > 0 {
					t.Errorf("read: %q", source.refs())
				}
			})
		}
	}
}

func TestWhatAnotherControllerServesPassesThrough(t *testing.T) {
	// Another controller's stores may be of any provider, and of no shape of ours.
	foreign := func(kind, name string) string {
		return "apiVersion: external-secrets.io/v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec: {controller: other, provider: {aws: {service: X}}}\n"
	}
	const own = "data: [{secretKey: k, remoteRef: {key: app, property: a}}]"
	const passes = "warning: passes through: SecretStore theirs is for the controller \"other\""
	for _, tc := range []struct {
		name, spec, says string
		passes           bool
	}{
		{"none of it", own, "", false},
		{"for all", "secretStoreRef: {name: theirs}\n" + own, passes, true},
		{"for an entry", own + "\ndataFrom: [{extract: {key: app}, sourceRef: {storeRef: {name: theirs}}}]", passes, true},
		{"for another one", "data: [{secretKey: k, remoteRef: {key: app}, sourceRef: {storeRef: {name: theirs}}}]", passes, true},
		{"whatever is wrong with it", "secretStoreRef: {name: theirs}\ntarget: {template: {data: {a: '{{'}}}\ndata: [{secretKey: k, remoteRef: {key: app, nope: x}}]", passes, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			theirs := foreign("SecretStore", "theirs")
			document := es("db", tc.spec)
			if strings.Contains(tc.spec, "secretStoreRef") {
				document = strings.Replace(document, "  secretStoreRef: {name: vault}\n", "", 1)
			}
			source := &fake{secrets: map[string]string{"app": `{"a":"` + value + `"}`}}
			in := Input{Items: items(t, vaultStore+theirs+"---\n"+document)}
			before := written(t, in.Items)
			out, problems := Run(context.Background(), in, source)
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if got := written(t, out.Items); tc.passes && (!strings.Contains(got, theirs+"---\n"+document) || len(source.read) > 0) {
				t.Errorf("want all that was given:\n%s\ngot:\n%s", before, got)
			}
		})
	}
}

func TestAStoreStaysWithWhatPassesThrough(t *testing.T) {
	theirs := strings.NewReplacer("{name: vault, NS}", "{name: theirs}").Replace(storeFor("SecretStore", "controller: other"))
	both := es("both", readApp+"\ndataFrom: [{extract: {key: app}, sourceRef: {storeRef: {name: theirs}}}]")
	for _, more := range []string{"", es("db", readApp) + "---\n"} {
		got, _, problems := rendered(t, Input{Items: items(t, vaultStore+theirs+more+both)})
		if len(problems) > 0 || !strings.HasPrefix(got, vaultStore+theirs) || !strings.HasSuffix(got, both) {
			t.Errorf("got %v\n%s", problems, got)
		}
	}
}

func TestAControllerOfOurs(t *testing.T) {
	for _, controller := range []string{"default", "''"} {
		got, out, problems := rendered(t, Input{Items: items(t, strings.Replace(storeFor("SecretStore", "controller: "+controller), ", NS", "", 1)+es("db", readApp))})
		if !strings.HasPrefix(got, "apiVersion: v1\nkind: Secret\n") || said(t, out, problems) != "" {
			t.Errorf("%s: %v\n%s", controller, problems, got)
		}
	}
}
