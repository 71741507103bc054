package testbed

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// AppRole is AppRoleAt auth/approle.
func (v *Vault) AppRole(role, policy, secretIDAs string) (roleID, secretID string, err error) {
	return v.AppRoleAt("approle", role, policy, secretIDAs)
}

// AppRoleAt makes a role of the approle method at auth/mount, with a policy, and
// a secret ID of it, as a JSON object says that the API for it takes, or "". Both
// are enabled or made where they are not there yet
// (https://developer.hashicorp.com/vault/api-docs/auth/approle).
func (v *Vault) AppRoleAt(mount, role, policy, secretIDAs string) (roleID, secretID string, err error) {
	if _, err := v.Write("sys/auth/"+mount, object{"type": "approle"}); err != nil && !strings.Contains(err.Error(), "already in use") {
		return "", "", err
	}
	at := "auth/" + mount + "/role/" + role
	if _, err := v.Write(at, object{"token_policies": policy, "token_ttl": "1h"}); err != nil {
		return "", "", err
	}
	var answer struct {
		Data struct {
			RoleID   string `json:"role_id"`
			SecretID string `json:"secret_id"`
		} `json:"data"`
	}
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodGet, at + "/role-id", ""},
		{http.MethodPost, at + "/secret-id", secretIDAs},
	} {
		text, err := v.Do(ask.method, ask.path, ask.body)
		if err == nil {
			err = json.Unmarshal(text, &answer)
		}
		if err != nil {
			return "", "", err
		}
	}
	return answer.Data.RoleID, answer.Data.SecretID, nil
}

// AwaitExpiry waits until Vault has forgotten a secret ID that expires. By itself
// it does so once a minute; here it is told to.
func (v *Vault) AwaitExpiry(role, secretID string) error {
	const patience = 10 * time.Second
	for began := time.Now(); time.Since(began) < patience; time.Sleep(50 * time.Millisecond) {
		if _, err := v.Write("auth/approle/tidy/secret-id", object{}); err != nil {
			return err
		}
		text, err := v.Write("auth/approle/role/"+role+"/secret-id/lookup", object{"secret_id": secretID})
		if err != nil || len(text) == 0 {
			return err
		}
	}
	return errors.New("the secret ID does not expire")
}
