package tests

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// TestAThousandReadsOfAVaultInTrouble has, in the middle of them, a Vault that asks to
// be left alone, one that fails, connections that are cut, and ten reads that are slow: the
// run ends right, and asks for nothing that was answered a second time.
func TestAThousandReadsOfAVaultInTrouble(t *testing.T) {
	s := storyFor(t)
	const secrets = 1000
	in := &strings.Builder{}
	in.WriteString(`apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "` + s.recorder.Address + `", path: kv, auth: {userPass: {username: ada, secretRef: {name: login, key: password}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: made-up-password}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: all}
spec:
  secretStoreRef: {name: vault}
  data:
`)
	for i := range secrets {
		if err := s.vault.Put("kv", fmt.Sprint("s", i), "2", fmt.Sprintf(`{"k":"made-up-%d"}`, i)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(in, "  - {secretKey: s%d, remoteRef: {key: s%d, property: k}}\n", i, i)
	}
	for path, body := range map[string]string{
		"sys/policies/acl/reader": `{"policy":"path \"kv/data/*\" { capabilities = [\"read\"] }"}`,
		"sys/auth/userpass":       `{"type":"userpass"}`,
	} {
		if _, err := s.vault.Do("POST", path, body); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.vault.Do("POST", "auth/userpass/users/ada", `{"password":"made-up-password","token_policies":"reader"}`); err != nil {
		t.Fatal(err)
	}
	const reads = "kv/data/*"
	faults := []testbed.Fault{
		{After: 200, Times: 12, Status: 429, Body: `{"errors":["rate limit quota exceeded"]}`, Header: http.Header{"Retry-After": {"1"}}},
		{After: 400, Times: 8, Status: 503, Body: `{"errors":["made up"]}`},
		{After: 600, Times: 8, Status: -2, Body: `{"data":{"data":`},
		{After: 800, Times: 8, Status: 503, Body: `{}`, Header: http.Header{"Retry-After": {"1"}}},
	}
	want := secrets
	for _, fault := range faults {
		fault.Pattern = reads
		s.recorder.Fail(fault)
		want += fault.Times
	}
	for i := range 10 {
		s.recorder.Slow(fmt.Sprint("kv/data/s", 500+i), 300)
	}
	stdout, stderr, failed := pipe(t, in.String())
	if failed || stderr != "" {
		t.Fatalf("stderr:\n%s", stderr)
	}
	data := secretsIn(t, stdout)["all"].Data
	for i := range secrets {
		want := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "made-up-%d", i))
		if data[fmt.Sprint("s", i)] != want {
			t.Fatalf("s%d is another secret's", i)
		}
	}
	for kind, want := range map[string]int{"reads": want, "logins": 1, "revokes": 1} {
		if got, err := s.recorder.Requests(testbed.Selection{Kind: kind}); err != nil || len(got) != want {
			t.Errorf("%d %s, %v, want %d", len(got), kind, err, want)
		}
	}
}
