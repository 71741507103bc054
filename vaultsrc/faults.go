package vaultsrc

import (
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// refusal says what any other status means. Vault's own words are added where
// they help, never with our token in them.
func (at location) refusal(r *api.ResponseError, by token) *fn.Fault {
	words := vaultWords(r, by.value)
	switch {
	case at.at.Login.Method == fn.NoLogin && r.StatusCode == 403 && words == "permission denied":
		// Of a token that lacks a policy Vault says more than these two words.
		return at.at.loginFault("add auth to the store, or set VAULT_TOKEN; a Vault Agent or Proxy needs auto_auth, and use_auto_auth_token to lend its token",
			fmt.Sprintf("not given, and %s wants a token", hostOf(at.at.Server)))
	case at.at.Login.Method == fn.NoLogin && r.StatusCode == 403 && strings.Contains(words, "invalid token"):
		return at.at.loginFault("ask who runs the Vault Agent or Proxy there",
			fmt.Sprintf("not given, and the token that %s adds is invalid, expired or revoked", hostOf(at.at.Server)))
	case r.StatusCode == 403 && strings.Contains(words, "invalid token"):
		hint := "get a new token"
		if by.own {
			hint = "this run got it by its login: are the role's token_ttl, token_max_ttl and token_num_uses enough for the run, or was it revoked?"
		}
		return at.at.loginFault(hint, fmt.Sprintf("Vault at %s does not accept the token: it is invalid, expired or revoked", hostOf(at.at.Server)))
	case r.StatusCode == 403 && !r.RawError:
		wanted, path, capability := "for", at.path, "read"
		if at.part == fn.FolderPart {
			// Vault checks the path with a slash after it, and the folders below
			// are listed as well.
			wanted, path, capability = "to list", at.path+"/*", "list"
		}
		return &fn.Fault{
			Cause: fmt.Sprintf("permission denied %s %s, or there is no such mount", wanted, at.path),
			Hint:  fmt.Sprintf("the policy needs: path %q { capabilities = [%q] }", path, capability),
		}
	case r.StatusCode == 429 || r.StatusCode == 412 || r.StatusCode >= 502 || hasNoLeader(r):
		return at.at.troubleFault(r, words)
	case r.RawError:
		return at.at.strangersFault(r, "the request for "+at.path)
	}
	hint := ""
	if r.StatusCode == 500 {
		hint = "Vault's own log says why: ask who runs it"
	}
	return &fn.Fault{Cause: fmt.Sprintf("reading %s failed: %s", at.path, serverWords(at.at.Server, r, words)), Hint: hint}
}

const (
	// laterHint is for a server that answers and cannot do what it is asked.
	laterHint = "try later, or ask who runs it"
	// strangersHint is for an answer that is not Vault's.
	strangersHint = "is the address right? Is there a proxy or a firewall before it?"
)

// troubleFault is the fault of a status that is the server's own trouble.
func (e endpoint) troubleFault(r *api.ResponseError, words string) *fn.Fault {
	hint := laterHint
	switch {
	case strings.Contains(words, sealed):
		hint = "it has to be unsealed: " + laterHint
	case hasNoLeader(r):
		hint = "one is elected within seconds: " + laterHint
	case r.RawError && r.StatusCode >= 500:
		hint = "that is not Vault's answer, but of something before it: " + laterHint
	}
	return e.serverFault(hint, serverWords(e.Server, r, words))
}

// strangersFault is the fault of a status without Vault's JSON beside it: a proxy's page.
func (e endpoint) strangersFault(r *api.ResponseError, to string) *fn.Fault {
	for _, words := range wantTLS {
		if r.StatusCode == 400 && strings.Contains(strings.Join(r.Errors, " "), words) {
			return e.serverFault("write https:// in the address", fmt.Sprintf("%s speaks TLS, and the address is http://", hostOf(e.Server)))
		}
	}
	return e.serverFault(strangersHint, fmt.Sprintf("%s answered %d to %s, and not as Vault does", hostOf(e.Server), r.StatusCode, to))
}

// wantTLS is what servers say that are asked without TLS and want it: Go's, which Vault
// is, and nginx.
var wantTLS = []string{"Client sent an HTTP request to an HTTPS server", "The plain HTTP request was sent to HTTPS port"}

const sealed = "Vault is sealed"

// hasNoLeader tells whether a cluster has no active node: a standby node says so with a
// 500 or a 503 (handleRequestForwarding and respondStandby in Vault's http/handler.go).
func hasNoLeader(r *api.ResponseError) bool {
	words := allVaultWords(r)
	return r.StatusCode >= 500 && (strings.Contains(words, "active cluster node not found") || strings.Contains(words, "no active Vault instance found"))
}

// serverWords says what a status means that is the server's own trouble.
func serverWords(server string, r *api.ResponseError, words string) string {
	host := hostOf(server)
	switch {
	case strings.Contains(words, sealed):
		return fmt.Sprintf("Vault at %s is sealed", host)
	case hasNoLeader(r):
		return fmt.Sprintf("the Vault cluster at %s has no active node", host)
	case r.StatusCode == 429:
		return fmt.Sprintf("Vault at %s limits the rate of requests, and this run needs more", host)
	case words != "":
		return fmt.Sprintf("Vault at %s answered %d: %s", host, r.StatusCode, words)
	}
	return fmt.Sprintf("%s answered %d", host, r.StatusCode)
}

// vaultWords joins the error texts of an answer to one line of bounded length,
// without the credential that was sent, should a server echo it. A body that is
// not Vault's JSON is nothing to show.
func vaultWords(r *api.ResponseError, sent ...secret.Value) string {
	return shortened(allVaultWords(r, sent...))
}

// allVaultWords are those to look for a meaning in.
func allVaultWords(r *api.ResponseError, sent ...secret.Value) string {
	if r.RawError {
		return ""
	}
	// Vault formats an error that is none into some of them.
	words := strings.ReplaceAll(strings.Join(r.Errors, " "), ": %!w(<nil>)", "")
	return onOneLine(words, sent...)
}

// onOneLine makes one line of what a server says, without what was sent. White space
// in that is to be found before it is made one space.
func onOneLine(words string, sent ...secret.Value) string {
	words = withoutSent(words, sent...)
	return withoutSent(strings.Join(strings.Fields(words), " "), sent...)
}

// oneLine is onOneLine of bounded length.
func oneLine(words string, sent ...secret.Value) string { return shortened(onOneLine(words, sent...)) }

// shortened bounds what is shown of what a server says.
func shortened(words string) string {
	const most = 300
	if r := []rune(words); len(r) > most {
		return string(r[:most]) + "…"
	}
	return words
}
