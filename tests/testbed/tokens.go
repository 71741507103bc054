package testbed

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Unsealed tells whether the Vault still runs and is unsealed.
func (v *Vault) Unsealed() (bool, error) {
	select {
	case <-v.ended:
		return false, nil
	default:
	}
	text, err := v.Do(http.MethodGet, "sys/seal-status", "")
	if err != nil {
		return false, err
	}
	var status struct{ Sealed bool }
	err = json.Unmarshal(text, &status)
	return !status.Sealed, err
}

// LoginTokens returns the tokens that logins got and that are valid still: the
// path of the login, by the token's accessor. Batch tokens have no accessor, and
// cannot be revoked either; they are not among them.
// (https://developer.hashicorp.com/vault/api-docs/auth/token#list-accessors)
func (v *Vault) LoginTokens() (map[string]string, error) {
	text, err := v.Do("LIST", "auth/token/accessors", "")
	if err != nil {
		return nil, err
	}
	var accessors struct{ Data struct{ Keys []string } }
	if err := json.Unmarshal(text, &accessors); err != nil {
		return nil, err
	}
	left := map[string]string{}
	for _, accessor := range accessors.Data.Keys {
		text, err := v.Write("auth/token/lookup-accessor", map[string]string{"accessor": accessor})
		// So it is said of one that is being revoked just now.
		for n := 0; n < 10 && err != nil && strings.Contains(err.Error(), "permission denied"); n++ {
			time.Sleep(20 * time.Millisecond)
			text, err = v.Write("auth/token/lookup-accessor", map[string]string{"accessor": accessor})
		}
		if err != nil && strings.Contains(err.Error(), "invalid accessor") {
			continue // it ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		var token struct{ Data struct{ Path string } }
		if err := json.Unmarshal(text, &token); err != nil {
			return nil, err
		}
		if isLogin(token.Data.Path) {
			left[accessor] = token.Data.Path
		}
	}
	return left, nil
}
