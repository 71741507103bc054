package vaultsrc

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"

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

// isSettled tells that the next attempt would fail as well: what a server says of a
// client's certificate.
func isSettled(err error) bool { return strings.Contains(alert(err), "certificate") }

// showsAny tells whether an address shows a credential that was sent, whatever
// stands between its letters.
func showsAny(address string, sent ...secret.Value) bool {
	squeezed := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, text)
	}
	return slices.ContainsFunc(sent, func(s secret.Value) bool {
		word := squeezed(s.Reveal())
		return word != "" && strings.Contains(squeezed(address), word)
	})
}

// withoutSent takes credentials out of what a server says: as they were sent,
// without the white space around them, which Vault trims off some, and quoted as
// Vault quotes.
func withoutSent(words string, sent ...secret.Value) string {
	for _, s := range sent {
		trimmed := strings.TrimSpace(s.Reveal())
		quoted := strconv.Quote(trimmed)
		for _, form := range []string{s.Reveal(), trimmed, quoted[1 : len(quoted)-1]} {
			if form != "" {
				words = strings.ReplaceAll(words, form, s.String())
			}
		}
	}
	return words
}

// connectionFault says why the server could not be asked, or gave no answer to
// the credential that was sent.
func (e endpoint) connectionFault(run context.Context, err error, sent ...secret.Value) *fn.Fault {
	if run.Err() != nil {
		return runEnded(run)
	}
	var refused *api.ResponseError
	if errors.As(err, &refused) {
		return e.serverFault(laterHint, serverWords(e.Server, refused, vaultWords(refused, sent...)))
	}
	var stray *strayed
	if errors.As(err, &stray) {
		return e.strayFault(stray, sent...)
	}
	if words := proxyWords(err); words != "" {
		return &fn.Fault{Scope: fn.RunScope, Field: "HTTPS_PROXY", Cause: fmt.Sprintf("on the way to %s the proxy %s", e.asked(err, sent...), words),
			Hint: "NO_PROXY lists hosts that are reached without it"}
	}
	if cause, hint := e.tlsWords(err); cause != "" {
		return e.serverFault(hint, fmt.Sprintf("%s does not answer: %s", e.asked(err, sent...), cause))
	}
	hint := "is the address right, and can it be reached from here?"
	if strings.HasPrefix(e.Server, "unix:") {
		hint = "does a Vault Agent or Proxy listen there?"
	}
	if e.addressFrom == "" {
		hint += " VAULT_ADDR takes its place"
	}
	return e.serverFault(hint, fmt.Sprintf("%s does not answer: %s", e.asked(err, sent...), networkWords(err)))
}

// proxyRefusal is an answer of a proxy that does not let a connection through.
type proxyRefusal struct{ status int }

func (p *proxyRefusal) Error() string { return fmt.Sprintf("the proxy answered %d", p.status) }

// proxyWords says why there was no way through a proxy; "" where that was not why.
func proxyWords(err error) string {
	var refusal *proxyRefusal
	var op *net.OpError
	switch {
	case errors.As(err, &refusal) && refusal.status == http.StatusProxyAuthRequired:
		return "wants a user and a password, or others"
	case errors.As(err, &refusal):
		return fmt.Sprintf("answered %d %s", refusal.status, http.StatusText(refusal.status))
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "cannot be reached: " + networkWords(op.Err)
	}
	return ""
}

// noWords is for a connection that ended without a reason that could be shown.
const noWords = "the connection broke off"

// networkWords says in a few words why there was no answer. Of texts that are
// not ours it shows only those of the operating system and of certificates.
func networkWords(err error) string {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	var system syscall.Errno
	var syntax *json.SyntaxError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fmt.Sprintf("its answer is larger than %d MiB", tooLarge.Limit>>20)
	case errors.As(err, &syntax):
		return "its answer is no JSON"
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host of the name %s", dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s cannot be resolved", dns.Name)
	case errors.As(err, &certificate):
		return rejection(certificate.Err)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "it does not speak TLS"
	case strings.Contains(err.Error(), "tls: protocol version not supported"), strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return "it does not speak TLS 1.2 or 1.3"
	case alert(err) != "":
		return "it ends the TLS handshake: " + alert(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &system):
		return system.Error()
	}
	return noWords
}

// runEnded is the fault of reads that were not begun when the run ended.
func runEnded(ctx context.Context) *fn.Fault {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &fn.Fault{Scope: fn.RunScope, Field: "ESFN_TIMEOUT", Cause: "the time for the run was over before all was read",
			Hint: "is a server slow? Set ESFN_TIMEOUT=2m for more time"}
	}
	return &fn.Fault{Scope: fn.RunScope, Cause: "interrupted"}
}
