package tests

import (
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/esfn/esfn/tests/testbed"
)

// nobody is where nobody listens: the port is reserved, and opened by none.
const nobody = "127.0.0.1:1"

// noName is a name that there cannot be, whatever name server is asked: a label has 63
// letters at most.
var noName = strings.Repeat("made-up-", 8) + ".example"

// faultsOfConnections are those before there is a request.
var faultsOfConnections = []fault{
	{name: "nobody listens", bring: func(t *trial) { t.server = "http://" + nobody }},
	{name: "a name that there is not", bring: func(t *trial) { t.server = "https://" + noName }},
	{name: "TLS: the certificate has expired", bring: certified([]string{"-expired"}, serverNames...)},
	{name: "TLS: the certificate is not valid yet", bring: certified([]string{"-not-yet"}, serverNames...)},
	{name: "TLS: the certificate is for another name", bring: certified(nil, "other.example")},
	{name: "TLS: the certificate is of an unknown authority", bring: certified([]string{"-other-ca"}, serverNames...)},
	{name: "TLS: no authority is given", bring: func(t *trial) {
		certified(nil, serverNames...)(t)
		delete(t.store, "caBundle")
	}},
	{name: "http:// to a server that speaks TLS", bring: func(t *trial) {
		certified(nil, serverNames...)(t)
		t.server = strings.Replace(t.server, "https:", "http:", 1)
	}},
	{name: "https:// to a server that does not", bring: func(t *trial) { t.server = strings.Replace(t.server, "http:", "https:", 1) }},
}

// certified has the trial ask a server with a certificate like that, and trust its
// authority.
func certified(how []string, names ...string) func(*trial) {
	return func(t *trial) {
		pair, _, err := certificates.issue(testbed.Certificate{CommonName: "vault", Names: names, Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, how)
		t.check(err)
		config, err := pair.Config()
		t.check(err)
		server, err := t.recorder.Open(testbed.Front{TLS: config})
		t.check(err)
		t.server, t.store["caBundle"] = server, base64.StdEncoding.EncodeToString(certificates.ca.PEM)
	}
}
