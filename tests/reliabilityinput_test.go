package tests

import (
	"net/http"
	"strings"

	"github.com/esfn/esfn/tests/testbed"
)

// marked begins every value that is read. In base64 it does so, too: it has fifteen bytes.
const marked = "made-up-canary-"

// fourSecrets are the entries of a trial that says nothing else.
const fourSecrets = `
  data:
  - {secretKey: a, remoteRef: {key: app/a, property: user}}
  - {secretKey: b, remoteRef: {key: app/b, property: user}}
  - {secretKey: c, remoteRef: {key: app/c, property: user}}
  - {secretKey: d, remoteRef: {key: app/d, property: user}}
`

// oneOf are the entries where a secret has something that the others have not.
func oneOf(entry string) string {
	return strings.Replace(fourSecrets, "{key: app/c, property: user}", entry, 1)
}

// furnish writes what trials read.
func furnish(vault *testbed.Vault) error {
	for _, mount := range []struct{ name, version string }{{"kv", "2"}, {"kv1", "1"}} {
		for _, key := range []string{"a", "b", "c", "d", "denied", "deleted", "destroyed"} {
			if err := vault.Put(mount.name, "app/"+key, mount.version, `{"user":"`+marked+key+`"}`); err != nil {
				return err
			}
		}
	}
	for _, request := range []struct{ method, path, body string }{
		{http.MethodDelete, "kv/data/app/deleted", ""},
		{http.MethodPost, "kv/destroy/app/destroyed", `{"versions":[1]}`},
		{http.MethodPost, "sys/policies/acl/reader", `{"policy":"path \"kv/data/app/*\" { capabilities = [\"read\"] } ` +
			`path \"kv/data/app/denied\" { capabilities = [\"deny\"] } path \"kv/app/*\" { capabilities = [\"read\"] } ` +
			`path \"kv1/*\" { capabilities = [\"read\"] } path \"gone/*\" { capabilities = [\"read\"] }"}`},
	} {
		if _, err := vault.Do(request.method, request.path, request.body); err != nil {
			return err
		}
	}
	return nil
}

// manifests are what esfn is given.
func (t *trial) manifests() string {
	vault := "server: " + t.server
	for name, value := range t.store {
		vault += ", " + name + ": " + value
	}
	return `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {` + vault + `, auth: {appRole: {path: ` + t.mount + `, roleId: ` + t.roleID + `, secretRef: {name: login, key: id}}}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {id: ` + t.secretID + `}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app}
spec:
  secretStoreRef: {name: vault}` + t.entries
}
