package tests

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoValueIsInWhatKustomizeSays has kustomize fail in ways by which it writes values out,
// quoted and not: what esfn build says of that has none, and still says what is wrong.
func TestNoValueIsInWhatKustomizeSays(t *testing.T) {
	t.Parallel()
	b := newCanaryBed(t)
	mark := func(of string) string { return b.marks.Text("kustomize: " + of) }
	const generated = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: s}}]}]}\n"
	const noHash = "generatorOptions: {disableNameSuffixHash: true}\n"
	twice := mark("two Secrets")
	for _, tc := range []struct {
		name  string
		files map[string]string
		says  string
	}{
		{"a literal", map[string]string{"kustomization.yaml": "secretGenerator: [{name: x, literals: ['" + mark("a literal") + "']}]\n"}, "literal"},
		{"an envs file", map[string]string{"kustomization.yaml": "secretGenerator: [{name: x, envs: [a.env]}]\n", "a.env": "PASSWORD=" + mark("an envs file") + "\xff\n"}, "invalid utf8"},
		{"two Secrets that a name may mean", map[string]string{
			"kustomization.yaml":   "resources: [a, b, pod.yaml]\nnamePrefix: x-\n",
			"a/kustomization.yaml": "namePrefix: a-\nsecretGenerator: [{name: s, literals: [password=" + twice + "]}]\n" + noHash,
			"b/kustomization.yaml": "namePrefix: b-\nsecretGenerator: [{name: s, literals: [password=" + twice + "]}]\n" + noHash,
			"pod.yaml":             generated,
		}, "possible referral"},
		{"a generator that stands there itself", map[string]string{"kustomization.yaml": "generators:\n- |\n  apiVersion: builtin\n  kind: SecretGenerator\n  metadata: {name: x}\n  literals: [password=" + mark("a generator") + "\n"}, "accumulating resources"},
		{"a patch that stands there itself", map[string]string{"all.yaml": generated, "kustomization.yaml": "resources: [all.yaml]\npatchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: Secret\n  stringData: {a: " + mark("a patch") + "\n   b: c\n"}, "patch"},
		{"a JSON patch without a target", map[string]string{"all.yaml": generated, "kustomization.yaml": "resources: [all.yaml]\npatches:\n- patch: '[{op: add, path: /a, value: " + mark("a JSON patch") + "}]'\n"}, "unable to parse"},
		{"a replacement from a list that is too short", map[string]string{"all.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: " + mark("a replacement") + "}\n",
			"kustomization.yaml": "resources: [all.yaml]\nreplacements: [{source: {kind: Secret, fieldPath: stringData.a, options: {delimiter: '/', index: 7}}, targets: [{select: {kind: Secret}, fieldPaths: [stringData.b]}]}]\n"}, "out of bounds"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			folder := folderOf(t, tc.files)
			kustomize := exec.Command(programs.kustomize, "build", ".")
			kustomize.Dir, kustomize.Env = folder, b.environment()
			if said, err := kustomize.CombinedOutput(); err == nil || len(b.marks.In(string(said))) == 0 {
				t.Fatalf("kustomize itself does not write it out: %v", err)
			}
			_, stderr, failed := b.run(tc.name, folder, "", b.environment(), "esfn", "build", ".")
			if !failed || !strings.Contains(stderr, tc.says) || !strings.Contains(stderr, "kustomize build . says in full what is left out here") {
				t.Errorf("it does not say what is wrong: %s", stderr)
			}
		})
	}
}
