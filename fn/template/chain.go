package template

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
)

// readChain orders certificates from the leaf to the root by their key
// identifiers (ESO's runtime/template/v2/pem_chain.go). It says nothing of trust:
// no signature and no date is looked at. There must be one leaf, and those that
// do not lead up from it are left out.
func readChain(text []byte) ([]*x509.Certificate, error) {
	certificates, err := readCertificates(text)
	if err != nil {
		return nil, err
	}
	issuer := map[int]int{}
	issues := map[int]bool{}
	for i, certificate := range certificates {
		for j, other := range certificates {
			if i != j && bytes.Equal(certificate.AuthorityKeyId, other.SubjectKeyId) {
				issuer[i], issues[j] = j, true
				break
			}
		}
	}
	var leaves []int
	for i := range certificates {
		if !issues[i] {
			leaves = append(leaves, i)
		}
	}
	switch {
	case len(certificates) == 0:
		return nil, reasonNoPEM
	case len(leaves) == 0:
		return nil, reason("no leaf among the certificates")
	case len(leaves) > 1:
		return nil, reason("several leaves among the certificates, or a chain with a gap")
	}
	var chain []*x509.Certificate
	for at, more := leaves[0], true; more; at, more = issuer[at] {
		if len(chain) == len(certificates) {
			return nil, reason("the certificates issue each other in a circle")
		}
		chain = append(chain, certificates[at])
	}
	return chain, nil
}

// readCertificates reads blocks up to what is none; each must be a certificate.
func readCertificates(text []byte) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return certificates, nil
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, reasonNoCertificate
		}
		certificates, text = append(certificates, certificate), rest
	}
}

// isRoot tells a certificate that names no other as its issuer.
func isRoot(certificate *x509.Certificate) bool {
	return certificate.AuthorityKeyId == nil || bytes.Equal(certificate.AuthorityKeyId, certificate.SubjectKeyId)
}
