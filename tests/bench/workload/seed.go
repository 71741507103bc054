// Package workload is what esfn is measured with: secrets in a Vault, and manifests
// that ask for them, for esfn and for its peers. The tests that count requests use
// the same.
package workload

import (
	"fmt"
	"net/http"

	"github.com/esfn/esfn/tests/testbed"
)

const (
	// Secrets is how many there are, in so many Folders, each with so many Fields.
	Secrets, Folders, Fields = 1000, 40, 5
	// Mount is that of the KV v2 engine that has them, and nothing else.
	Mount = "kv"
	// policy may read and list them: a token with a policy costs Vault several
	// times what the root token does, and nobody renders with the root token.
	policy = "workload"
)

// Access is what there is to log in with. Both ways give a token with the same
// policies.
type Access struct{ RoleID, SecretID, Token string }

// Key is the path of a secret below the mount, as in f07/s047. Those of a folder are
// 40 apart.
func Key(i int) string { return fmt.Sprintf("f%02d/s%03d", i%Folders, i) }

// Field is the name of a field of a secret.
func Field(j int) string { return fmt.Sprintf("field-%d", j) }

// Value is what a field of a secret holds: made up, and 28 bytes.
func Value(i, j int) string { return fmt.Sprintf("made-up-value-%08d-%05d", i, j) }

// ValueMark is what every value begins with, and ValueMarkBase64 what it begins with
// in base64.
const ValueMark, ValueMarkBase64 = "made-up-value-", "bWFkZS11cC12YWx1ZS"

// Seed writes the secrets into a Vault, with the policy, and who may log in.
func Seed(vault *testbed.Vault) (a Access, err error) {
	if err := vault.Mount(Mount, "2"); err != nil {
		return a, err
	}
	for i := range Secrets {
		fields := map[string]string{}
		for j := range Fields {
			fields[Field(j)] = Value(i, j)
		}
		if _, err := vault.Write(Mount+"/data/"+Key(i), map[string]any{"data": fields}); err != nil {
			return a, err
		}
	}
	rules := fmt.Sprintf(`path "%[1]s/data/*" { capabilities = ["read"] } path "%[1]s/metadata/*" { capabilities = ["list"] }`, Mount)
	if _, err := vault.Write("sys/policies/acl/"+policy, map[string]string{"policy": rules}); err != nil {
		return a, err
	}
	if a.RoleID, a.SecretID, err = vault.AppRole(policy, policy, ""); err != nil {
		return a, err
	}
	a.Token, err = vault.Token("service", "2h", policy)
	return a, err
}

// LimitRate has Vault itself answer 429 to more than so many requests a second for
// the secrets, with a Retry-After; 0 ends it.
// (https://developer.hashicorp.com/vault/api-docs/system/rate-limit-quotas)
func LimitRate(vault *testbed.Vault, perSecond int) error {
	if perSecond == 0 {
		_, err := vault.Do(http.MethodDelete, "sys/quotas/rate-limit/"+policy, "")
		return err
	}
	if _, err := vault.Write("sys/quotas/config", map[string]any{"enable_rate_limit_response_headers": true}); err != nil {
		return err
	}
	_, err := vault.Write("sys/quotas/rate-limit/"+policy, map[string]any{"path": Mount + "/", "rate": perSecond, "interval": "1s"})
	return err
}
