package vaultsrc

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// isSettled tells that the next attempt would fail as well: what a server says of a
// client's certificate, or its own does; a name that there is not; no TLS.
func isSettled(err error) bool {
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	return strings.Contains(alert(err), "certificate") || errors.As(err, &certificate) ||
		errors.As(err, &dns) && dns.IsNotFound || speaksNoTLS(err) || speaksOldTLS(err)
}

// speaksNoTLS tells that the other side answered a handshake with something else.
func speaksNoTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || err != nil && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// speaksOldTLS tells that it knows no version that esfn does.
func speaksOldTLS(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "tls: protocol version not supported") ||
		strings.Contains(err.Error(), "tls: server selected unsupported protocol version"))
}

// connectionFault says why the server could not be asked, or gave no answer to
// the credential that was sent.
func (e endpoint) connectionFault(run context.Context, err error, sent ...secret.Value) *fn.Fault {
	if run.Err() != nil {
		return runEnded(run)
	}
	var refused *api.ResponseError
	if errors.As(err, &refused) {
		return e.troubleFault(refused, vaultWords(refused, sent...))
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
	if isNoAnswerOfVaults(err) {
		return e.serverFault(strangersHint, fmt.Sprintf("%s answers, and not as Vault does: %s", e.asked(err, sent...), networkWords(err)))
	}
	if speaksNoTLS(err) {
		return e.serverFault("is the port right? What has no TLS is http://", fmt.Sprintf("%s does not answer: %s", e.asked(err, sent...), networkWords(err)))
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

// isNoAnswerOfVaults tells that there was an answer, and Vault gives none like it.
func isNoAnswerOfVaults(err error) bool {
	var syntax *json.SyntaxError
	var tooLarge *http.MaxBytesError
	return errors.As(err, &syntax) || errors.As(err, &tooLarge)
}

// noWords is for a connection that ended without a reason that could be shown.
const noWords = "the connection broke off"

// noAnswer is for one that was waited for until the time for it was over.
const noAnswer = "no answer in time"

// networkWords says in a few words why there was no answer. Of texts that are
// not ours it shows only those of the operating system and of certificates.
func networkWords(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	var system syscall.Errno
	var syntax *json.SyntaxError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fmt.Sprintf("its answer is larger than %s", fn.Bytes(tooLarge.Limit))
	case errors.As(err, &syntax):
		return "its answer is no JSON"
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host of the name %s", dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s cannot be resolved", dns.Name)
	case errors.As(err, &certificate):
		return rejection(certificate.Err)
	case speaksNoTLS(err):
		return "it does not speak TLS"
	case speaksOldTLS(err):
		return "it does not speak TLS 1.2 or 1.3"
	case alert(err) != "":
		return "it ends the TLS handshake: " + alert(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return noAnswer
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
