package template_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"

	"github.com/google/go-cmp/cmp"
	"software.sslmate.com/src/go-pkcs12"
)

// files are testdata's as values of templates: rsa.crt is .rsa_crt.
func files(t testing.TB) map[string]string {
	t.Helper()
	values := map[string]string{}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() && entry.Name() != "make.sh" {
			values[strings.NewReplacer(".", "_", "3des", "des3").Replace(entry.Name())] = file(t, entry.Name())
		}
	}
	return values
}

func TestCertificatesAndKeys(t *testing.T) {
	v := files(t)
	chain := v["rsa_crt"] + v["between_crt"] + v["root_crt"]
	shuffled := v["root_crt"] + v["rsa_crt"] + v["between_crt"]
	v["chain"], v["shuffled"], v["all"] = chain, shuffled, "text before\n"+v["rsa_key"]+chain
	v["two"] = v["rsa_crt"] + v["self_crt"]
	v["loop"] = v["rsa_crt"] + v["rsa_crt"]
	v["nothing"], v["junk"] = "", "made-up-secret-4711"
	v["emptyLine"] = chain + "\n"

	for _, test := range []struct{ template, want string }{
		{`{{ .all | filterPEM "CERTIFICATE" }}`, chain},
		{`{{ .all | filterPEM "certificate" }}`, chain},
		{`{{ .all | filterPEM "RSA PRIVATE KEY" }}`, v["rsa_key"]},
		{`{{ .all | filterPEM "EC PRIVATE KEY" }}`, ""},
		{`{{ .emptyLine | filterPEM "CERTIFICATE" }}`, chain},
		{`{{ .emptyLine | filterPEM "OTHER" }}`, "error: line 1, column 17: filterPEM: no PEM block of that type"},
		{`{{ .nothing | filterPEM "CERTIFICATE" }}`, ""},
		{`{{ .junk | filterPEM "CERTIFICATE" }}`, "error: line 1, column 12: filterPEM: no PEM block of that type"},

		{`{{ .chain | filterCertChain "leaf" }}`, v["rsa_crt"]},
		{`{{ .shuffled | filterCertChain "leaf" }}`, v["rsa_crt"]},
		{`{{ .shuffled | filterCertChain "intermediate" }}`, v["between_crt"]},
		{`{{ .shuffled | filterCertChain "root" }}`, v["root_crt"]},
		{`{{ .shuffled | filterCertChain "other" }}`, ""},
		{`{{ .rsa_crt | filterCertChain "root" }}`, ""},
		{`{{ .rsa_crt | filterCertChain "leaf" }}`, v["rsa_crt"]},
		{`{{ .rsa_crt | filterCertChain "intermediate" }}`, ""},
		{`{{ .self_crt | filterCertChain "leaf" }}`, ""},
		{`{{ .self_crt | filterCertChain "root" }}`, v["self_crt"]},
		{`{{ .two | filterCertChain "leaf" }}`, "error: line 1, column 11: filterCertChain: several leaves among the certificates, or a chain with a gap"},
		{`{{ list .between_crt .rsa_crt | join "" | filterCertChain "intermediate" }}`, v["between_crt"]},
		{`{{ list .self_crt .self_crt | join "" | filterCertChain "root" }}`, "error: line 1, column 41: filterCertChain: no leaf among the certificates"},
		{`{{ list .self_crt .self_crt .rsa_crt | join "" | filterCertChain "root" }}`, ""},
		{`{{ list .root_crt .between_crt .root_crt | join "" | filterCertChain "leaf" }}`, "error: line 1, column 54: filterCertChain: several leaves among the certificates, or a chain with a gap"},
		{`{{ list .child_crt .self_crt .self_crt | join "" | filterCertChain "root" }}`, "error: line 1, column 52: filterCertChain: the certificates issue each other in a circle"},
		{`{{ list .child_crt .self_crt | join "" | filterCertChain "root" }}`, v["self_crt"]},
		{`{{ .nothing | filterCertChain "leaf" }}`, "error: line 1, column 15: filterCertChain: no PEM block"},
		{`{{ .rsa_key | filterCertChain "leaf" }}`, "error: line 1, column 15: filterCertChain: a PEM block is not a certificate"},

		{`{{ .rsa_crt | certSANs | join "," }}`, "a.example,b.example,192.0.2.7,2001:db8::1,someone@a.example,spiffe://a.example/x"},
		{`{{ .root_crt | certSANs | len }}`, "0"},
		{`{{ printf "text\n%s" .rsa_crt | certSANs | first }}`, "a.example"},
		{`{{ .junk | certSANs }}`, "error: line 1, column 12: certSANs: no PEM block"},
		{`{{ .rsa_key | certSANs }}`, "error: line 1, column 15: certSANs: a PEM block is not a certificate"},

		{`{{ .modern_p12 | pkcs12keyPass "made-up" }}`, v["rsa_p8"]},
		{`{{ .modern_p12 | pkcs12certPass "made-up" }}`, chain},
		{`{{ .rc2_p12 | pkcs12keyPass "made-up" }}`, v["rsa_p8"]},
		{`{{ .rc2_p12 | pkcs12certPass "made-up" }}`, chain},
		{`{{ .des3_p12 | pkcs12keyPass "made-up" }}`, v["rsa_p8"]},
		{`{{ .des3_p12 | pkcs12certPass "made-up" }}`, chain},
		{`{{ .nopassword_p12 | pkcs12key }}`, v["rsa_p8"]},
		{`{{ .nopassword_p12 | pkcs12cert }}`, chain},
		{`{{ .modern_p12 | pkcs12key }}`, "error: line 1, column 18: pkcs12key: wrong password"},
		{`{{ .modern_p12 | pkcs12certPass "other" }}`, "error: line 1, column 18: pkcs12certPass: wrong password"},
		{`{{ .junk | pkcs12cert }}`, "error: line 1, column 12: pkcs12cert: not a PKCS#12 archive that can be read"},
		{`{{ .modern_p12 | b64enc | pkcs12keyPass "made-up" }}`, "error: line 1, column 27: pkcs12keyPass: the archive is base64 text; decode it first, with b64dec or decodingStrategy"},
		// An archive whose certificates are no chain gives them as they are in it.
		{`{{ fullPemToPkcs12 .two .rsa_key | b64dec | pkcs12cert }}`, v["rsa_crt"] + v["self_crt"]},

		{`{{ pemToPkcs12 .rsa_crt .rsa_key | b64dec | pkcs12key }}`, v["rsa_p8"]},
		{`{{ pemToPkcs12 .chain .rsa_p8 | b64dec | pkcs12cert }}`, v["rsa_crt"]},
		{`{{ pemToPkcs12Pass .self_crt .ec_key "made-up" | b64dec | pkcs12keyPass "made-up" }}`, v["ec_p8"]},
		{`{{ fullPemToPkcs12 .shuffled .rsa_key | b64dec | pkcs12cert }}`, chain},
		{`{{ fullPemToPkcs12Pass .chain .rsa_key "made-up" | b64dec | pkcs12certPass "made-up" }}`, chain},
		{`{{ pemToPkcs12 .junk .rsa_key }}`, "error: line 1, column 4: pemToPkcs12: something that is not PEM stands where a certificate should be, or after the last one"},
		{`{{ pemToPkcs12 .rsa_crt .junk }}`, "error: line 1, column 4: pemToPkcs12: no PEM block where the private key should be"},
		{`{{ pemToPkcs12 .rsa_crt .rsa_crt }}`, "error: line 1, column 4: pemToPkcs12: the private key cannot be read"},
		{`{{ fullPemToPkcs12 .emptyLine .rsa_key }}`, "error: line 1, column 4: fullPemToPkcs12: something that is not PEM stands where a certificate should be, or after the last one"},
		{`{{ pemTruststoreToPKCS12 .rsa_key }}`, "error: line 1, column 4: pemTruststoreToPKCS12: a PEM block is not a certificate"},

		{`{{ rsaDecrypt "RSA-OAEP" "SHA1" .oaep_sha1 .rsa_key }}`, "a made-up text"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA256" .oaep_sha256 .rsa_p8 }}`, "a made-up text"},
		{`{{ rsaDecrypt "RSA-OAEP" "None" .oaep_sha256 .rsa_key }}`, "a made-up text"},
		{`{{ rsaDecrypt "RSA-OAEP" "other" .oaep_sha256 .rsa_key }}`, "a made-up text"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA512" .oaep_sha512 .rsa_key }}`, "a made-up text"},
		{`{{ .rsa_key | rsaDecrypt "RSA-OAEP" "SHA512" .oaep_sha512 }}`, "a made-up text"},
		{`{{ rsaDecrypt "None" "" .junk "" }}`, "made-up-secret-4711"},
		{`{{ rsaDecrypt "RSA" "SHA1" .oaep_sha1 .rsa_key }}`, "error: line 1, column 4: rsaDecrypt: the scheme is neither RSA-OAEP nor None"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA1" .oaep_sha256 .rsa_key }}`, "error: line 1, column 4: rsaDecrypt: the key, the hash or the bytes do not fit each other"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA1" .oaep_sha1 .other_key }}`, "error: line 1, column 4: rsaDecrypt: the key, the hash or the bytes do not fit each other"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA1" .oaep_sha1 .ec_key }}`, "error: line 1, column 4: rsaDecrypt: the private key is not one for RSA"},
		{`{{ rsaDecrypt "RSA-OAEP" "SHA1" .oaep_sha1 .junk }}`, "error: line 1, column 4: rsaDecrypt: no PEM block where the private key should be"},
	} {
		if got := execute(t, test.template, v); got != test.want {
			t.Errorf("%s (-want +got):\n%s", test.template, cmp.Diff(test.want, got))
		}
	}
}

// TestArchivesAreReadByOthers reads what the functions make with the library and
// with openssl.
func TestArchivesAreReadByOthers(t *testing.T) {
	v := files(t)
	v["chain"] = v["rsa_crt"] + v["between_crt"] + v["root_crt"]
	for template, want := range map[string]struct{ key, certificates string }{
		`{{ pemToPkcs12 .rsa_crt .rsa_key }}`:                 {v["rsa_p8"], v["rsa_crt"]},
		`{{ pemToPkcs12Pass .self_crt .ec_key "made-up" }}`:   {v["ec_p8"], v["self_crt"]},
		`{{ fullPemToPkcs12 .chain .rsa_key }}`:               {v["rsa_p8"], v["chain"]},
		`{{ fullPemToPkcs12Pass .chain .rsa_key "made-up" }}`: {v["rsa_p8"], v["chain"]},
		`{{ pemTruststoreToPKCS12 .authorities_crt }}`:        {"", v["authorities_crt"]},
		`{{ .authorities_crt | pemTruststoreToPKCS12 }}`:      {"", v["authorities_crt"]},
		`{{ pemTruststoreToPKCS12Pass .root_crt "made-up" }}`: {"", v["root_crt"]},
	} {
		archive, err := base64.StdEncoding.DecodeString(execute(t, template, v))
		if err != nil {
			t.Errorf("%s: no base64: %v", template, err)
			continue
		}
		password := ""
		if strings.Contains(template, "made-up") {
			password = "made-up"
		}
		key, certificates := "", []*x509.Certificate{}
		if want.key == "" {
			certificates, err = pkcs12.DecodeTrustStore(archive, password)
		} else {
			var k any
			var leaf *x509.Certificate
			if k, leaf, certificates, err = pkcs12.DecodeChain(archive, password); err == nil {
				certificates = append([]*x509.Certificate{leaf}, certificates...)
				der, _ := x509.MarshalPKCS8PrivateKey(k)
				key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
			}
		}
		if err != nil {
			t.Errorf("%s: %v", template, err)
		}
		read := ""
		for _, c := range certificates {
			read += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
		}
		if key != want.key || read != want.certificates {
			t.Errorf("%s: another key or other certificates", template)
		}
		if _, err := exec.LookPath("openssl"); err != nil {
			continue
		}
		path := filepath.Join(t.TempDir(), "archive")
		if err := os.WriteFile(path, archive, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("openssl", "pkcs12", "-in", path, "-nodes", "-passin", "pass:"+password).CombinedOutput()
		if err != nil {
			t.Errorf("%s: openssl: %v", template, err)
		}
		rest := []byte(want.key + want.certificates)
		for len(rest) > 0 {
			var block *pem.Block
			block, rest = pem.Decode(rest)
			if !strings.Contains(string(out), string(pem.EncodeToMemory(block))) {
				t.Errorf("%s: openssl does not find all that should be in it", template)
			}
		}
	}
}

func TestJWK(t *testing.T) {
	private := func(name string) any {
		block, _ := pem.Decode([]byte(file(t, name)))
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	r := private("rsa.p8").(*rsa.PrivateKey)
	e := private("ec.p8").(*ecdsa.PrivateKey)
	ed := private("ed25519.p8").(ed25519.PrivateKey)
	encode := base64.RawURLEncoding.EncodeToString
	number := func(n *big.Int) string { return encode(n.Bytes()) }
	rsaPublic := map[string]any{"kty": "RSA", "kid": "made-up", "n": number(r.N), "e": "AQAB"}
	rsaPrivate := with(rsaPublic, "d", number(r.D), "p", number(r.Primes[0]), "q", number(r.Primes[1]),
		"dp", number(r.Precomputed.Dp), "dq", number(r.Precomputed.Dq), "qi", number(r.Precomputed.Qinv))
	point, err := e.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	scalar, err := e.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	ecPublic := map[string]any{"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])}
	edPublic := map[string]any{"kty": "OKP", "crv": "Ed25519", "x": encode(ed.Public().(ed25519.PublicKey))}

	const public, priv = "{{ .jwk | jwkPublicKeyPem }}", "{{ .jwk | jwkPrivateKeyPem }}"
	for _, test := range []struct {
		name, template string
		jwk            any
		want           string
	}{
		{"RSA", public, rsaPublic, file(t, "rsa.pub")},
		{"RSA", priv, rsaPrivate, file(t, "rsa.p8")},
		{"EC", public, ecPublic, file(t, "ec.pub")},
		{"EC", priv, with(ecPublic, "d", encode(scalar)), file(t, "ec.p8")},
		{"Ed25519", public, edPublic, file(t, "ed25519.pub")},
		{"Ed25519", priv, with(edPublic, "d", encode(ed.Seed())), file(t, "ed25519.p8")},
		{"padded and not base64url", public, with(ecPublic, "x", base64.StdEncoding.EncodeToString(point[1:33])), file(t, "ec.pub")},
		{"with what says nothing of the key", public, with(rsaPublic, "use", "other", "x5t", "A", "x5c", []string{"A"}, "alg", 1), file(t, "rsa.pub")},
		{"a private RSA key", public, rsaPrivate, "error: line 1, column 11: jwkPublicKeyPem: the JWK is not a public key"},
		{"a public RSA key", priv, rsaPublic, "error: line 1, column 11: jwkPrivateKeyPem: the JWK is not a private key"},
		{"a public EC key", priv, ecPublic, "error: line 1, column 11: jwkPrivateKeyPem: the JWK is not a private key"},
		{"symmetric", priv, map[string]any{"kty": "oct", "k": "AQAB"}, "error: line 1, column 11: jwkPrivateKeyPem: the JWK is a symmetric key, which has no PEM"},
		{"X25519", public, with(edPublic, "crv", "X25519"), "error: line 1, column 11: jwkPublicKeyPem: not a JWK that is supported"},
		{"a set", public, map[string]any{"keys": []any{rsaPublic}}, "error: line 1, column 11: jwkPublicKeyPem: not a JWK that is supported"},
		{"not on the curve", public, with(ecPublic, "x", encode(point[33:])), "error: line 1, column 11: jwkPublicKeyPem: not a JWK that is supported"},
		{"no base64", public, with(ecPublic, "x", "%"), "error: line 1, column 11: jwkPublicKeyPem: the JWK has something in it that is not base64url"},
		{"no object", public, "made-up-secret-4711", "error: line 1, column 11: jwkPublicKeyPem: the JWK is not a JSON object"},
	} {
		text, err := json.Marshal(test.jwk)
		if err != nil {
			t.Fatal(err)
		}
		if got := execute(t, test.template, map[string]string{"jwk": string(text)}); got != test.want {
			t.Errorf("%s: %s (-want +got):\n%s", test.name, test.template, cmp.Diff(test.want, got))
		}
	}
}

// with is a map with more members.
func with(m map[string]any, more ...any) map[string]any {
	all := map[string]any{}
	for key, value := range m {
		all[key] = value
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i].(string)] = more[i+1]
	}
	return all
}
