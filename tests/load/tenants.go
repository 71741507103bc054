package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/esfn/esfn/tests/testbed"
)

const (
	mount   = "kv"
	tenants = 10
	// tenantsOfOne is how many a render has: a store, a role and a login each.
	tenantsOfOne = 3
	// parts is how many secrets there are to find below a tenant's folder.
	parts = 3
)

// fields are those of every secret.
var fields = []string{"user", "password", "host"}

func tenant(i int) string { return fmt.Sprintf("tenant-%02d", i%tenants) }

// pathsOf are a tenant's secrets.
func pathsOf(tenant string) (paths []string) {
	paths = []string{tenant + "/app", tenant + "/db"}
	for i := range parts {
		paths = append(paths, fmt.Sprintf("%s/parts/p%d", tenant, i))
	}
	return paths
}

// valueOf is what a field holds in a version: it says where it is from.
func valueOf(path string, version int, field string) string {
	return fmt.Sprintf("made-up:%s:%d:%s", path, version, field)
}

// seed writes policies, and the first version of every secret.
func seed(vault *testbed.Vault, h *history) error {
	if err := vault.Mount(mount, "2"); err != nil {
		return err
	}
	for i := range tenants {
		t := tenant(i)
		rules := fmt.Sprintf(`path "%[1]s/data/%[2]s/*" { capabilities = ["read"] } path "%[1]s/metadata/%[2]s/*" { capabilities = ["list"] }`, mount, t)
		if _, err := vault.Write("sys/policies/acl/"+t, map[string]string{"policy": rules}); err != nil {
			return err
		}
		for _, path := range pathsOf(t) {
			if err := h.write(vault, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// place is one of those where renders are made, one after the other, as one
// application of a repo-server is.
type place struct {
	number  int
	tenants []string
	// manifests is a file.
	manifests string
}

// name is what Vault notes of a login there.
func (p place) name() string { return fmt.Sprint("place-", p.number) }

// newPlace gives a place its manifests, and a credential of its own for each tenant, so
// that Vault can tell whose a token is.
func newPlace(vault *testbed.Vault, leaks *testbed.Leaks, folder string, number int) (place, error) {
	p := place{number: number, manifests: filepath.Join(folder, fmt.Sprintf("manifests-%d.yaml", number))}
	var text strings.Builder
	for i := range tenantsOfOne {
		t := tenant(number + 3*i)
		p.tenants = append(p.tenants, t)
		roleID, secretID, err := vault.AppRole(t, t, fmt.Sprintf(`{"metadata":"{\"place\":\"%s\"}"}`, p.name()))
		if err != nil {
			return p, err
		}
		leaks.Remember("a secret ID", secretID)
		text.WriteString(strings.NewReplacer("TENANT", t, "SERVER", vault.Address, "ROLE-ID", roleID, "SECRET-ID", secretID).Replace(manifests))
	}
	return p, os.WriteFile(p.manifests, []byte(text.String()), 0o600)
}

// manifests are those of one tenant.
const manifests = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: TENANT}
spec:
  provider:
    vault:
      server: SERVER
      path: kv
      auth: {appRole: {path: approle, roleId: ROLE-ID, secretRef: {name: login, key: id}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: TENANT}
stringData: {id: SECRET-ID}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: TENANT}
spec:
  secretStoreRef: {name: vault}
  data:
  - {secretKey: user, remoteRef: {key: TENANT/app, property: user}}
  - {secretKey: password, remoteRef: {key: TENANT/app, property: password}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: TENANT}
spec:
  secretStoreRef: {name: vault}
  dataFrom: [{extract: {key: TENANT/db}}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: both, namespace: TENANT}
spec:
  secretStoreRef: {name: vault}
  target: {template: {mergePolicy: Merge, data: {url: "{{ .of_app }} {{ .of_db }}"}}}
  data:
  - {secretKey: of_app, remoteRef: {key: TENANT/app, property: host}}
  - {secretKey: of_db, remoteRef: {key: TENANT/db, property: host}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: parts, namespace: TENANT}
spec:
  secretStoreRef: {name: vault}
  dataFrom: [{find: {path: TENANT/parts, name: {regexp: "p[0-9]$"}}}]
---
`

// keysOf are the keys of each Secret that a tenant's ExternalSecrets make.
func keysOf(tenant string) map[string][]string {
	keys := map[string][]string{"app": {"password", "user"}, "db": {"host", "password", "user"}, "both": {"of_app", "of_db", "url"}}
	for i := range parts {
		keys["parts"] = append(keys["parts"], fmt.Sprintf("%s_parts_p%d", tenant, i))
	}
	return keys
}

// put writes a version of a secret.
func put(vault *testbed.Vault, path string, version int) error {
	data := map[string]string{}
	for _, field := range fields {
		data[field] = valueOf(path, version, field)
	}
	_, err := vault.Write(mount+"/data/"+path, map[string]any{"data": data})
	return err
}

// ready asks Vault for a secret, as the last of a render's requests would.
func ready(vault *testbed.Vault) bool {
	_, err := vault.Do(http.MethodGet, mount+"/data/"+pathsOf(tenant(0))[0], "")
	return err == nil
}
