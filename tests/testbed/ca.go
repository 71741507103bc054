package testbed

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// CA is a certificate authority, made when it is asked for and kept nowhere.
type CA struct {
	// PEM is its own certificate.
	PEM []byte

	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	serial      atomic.Int64
}

// Certificate says what a certificate shall be for. The zero Certificate is
// valid from an hour ago for a day, for nothing.
type Certificate struct {
	// CommonName of its subject.
	CommonName string
	// Names are the DNS names and IP addresses of a server.
	Names []string
	// From and Until are its validity, where set.
	From, Until time.Time
	// Usage is x509.ExtKeyUsageServerAuth, or x509.ExtKeyUsageClientAuth, or both.
	Usage []x509.ExtKeyUsage
}

// LongAgo and FarOff are days on which no certificate of a CA is valid.
var LongAgo, FarOff = time.Now().AddDate(-1, 0, 0), time.Now().AddDate(1, 0, 0)

// KeyPair is a certificate and its key, both as PEM.
type KeyPair struct{ Certificate, Key []byte }

// NewCA makes a certificate authority with a common name.
func NewCA(name string) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	ca := &CA{PEM: inPEM("CERTIFICATE", der), certificate: certificate, key: key}
	ca.serial.Store(1)
	return ca, nil
}

// Issue issues a certificate with a new key.
func (c *CA) Issue(what Certificate) (KeyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return KeyPair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(c.serial.Add(1)), Subject: pkix.Name{CommonName: what.CommonName},
		NotBefore: what.From, NotAfter: what.Until, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: what.Usage,
	}
	if what.From.IsZero() {
		template.NotBefore = c.certificate.NotBefore
	}
	if what.Until.IsZero() {
		template.NotAfter = c.certificate.NotAfter
	}
	for _, name := range what.Names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, c.certificate, key.Public(), c.key)
	if err != nil {
		return KeyPair{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	return KeyPair{inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", private)}, err
}

// Pool is a pool of the CA alone.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.certificate)
	return pool
}

// Config is the configuration of a server, or of a client, with the pair.
func (p KeyPair) Config() (*tls.Config, error) {
	pair, err := tls.X509KeyPair(p.Certificate, p.Key)
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, err
}

// Write writes the pair to the files name.crt and name.key in a folder.
func (p KeyPair) Write(folder, name string) (certificate, key string, err error) {
	certificate, key = filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key")
	return certificate, key, cmp.Or(os.WriteFile(certificate, p.Certificate, 0o644), os.WriteFile(key, p.Key, 0o600))
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
