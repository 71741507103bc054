package template

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// jwkPublicKeyPEM gives a public JWK as PKIX. A private one is an error, as in
// ESO (runtime/template/v2/jwk.go).
func jwkPublicKeyPEM(text string) (string, error) {
	key, err := readJWK(text)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", reason("the JWK is not a public key")
	}
	return blockPEM("PUBLIC KEY", der), nil
}

// jwkPrivateKeyPEM gives a private JWK as PKCS#8.
func jwkPrivateKeyPEM(text string) (string, error) {
	key, err := readJWK(text)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", reason("the JWK is not a private key")
	}
	return blockPEM("PRIVATE KEY", der), nil
}

// parts are the members of a JWK that make the key. What else it has, such as
// certificates and what it is for, decides nothing in ESO's library, while the
// one that is used here would judge it. RSA's dp, dq and qi follow from the rest.
var parts = []string{"n", "e", "d", "p", "q", "x", "y"}

// coordinates has the bytes of a coordinate for each curve. ESO's library takes
// them shorter, where someone left out leading zeros.
var coordinates = map[string]int{"P-256": 32, "P-384": 48, "P-521": 66}

func readJWK(text string) (crypto.PublicKey, error) {
	var given map[string]any
	if json.Unmarshal([]byte(text), &given) != nil {
		return nil, reason("the JWK is not a JSON object")
	}
	if given["kty"] == "oct" {
		return nil, reason("the JWK is a symmetric key, which has no PEM")
	}
	curve, _ := given["crv"].(string)
	bare := map[string]any{"kty": given["kty"], "crv": curve}
	for _, name := range parts {
		if part, ok := given[name].(string); ok {
			decoded, err := decodePart(part, coordinates[curve])
			if err != nil {
				return nil, reason("the JWK has something in it that is not base64url")
			}
			bare[name] = base64.RawURLEncoding.EncodeToString(decoded)
		}
	}
	encoded, err := json.Marshal(bare)
	if err != nil {
		return nil, err
	}
	var key jose.JSONWebKey
	if key.UnmarshalJSON(encoded) != nil {
		return nil, reason("not a JWK that is supported")
	}
	return key.Key, nil
}

// decodePart decodes any of the kinds of base64, to at least so many bytes.
func decodePart(part string, least int) ([]byte, error) {
	urlSafe := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(part, "="))
	decoded, err := base64.RawURLEncoding.DecodeString(urlSafe)
	if missing := least - len(decoded); missing > 0 {
		decoded = append(bytes.Repeat([]byte{0}, missing), decoded...)
	}
	return decoded, err
}
