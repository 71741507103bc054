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
func (at location) refusal(r *api.ResponseError, token secret.Value) *fn.Fault {
	words := vaultWords(r, token)
	switch {
	case at.at.Login.Method == fn.NoLogin && r.StatusCode == 403 && words == "permission denied":
		// Of a token that lacks a policy Vault says more than these two words.
		return at.at.loginFault("add auth to the store, or set VAULT_TOKEN; a Vault Agent or Proxy needs auto_auth, and use_auto_auth_token to lend its token",
			fmt.Sprintf("not given, and %s wants a token", hostOf(at.at.Server)))
	case at.at.Login.Method == fn.NoLogin && r.StatusCode == 403 && strings.Contains(words, "invalid token"):
		return at.at.loginFault("ask who runs the Vault Agent or Proxy there",
			fmt.Sprintf("not given, and the token that %s adds is invalid, expired or revoked", hostOf(at.at.Server)))
	case r.StatusCode == 403 && strings.Contains(words, "invalid token"):
		return at.at.loginFault("get a new token", fmt.Sprintf("Vault at %s does not accept the token: it is invalid, expired or revoked", hostOf(at.at.Server)))
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
	case r.StatusCode == 429 || r.StatusCode == 412 || r.StatusCode >= 502:
		return at.at.serverFault(laterHint, serverWords(at.at.Server, r, words))
	}
	hint := ""
	if r.RawError {
		hint = "that answer is not Vault's: is there a proxy or a firewall before it?"
	}
	return &fn.Fault{Cause: fmt.Sprintf("reading %s failed: %s", at.path, serverWords(at.at.Server, r, words)), Hint: hint}
}

// laterHint is for a server that answers and cannot do what it is asked.
const laterHint = "try later, or ask who runs it"

// serverWords says what a status means that is the server's own trouble.
func serverWords(server string, r *api.ResponseError, words string) string {
	host := hostOf(server)
	switch {
	case strings.Contains(words, "Vault is sealed"):
		return fmt.Sprintf("Vault at %s is sealed", host)
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
