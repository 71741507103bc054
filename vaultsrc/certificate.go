package vaultsrc

import (
	"crypto/tls"
	"strings"

	"github.com/esfn/esfn/fn"
)

// certificate is what the client shows of itself: that of the cert method stays
// for what is read after the login, as in ESO (providers/v1/vault/auth_cert.go).
func (e endpoint) certificate() fn.ClientCertificate {
	if e.Login.Method == fn.CertLogin {
		return e.Login.Certificate
	}
	return e.Certificate
}

// keyPair reads a certificate and its private key. The faults are in words of our
// own, at the field that is wrong.
func keyPair(own fn.ClientCertificate) (tls.Certificate, *fn.Fault) {
	pair, err := tls.X509KeyPair([]byte(own.Certificate.Value.Reveal()), []byte(own.Key.Value.Reveal()))
	if err == nil {
		return pair, nil
	}
	fault := func(c fn.Credential, hint, cause string) (tls.Certificate, *fn.Fault) {
		return pair, &fn.Fault{Scope: fn.StoreScope, Field: c.Field, Cause: cause, Hint: hint}
	}
	switch words := err.Error(); {
	case strings.Contains(words, "does not match public key"):
		return fault(own.Key, "compare it with "+own.Certificate.Field, "is not the private key of the certificate")
	case strings.Contains(words, "failed to parse private key"):
		return fault(own.Key, "one that is encrypted has to be decrypted first", "holds a private key that cannot be read")
	case strings.Contains(words, "key input"), strings.Contains(words, "rather than a key"):
		return fault(own.Key, "it begins with a line such as -----BEGIN PRIVATE KEY-----", "holds no private key in PEM form")
	}
	return fault(own.Certificate, "it begins with the line -----BEGIN CERTIFICATE-----", "holds no certificate in PEM form that can be read")
}
