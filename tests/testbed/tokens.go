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

// Login is a token that a login got and that is valid still.
type Login struct {
	Accessor, Path string
	// Meta is what the method noted of who logged in.
	Meta map[string]string
	// Created is when, to the second.
	Created time.Time
}

// LoginTokens returns the tokens that logins got and that are valid still: the
// path of the login, by the token's accessor. Batch tokens have no accessor, and
// cannot be revoked either; they are not among them.
func (v *Vault) LoginTokens() (map[string]string, error) {
	logins, err := v.Logins()
	if err != nil {
		return nil, err
	}
	left := map[string]string{}
	for _, login := range logins {
		left[login.Accessor] = login.Path
	}
	return left, nil
}

// Logins returns the same, with more of each
// (https://developer.hashicorp.com/vault/api-docs/auth/token#list-accessors).
func (v *Vault) Logins() (left []Login, err error) {
	text, err := v.Do("LIST", "auth/token/accessors", "")
	if err != nil {
		return nil, err
	}
	var accessors struct{ Data struct{ Keys []string } }
	if err := json.Unmarshal(text, &accessors); err != nil {
		return nil, err
	}
	for _, accessor := range accessors.Data.Keys {
		text, err := v.Write("auth/token/lookup-accessor", map[string]string{"accessor": accessor})
		// So it is said of one that is being revoked just now, and for ever of an accessor
		// that is left of one whose revocation a Vault did not get to the end of.
		isNone := func() bool { return err != nil && strings.Contains(err.Error(), "permission denied") }
		for n := 0; n < 10 && isNone(); n++ {
			time.Sleep(20 * time.Millisecond)
			text, err = v.Write("auth/token/lookup-accessor", map[string]string{"accessor": accessor})
		}
		if isNone() || err != nil && strings.Contains(err.Error(), "invalid accessor") {
			continue // it ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		var token struct {
			Data struct {
				Path    string
				Meta    map[string]string
				Created int64 `json:"creation_time"`
				Uses    int   `json:"num_uses"`
			}
		}
		if err := json.Unmarshal(text, &token); err != nil {
			return nil, err
		}
		// One whose revocation Vault did not get to the end of is good for no use (-1).
		if token.Data.Uses >= 0 && isLogin(token.Data.Path) {
			left = append(left, Login{accessor, token.Data.Path, token.Data.Meta, time.Unix(token.Data.Created, 0)})
		}
	}
	return left, nil
}
