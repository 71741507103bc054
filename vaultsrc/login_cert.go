package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// certWay logs in with the client certificate that the connection shows
// (https://developer.hashicorp.com/vault/api-docs/auth/cert); certificate.go
// reads it, and says what is wrong with it. Without a role, Vault looks for one
// that fits.
func (e endpoint) certWay() (way, *fn.Fault) {
	if u, err := parseServer(e.Server); err == nil && u.Scheme != "https" {
		return way{}, e.serverFault("use the https:// address of Vault itself: a proxy or an Agent that ends TLS has no certificate to show",
			fmt.Sprintf("%s logs in with a client certificate, and over %s:// none is shown", e.Login.Field, u.Scheme))
	}
	return way{login: func(ctx context.Context, client *api.Client) (token, error) {
		method := loginRequest{path: "auth/" + e.Login.Mount + "/login"} // its body is null, as ESO's
		if e.Login.Role != "" {
			method.body = map[string]any{"name": e.Login.Role}
		}
		return e.logIn(ctx, client, method, e.certRefusal)
	}}, nil
}

// certificateRefused begins what Vault says, with a 500, of a client certificate
// that is not valid.
const certificateRefused = "failed to verify client's certificate: "

// certRefusal says what Vault's answer to a login means.
func (e endpoint) certRefusal(words string) (cause, hint string) {
	roles := fmt.Sprintf("auth/%s/certs", e.Login.Mount)
	certificate, invalid := strings.CutPrefix(words, certificateRefused)
	switch {
	case invalid && strings.Contains(certificate, "incompatible key usage"):
		return "the certificate is not one to log in with", "issue it with the extended key usage clientAuth"
	case invalid && strings.Contains(certificate, "is after"):
		return "the certificate is expired: " + afterColon(certificate), "put a new one into the Secret that clientCert names"
	case invalid && strings.Contains(certificate, "is before"):
		return "the certificate is not valid yet: " + afterColon(certificate), "are the clocks right, Vault's and those of who issued it?"
	case invalid:
		return "the certificate is not valid: " + certificate, ""
	case strings.Contains(words, "client certificate must be supplied"), strings.Contains(words, "tls connection required"):
		return "no client certificate reached Vault", "does something before Vault end TLS? The address has to lead to Vault's own listener, without tls_disable_client_certs"
	case strings.Contains(words, "failed to match all constraints"):
		if e.Login.Role == "" {
			return "no role takes this certificate", fmt.Sprintf("compare its authority and its names with those of the roles below %s", roles)
		}
		return "there is no such role, or it does not take this certificate", fmt.Sprintf("compare its authority and its names with vault read %s/%s", roles, e.Login.Role)
	case strings.Contains(words, "permission denied"):
		return "permission denied", fmt.Sprintf("Vault does not say which: auth/%s is not enabled, or the role's token_bound_cidrs leave esfn's address out", e.Login.Mount)
	}
	return "", ""
}

// afterColon is the last part of an error's text: the times, in this case.
func afterColon(words string) string {
	_, last, _ := strings.Cut(words, "not yet valid: ")
	return last
}
