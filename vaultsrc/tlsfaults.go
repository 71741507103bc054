package vaultsrc

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// showing is whether a server asked for a client certificate, and what it was shown.
type showing int32

const (
	notAsked showing = iota
	// nothingToShow: the store has none.
	nothingToShow
	// certificateShown: it was sent.
	certificateShown
)

// certificateAsked is an error of a connection whose server had asked for a client
// certificate. In TLS 1.3 the server refuses after the handshake, and what it says
// is lost as often as not.
type certificateAsked struct {
	error
	showing showing
}

func (c *certificateAsked) Unwrap() error { return c.error }

// tlsWords says why TLS failed, and what to do; "" where it did not.
func (e endpoint) tlsWords(err error) (cause, hint string) {
	var verification *tls.CertificateVerificationError
	var certificate *certificateAsked
	switch {
	case errors.As(err, &verification):
		return rejection(verification.Err), e.certificateHint(verification.Err)
	case errors.As(err, &certificate) && (alert(err) != "" || brokeOff(err)):
		if certificate.showing == certificateShown {
			return "it ends a connection that shows it the client certificate",
				fmt.Sprintf("compare %s with what the server accepts", e.certificate().Certificate.Field)
		}
		return "it asks for a client certificate, and ends a connection that shows none", "give the store one: spec.provider.vault.tls"
	}
	return "", ""
}

// rejection says what is wrong with a server's certificate. Names in it are
// the server's words.
func rejection(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "its certificate is signed by an unknown authority"
	case errors.As(err, &name):
		return fmt.Sprintf("its certificate is not for %s: %s", name.Host, namesIn(name.Certificate))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		whose := "its certificate"
		if invalid.Cert.IsCA {
			whose = "the certificate of its authority"
		}
		if time.Now().Before(invalid.Cert.NotBefore) {
			return fmt.Sprintf("%s is valid from %s on", whose, invalid.Cert.NotBefore.Format(time.DateOnly))
		}
		return fmt.Sprintf("%s expired on %s", whose, invalid.Cert.NotAfter.Format(time.DateOnly))
	}
	return "its certificate is not valid: " + strings.Trim(strconv.QuoteToASCII(err.Error()), `"`)
}

// namesIn lists whom a certificate is for, or the first few.
func namesIn(certificate *x509.Certificate) string {
	names := hostsOf(certificate)
	if len(names) == 0 {
		return "it names no host"
	}
	const most = 4
	more := ""
	if len(names) > most {
		names, more = names[:most], "…"
	}
	return "it is for " + strings.Join(names, ", ") + more
}

// hostsOf are the names and addresses that a certificate is for. They are a stranger's
// words.
func hostsOf(certificate *x509.Certificate) []string {
	var hosts []string
	for _, name := range certificate.DNSNames {
		hosts = append(hosts, strings.Trim(strconv.QuoteToASCII(name), `"`))
	}
	for _, ip := range certificate.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return hosts
}

// certificateHint says what to do about a server's certificate.
func (e endpoint) certificateHint(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &name):
		return "name the server as its certificate does"
	case !errors.As(err, &authority):
		return "ask who runs it, and is the clock right here?"
	case e.trustFrom != "":
		return fmt.Sprintf("%s is what is trusted: is it of the authority that signed the server's certificate?", e.trustFrom)
	case e.Trust.Field != "":
		return fmt.Sprintf("%s is what is trusted: is it of the authority that signed the server's certificate? VAULT_CACERT takes its place", e.Trust.Field)
	}
	return "give the store caBundle or caProvider, or set VAULT_CACERT to the file with the certificate authority's certificate"
}

// alert is what the other side said when it ended TLS, in Go's words; "" where it
// did not.
func alert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return strings.TrimPrefix(op.Err.Error(), "tls: ")
	}
	return ""
}

// brokeOff tells that the other side ended the connection without a word.
func brokeOff(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || networkWords(err) == noWords
}
