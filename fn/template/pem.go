package template

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// filterPEM gives the PEM blocks of a type, encoded anew (ESO's
// runtime/template/v2/pem.go). What stands before the first block is nothing to
// it, and no block at all is an error only where something else is there.
func filterPEM(kind, text string) (string, error) {
	var found bytes.Buffer
	rest := fromFirstBlock(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.EqualFold(block.Type, kind) {
			if err := pem.Encode(&found, block); err != nil {
				return "", err
			}
		}
	}
	if found.Len() == 0 && len(rest) > 0 {
		return "", reason("no PEM block of that type")
	}
	return found.String(), nil
}

func fromFirstBlock(text string) []byte {
	if start := strings.Index(text, "-----BEGIN"); start > 0 {
		text = text[start:]
	}
	return []byte(text)
}

// filterCertChain gives one part of a chain of certificates: the leaf, unless it
// signed itself; those between; the root.
func filterCertChain(part, text string) (string, error) {
	chain, err := readChain([]byte(text))
	if err != nil {
		return "", err
	}
	switch first, last := chain[0], chain[len(chain)-1]; {
	case part == "leaf" && !isRoot(first):
		return certificatesPEM(first), nil
	case part == "intermediate":
		between := chain[1:]
		for i, certificate := range between {
			if isRoot(certificate) {
				between = between[:i]
				break
			}
		}
		return certificatesPEM(between...), nil
	case part == "root" && isRoot(last):
		return certificatesPEM(last), nil
	}
	return "", nil
}

// certSANs lists the names that the first certificate is for: DNS names, IP
// addresses, email addresses, URIs.
func certSANs(text string) ([]string, error) {
	block, _ := pem.Decode(fromFirstBlock(text))
	if block == nil {
		return nil, reasonNoPEM
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, reasonNoCertificate
	}
	names := append([]string{}, certificate.DNSNames...)
	for _, ip := range certificate.IPAddresses {
		names = append(names, ip.String())
	}
	names = append(names, certificate.EmailAddresses...)
	for _, uri := range certificate.URIs {
		names = append(names, uri.String())
	}
	return names, nil
}

const (
	reasonNoPEM         = reason("no PEM block")
	reasonNoCertificate = reason("a PEM block is not a certificate")
	reasonNoKey         = reason("the private key cannot be read")
)

func certificatesPEM(certificates ...*x509.Certificate) string {
	var text strings.Builder
	for _, certificate := range certificates {
		text.WriteString(blockPEM("CERTIFICATE", certificate.Raw))
	}
	return text.String()
}

func blockPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// privateKey reads a key in any of its usual forms, whatever the block is called.
func privateKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, reason("no PEM block where the private key should be")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	return nil, reasonNoKey
}
