package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// TestFindInALargeTree has 1,000 secrets in 40 folders, and two ExternalSecrets
// that find all of them: one LIST for each folder and for the mount, one read for
// each secret, and neither one request at a time.
func TestFindInALargeTree(t *testing.T) {
	s := storyFor(t)
	for i := range 1000 {
		if err := s.vault.Put("tree", fmt.Sprintf("f%02d/s%03d", i%40, i), "2", fmt.Sprintf(`{"k":"made-up-%d"}`, i)); err != nil {
			t.Fatal(err)
		}
	}
	s.recorder.Gather("LIST /v1/tree/metadata/*", 16)
	s.recorder.Gather("GET /v1/tree/data/*/*", 16)
	const externalSecret = `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: %s}
spec:
  secretStoreRef: {name: vault}
  dataFrom: [{find: {name: {regexp: .*}}}]
`
	stdout, stderr, failed := pipe(t, fmt.Sprintf(externalSecret, "one")+fmt.Sprintf(externalSecret, "two")+`---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "`+s.recorder.Address+`", path: tree, auth: {tokenSecretRef: {name: token, key: token}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: `+testbed.RootToken+`}
`)
	if failed || stderr != "" {
		t.Fatalf("stderr:\n%s", stderr)
	}
	for _, name := range []string{"one", "two"} {
		if n := len(secretsIn(t, stdout)[name].Data); n != 1000 {
			t.Errorf("the Secret %s has %d keys", name, n)
		}
	}
	if n := strings.Count(stdout, "  f39_s999: "); n != 2 {
		t.Errorf("f39/s999 is there %d times", n)
	}
	for kind, want := range map[string]int{"lists": 41, "reads": 1000, "all": 1041} {
		if got, err := s.recorder.Requests(testbed.Selection{Kind: kind}); err != nil || len(got) != want {
			t.Errorf("%d requests (%s), %v, want %d", len(got), kind, err, want)
		}
	}
}
