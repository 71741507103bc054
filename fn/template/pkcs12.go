package template

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// pkcs12KeyPEM gives the archive's private key as PKCS#8 (ESO's
// runtime/template/v2/pkcs12.go).
func pkcs12KeyPEM(password, archive string) (string, error) {
	key, _, _, err := pkcs12.DecodeChain([]byte(archive), password)
	if err != nil {
		return "", archiveReason(archive, err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", reasonNoKey
	}
	return blockPEM("PRIVATE KEY", der), nil
}

// pkcs12CertificatePEM gives the archive's certificates from the leaf to the
// root, or as they stand there if they are not one chain.
func pkcs12CertificatePEM(password, archive string) (string, error) {
	_, certificate, authorities, err := pkcs12.DecodeChain([]byte(archive), password)
	if err != nil {
		return "", archiveReason(archive, err)
	}
	text := certificatesPEM(append([]*x509.Certificate{certificate}, authorities...)...)
	if chain, err := readChain([]byte(text)); err == nil {
		return certificatesPEM(chain...), nil
	}
	return text, nil
}

func archiveReason(archive string, err error) error {
	var unknown pkcs12.NotImplementedError
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return reason("wrong password")
	case errors.As(err, &unknown):
		return reason("the archive has something in it that is not supported, or more than one key")
	}
	if strings.HasPrefix(archive, "MI") { // DER begins so in base64
		return reason("the archive is base64 text; decode it first, with b64dec or decodingStrategy")
	}
	return reason("not a PKCS#12 archive that can be read")
}

// toPKCS12 puts the first certificate and the key into an archive, as base64
// text. The encryption's salt makes it another one in every run.
func toPKCS12(certificate, key, password string) (string, error) {
	leaf, _, err := firstCertificate(certificate)
	if err != nil {
		return "", err
	}
	return encodePKCS12(leaf, nil, key, password)
}

// chainToPKCS12 is the same with all other certificates of the text as well. As
// in ESO, anything after the last one is an error, be it an empty line.
func chainToPKCS12(chain, key, password string) (string, error) {
	leaf, rest, err := firstCertificate(chain)
	if err != nil {
		return "", err
	}
	authorities, err := onlyCertificates(rest)
	if err != nil {
		return "", err
	}
	return encodePKCS12(leaf, authorities, key, password)
}

// toTrustStore puts certificates without a key into an archive, for Java.
func toTrustStore(certificates, password string) (string, error) {
	trusted, err := onlyCertificates(certificates)
	if err != nil {
		return "", err
	}
	archive, err := pkcs12.Modern.EncodeTrustStore(trusted, password)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(archive), nil
}

func encodePKCS12(leaf *x509.Certificate, authorities []*x509.Certificate, keyText, password string) (string, error) {
	key, err := privateKey(keyText)
	if err != nil {
		return "", err
	}
	archive, err := pkcs12.Modern.Encode(key, leaf, authorities, password)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(archive), nil
}

func onlyCertificates(text string) ([]*x509.Certificate, error) {
	certificates := []*x509.Certificate{}
	for text != "" {
		certificate, rest, err := firstCertificate(text)
		if err != nil {
			return nil, err
		}
		certificates, text = append(certificates, certificate), rest
	}
	return certificates, nil
}

func firstCertificate(text string) (*x509.Certificate, string, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil {
		return nil, "", reason("something that is not PEM stands where a certificate should be, or after the last one")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, "", reasonNoCertificate
	}
	return certificate, string(rest), nil
}
