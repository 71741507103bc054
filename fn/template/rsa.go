package template

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// rsaDecrypt decrypts bytes by a private key in PEM (ESO's
// runtime/template/v2/decrypt.go). A hash that it does not know is SHA256, and
// the scheme None gives the bytes as they are.
func rsaDecrypt(scheme, hashName, encrypted, keyText string) (string, error) {
	switch scheme {
	case "None":
		return encrypted, nil
	case "RSA-OAEP":
	default:
		return "", reason("the scheme is neither RSA-OAEP nor None")
	}
	key, err := privateKey(keyText)
	if err != nil {
		return "", err
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return "", reason("the private key is not one for RSA")
	}
	decrypted, err := rsa.DecryptOAEP(hashOf(hashName), nil, rsaKey, []byte(encrypted), nil)
	if err != nil {
		return "", reason("the key, the hash or the bytes do not fit each other")
	}
	return string(decrypted), nil
}

func hashOf(name string) hash.Hash {
	switch name {
	case "SHA1":
		return sha1.New()
	case "SHA512":
		return sha512.New()
	}
	return sha256.New()
}
