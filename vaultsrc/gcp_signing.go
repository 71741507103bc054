package vaultsrc

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// gcpTokenLife is how long a token that esfn signs is good for. Vault grants up to
// 15 minutes and a role may grant less; the token is used once, at once.
const gcpTokenLife = 5 * time.Minute

// gcpSignedToken signs, with a service account's key as Google gives it, the token
// that Vault takes for a role of type iam. Google is not asked; Vault asks it for
// the public key (https://developer.hashicorp.com/vault/docs/auth/gcp). A fault
// has no field, and quotes nothing of the key.
func gcpSignedToken(key secret.Value, role string, at time.Time) (secret.Value, *fn.Fault) {
	fail := func(hint, cause string) (secret.Value, *fn.Fault) {
		return secret.Value{}, &fn.Fault{Cause: cause, Hint: hint}
	}
	const wanted = "give the JSON of a service account's key, as Google Cloud's console and gcloud iam service-accounts keys create write it"
	var file struct {
		Type         string
		ClientEmail  string `json:"client_email"`
		PrivateKeyID string `json:"private_key_id"`
		PrivateKey   string `json:"private_key"`
	}
	if json.Unmarshal([]byte(key.Reveal()), &file) != nil {
		return fail(wanted, "the service account's key is no JSON")
	}
	switch file.Type {
	case "service_account":
	case "external_account", "external_account_authorized_user", "authorized_user", "impersonated_service_account":
		return fail(wanted, fmt.Sprintf("credentials of the type %s sign nothing themselves, and esfn does not ask Google to", file.Type))
	default:
		return fail(wanted, "it is no service account's key: its type is not service_account")
	}
	if file.ClientEmail == "" || file.PrivateKeyID == "" || file.PrivateKey == "" {
		return fail(wanted, "the service account's key lacks client_email, private_key_id or private_key")
	}
	private := rsaKey(file.PrivateKey)
	if private == nil {
		return fail(wanted, "the private_key of the service account's key is no RSA key in PEM form")
	}
	claims, err := json.Marshal(map[string]any{"sub": file.ClientEmail, "aud": "vault/" + role, "exp": at.Add(gcpTokenLife).Unix()})
	if err != nil {
		panic("vaultsrc: texts and numbers do not encode") // they always do
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: file.PrivateKeyID}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return fail("", "the service account's key cannot be used")
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return fail("", "nothing can be signed with the service account's key")
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return fail("", "nothing can be signed with the service account's key")
	}
	return secret.New(compact), nil
}

// rsaKey reads a private key in PEM form, in either form that Google has given
// them in; nil where it is none.
func rsaKey(text string) *rsa.PrivateKey {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		key, _ := key.(*rsa.PrivateKey)
		return key
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil
	}
	return key
}
