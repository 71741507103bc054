package workload

import (
	"fmt"
	"strings"
)

// List is a ResourceList of items, each a YAML document.
func List(items ...string) string {
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, item := range items {
		list.WriteString("- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n")
	}
	return list.String()
}

// ExternalSecrets are so many, each with every field of one secret, at the path that
// key gives.
func ExternalSecrets(n int, key func(i int) string) (all []string) {
	for i := range n {
		var text strings.Builder
		fmt.Fprintf(&text, `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: made-%d
spec:
  secretStoreRef:
    name: vault
  data:
`, i)
		for j := range Fields {
			fmt.Fprintf(&text, `  - secretKey: %[1]s
    remoteRef:
      key: %[2]s
      property: %[1]s
`, Field(j), key(i))
		}
		all = append(all, text.String())
	}
	return all
}

// Find is an ExternalSecret that finds every secret of the mount.
func Find() string {
	return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: made-of-all
spec:
  secretStoreRef:
    name: vault
  dataFrom:
  - find:
      name:
        regexp: .*
`
}

// AppRoleStore is a store that says how to log in, and the Secret that it refers to.
func AppRoleStore(server string, a Access) []string {
	return []string{fmt.Sprintf(`apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: %s
      path: %s
      auth:
        appRole:
          path: approle
          roleId: %s
          secretRef:
            name: approle
            key: secret-id
`, server, Mount, a.RoleID), fmt.Sprintf(`apiVersion: v1
kind: Secret
metadata:
  name: approle
stringData:
  secret-id: %s
`, a.SecretID)}
}

// PlainStore is a store that leaves the login to whoever renders.
func PlainStore(server string) string {
	return fmt.Sprintf(`apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: %s
      path: %s
`, server, Mount)
}
