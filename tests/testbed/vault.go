package testbed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// RootToken is the root token of every Vault here: made up, and long enough to
// be looked for in what esfn prints.
const RootToken = "made-up-root-token"

// Vault is a running Vault: a real core with an in-memory store, or one in a folder,
// unsealed, with a KV v2 engine at secret/.
type Vault struct {
	*process
	binary string
	flags  []string
	// Address as in http://127.0.0.1:8200.
	Address string
	// TLSAddress as in https://127.0.0.1:8201, for a Vault that was started
	// with WithTLS.
	TLSAddress string
	// StandbyAddress is that of the standby node, for a Vault that was started
	// WithStandby.
	StandbyAddress string
}

// WithTLS are the flags that have a Vault listen with TLS, too, with a
// certificate and a key from files. It asks for a client's certificate, and lets
// the cert method judge it.
func WithTLS(certificate, key string) []string {
	return []string{"-tls-listen", "127.0.0.1:0", "-cert", certificate, "-key", key}
}

// WithStandby are the flags that have a second node stand by, which sends its
// clients to the active node at the address that is given here.
func WithStandby(active string) []string {
	return []string{"-standby", "127.0.0.1:0", "-api-addr", active}
}

// WithStorage are the flags that have it keep everything in a folder, so that it can be
// started again ([Vault.StartAgain]), at an address whose port nobody takes meanwhile.
func WithStorage(folder string) ([]string, error) {
	address, err := lastingAddress()
	return []string{"-storage", folder, "-listen", address}, err
}

// StartVault starts a Vault from the binary that VaultProgram builds. It takes
// about 60 ms and 50 MB.
func StartVault(binary string, flags ...string) (*Vault, error) {
	p, err := start(binary, append([]string{"-root-token", RootToken}, flags...)...)
	if err != nil {
		return nil, err
	}
	return &Vault{p, binary, flags, p.ready["addr"], p.ready["tls"], p.ready["standby"]}, nil
}

// StartAgain starts one with the same storage, at the same address, in place of a Vault
// WithStorage that has stopped.
func (v *Vault) StartAgain() error {
	p, err := start(v.binary, append([]string{"-root-token", RootToken, "-unseal-key", v.ready["unseal"]}, v.flags...)...)
	if err == nil {
		v.process = p
	}
	return err
}

// unshared is what requests to Vaults go through. The default one loses its connections,
// some of them in the middle of a request, whenever an httptest.Server is closed.
var unshared = http.DefaultTransport.(*http.Transport).Clone()

// CloseIdleConnections closes those that the testbed has to its Vaults and does not use.
func CloseIdleConnections() { unshared.CloseIdleConnections() }

// Do sends a request with the root token. The path is below /v1/, the body is
// JSON or "". An answer of 400 or more is an error.
func (v *Vault) Do(method, path, body string) (json.RawMessage, error) {
	const patience = 5 * time.Second
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		request, err := http.NewRequest(method, v.Address+"/v1/"+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("X-Vault-Token", RootToken)
		answer, err := (&http.Client{Transport: unshared}).Do(request)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return nil, err
		}
		// A KV v2 mount that is new says so for a moment.
		if bytes.Contains(text, []byte("Upgrading from non-versioned")) && time.Since(began) < patience {
			continue
		}
		if answer.StatusCode >= 400 {
			return nil, fmt.Errorf("%s %s: %s %s", method, path, answer.Status, bytes.TrimSpace(text))
		}
		return text, nil
	}
}

// Seal seals the Vault, and Unseal has it serve again: with a standby node, that one
// takes over in between.
func (v *Vault) Seal() error {
	_, err := v.Do(http.MethodPut, "sys/seal", "")
	return err
}

// Unseal unseals the Vault.
func (v *Vault) Unseal() error {
	_, err := v.Do(http.MethodPut, "sys/unseal", `{"key":"`+v.ready["unseal"]+`"}`)
	return err
}

// Write is Do with a body that is marshalled.
func (v *Vault) Write(path string, body any) (json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return v.Do(http.MethodPost, path, string(text))
}

// Mount mounts a KV engine of version "1" or "2" unless there is one already.
func (v *Vault) Mount(mount, version string) error {
	if _, err := v.Do(http.MethodGet, "sys/mounts/"+mount+"/tune", ""); err == nil {
		return nil
	}
	_, err := v.Write("sys/mounts/"+mount, map[string]any{"type": "kv", "options": map[string]string{"version": version}})
	return err
}

// Put writes a secret with these fields, a JSON object, as a new version.
func (v *Vault) Put(mount, path, version, fields string) error {
	if err := v.Mount(mount, version); err != nil {
		return err
	}
	if version == "1" {
		_, err := v.Do(http.MethodPost, mount+"/"+path, fields)
		return err
	}
	_, err := v.Do(http.MethodPost, mount+"/data/"+path, `{"data":`+fields+`}`)
	return err
}

// Knows tells whether a token is valid, and has not expired or been revoked.
func (v *Vault) Knows(token string) bool {
	_, err := v.Write("auth/token/lookup", map[string]string{"token": token})
	return err == nil
}

// Token makes a token with these policies and this time to live; kind is
// service or batch.
func (v *Vault) Token(kind, ttl string, policies ...string) (string, error) {
	text, err := v.Write("auth/token/create", map[string]any{"type": kind, "ttl": ttl, "policies": policies, "no_default_policy": false})
	if err != nil {
		return "", err
	}
	var answer struct {
		Auth struct {
			ClientToken string `json:"client_token"`
		} `json:"auth"`
	}
	err = json.Unmarshal(text, &answer)
	return answer.Auth.ClientToken, err
}
