package template_test

import (
	"strings"
	"testing"

	"crypto/x509"
	"encoding/base64"
	"encoding/pem"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/esfn/esfn/fn/template"
)

// TestWhatOneCallMayTake has for each bound a call that is just within it, and one that
// is just beyond.
func TestWhatOneCallMayTake(t *testing.T) {
	values := files(t)
	longKey := func(bytes int) string { return strings.Repeat("x", bytes) }
	values["kib16"], values["more"] = longKey(16<<10), longKey(16<<10+1)
	values["tens"] = strings.Repeat("xxxxxxxxxy", 1<<10)
	values["mib"] = strings.Repeat("x", 1<<20)
	values["yaml"], values["tooMuchYAML"] = "["+strings.Repeat("0,", 1<<18-2)+"0]", "["+strings.Repeat("0,", 1<<18)+"0]"
	const compared = " would make more than 8388608 comparisons"
	const searched = " would take more than 256 million steps for that text"
	const expression = " is given a regular expression of more than 16 KiB, or of more than 20000 steps"
	const key = " is given a key of more than 16 KiB"
	for _, test := range []struct{ function, within, beyond, says string }{
		{"uniq", `uniq (until 2896) | len`, `uniq (until 2897)`, compared},
		{"mustUniq", `mustUniq (until 2896) | len`, `mustUniq (until 2897)`, compared},
		{"uniq", `uniq (list .mib .mib .mib) | len`, `uniq (concat (until 500) (list .mib .mib))`, compared},
		{"without", `without (until 1000000) 1 2 3 | len`, `without (until 1000000) 1 2 3 4 5 6 7 8 9`, compared},
		{"mustWithout", `mustWithout (until 1000000) 1 2 3 | len`, `mustWithout (until 1000000) 1 2 3 4 5 6 7 8 9`, compared},
		{"without", `without (list 1 2) (until 100000) | len`, `without (until 1000) (until 100000)`, compared},
		{"splitn", `splitn "x" 400000 .mib | len`, `splitn "x" 1048577 .mib`, " would make too much: 1048576 bytes or elements are the most"},

		{"regexMatch", `regexMatch (repeat 9 "a{1000}") "a"`, `regexMatch (repeat 11 "a{1000}") "a"`, expression},
		{"mustRegexMatch", `mustRegexMatch (repeat 16384 "a") "a"`, `mustRegexMatch (repeat 16385 "a") "a"`, expression},
		{"regexMatch", `regexMatch (repeat 256 "x") .mib`, `regexMatch (repeat 257 "x") .mib`, searched},
		{"regexFind", `regexFind (repeat 256 "y") .mib`, `regexFind (repeat 257 "y") .mib`, searched},
		{"mustRegexMatch", `mustRegexMatch (repeat 256 "x") .mib`, `mustRegexMatch (repeat 257 "x") .mib`, searched},
		{"mustRegexFind", `mustRegexFind (repeat 256 "y") .mib`, `mustRegexFind (repeat 257 "y") .mib`, searched},
		{"regexFindAll", `regexFindAll (repeat 256 "y") .mib -1 | len`, `regexFindAll (repeat 257 "y") .mib -1`, searched},
		{"mustRegexFindAll", `mustRegexFindAll (repeat 256 "y") .mib -1 | len`, `mustRegexFindAll (repeat 257 "y") .mib -1`, searched},
		{"regexSplit", `regexSplit (repeat 256 "y") .mib -1 | len`, `regexSplit (repeat 257 "y") .mib -1`, searched},
		{"mustRegexSplit", `mustRegexSplit (repeat 256 "y") .mib -1 | len`, `mustRegexSplit (repeat 257 "y") .mib -1`, searched},
		{"regexReplaceAll", `regexReplaceAll (repeat 256 "y") .mib "z" | len`, `regexReplaceAll (repeat 257 "y") .mib "z"`, searched},
		{"mustRegexReplaceAll", `mustRegexReplaceAll (repeat 256 "y") .mib "z" | len`, `mustRegexReplaceAll (repeat 257 "y") .mib "z"`, searched},
		{"regexReplaceAllLiteral", `regexReplaceAllLiteral (repeat 256 "y") .mib "z" | len`, `regexReplaceAllLiteral (repeat 257 "y") .mib "z"`, searched},
		{"mustRegexReplaceAllLiteral", `mustRegexReplaceAllLiteral (repeat 256 "y") .mib "z" | len`, `mustRegexReplaceAllLiteral (repeat 257 "y") .mib "z"`, searched},
		// To find all of these takes the square of the text.
		{"regexFindAll", `regexFindAll "x*y|x" (repeat 6688 "x") -1 | len`, `regexFindAll "x*y|x" (repeat 6689 "x") -1`, searched},
		{"regexFindAll", `regexFindAll "x+y" .mib -1 | len`, `regexFindAll "(x+y)?" .mib -1`, searched},
		{"regexFindAll", `regexFindAll "x" .mib -1 | len`, `regexFindAll "" .mib -1`, " would find more than 1048576 matches"},
		{"regexSplit", `regexSplit "x" (repeat 1048575 "x") -1 | len`, `regexSplit "" .mib -1`, " would find more than 1048576 matches"},

		{"fromYaml", `fromYaml (printf "a: %s" (trunc 500000 .yaml | trimSuffix ",") | printf "%s]") | len`, `fromYaml .tooMuchYAML`, " is given YAML of more than 262144 values"},
		{"semver", `semverCompare (repeat 1489 "<9.9.9 || " | printf "%s<9.9.9") "1.0.0"`, `semver .more`, " is given a version of more than 16 KiB"},
		{"semverCompare", `semverCompare "1" "1"`, `semverCompare .more "1"`, " is given a version of more than 16 KiB"},

		{"jwkPublicKeyPem", ``, `jwkPublicKeyPem .more`, key},
		{"jwkPrivateKeyPem", ``, `jwkPrivateKeyPem .more`, key},
		{"rsaDecrypt", ``, `rsaDecrypt "RSA-OAEP" "SHA1" "a" .more`, key},
		{"pemToPkcs12", `pemToPkcs12 .rsa_crt (printf "%s%s" .rsa_key (repeat 12000 " ")) | empty`, `pemToPkcs12 .rsa_crt .more`, key},
		{"pemToPkcs12Pass", ``, `pemToPkcs12Pass .rsa_crt .more "a"`, key},
		{"fullPemToPkcs12", ``, `fullPemToPkcs12 .rsa_crt .more`, key},
		{"fullPemToPkcs12Pass", ``, `fullPemToPkcs12Pass .rsa_crt .more "a"`, key},
		{"buildCustomCert", `$c := buildCustomCert (b64enc .rsa_crt) (b64enc .rsa_key)`, `buildCustomCert (b64enc .rsa_crt) .more`, key},
		{"genCAWithKey", `$c := genCAWithKey "a" 1 .rsa_key`, `genCAWithKey "a" 1 .more`, key},
		{"genSelfSignedCertWithKey", `$c := genSelfSignedCertWithKey "a" nil nil 1 .rsa_key`, `genSelfSignedCertWithKey "a" nil nil 1 .more`, key},
		{"genSignedCertWithKey", `$c := genSignedCertWithKey "a" nil nil 1 (genCAWithKey "a" 1 .rsa_key) .rsa_key`, `genSignedCertWithKey "a" nil nil 1 (genCAWithKey "a" 1 .rsa_key) .more`, key},
	} {
		if got := execute(t, "{{ "+test.beyond+" }}", values); !strings.HasPrefix(got, "error: line 1, column ") || !strings.HasSuffix(got, ": the function "+test.function+test.says) {
			t.Errorf("%s\n gives %.200q", test.beyond, got)
		}
		if test.within == "" {
			continue
		}
		if got := execute(t, "{{ "+test.within+" }}", values); strings.HasPrefix(got, "error: ") {
			t.Errorf("%s\n gives %.200q", test.within, got)
		}
	}
}

func TestAnArchiveHasNoMoreIterationsThanItMay(t *testing.T) {
	values := files(t)
	block, _ := pem.Decode([]byte(values["rsa_crt"]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	block, _ = pem.Decode([]byte(values["rsa_p8"]))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern2023, pkcs12.LegacyDES, pkcs12.LegacyRC2, pkcs12.Modern2026} {
		for iterations, fails := range map[int]bool{5_000: false, 700_000: true} { // three times: MAC, certificates, key
			archive, err := encoder.WithIterations(iterations).Encode(key, certificate, nil, "made-up")
			if err != nil {
				t.Fatal(err)
			}
			values["archive"] = string(archive)
			for _, function := range []string{"pkcs12keyPass", "pkcs12certPass"} {
				got := execute(t, `{{ `+function+` "made-up" .archive }}`, values)
				want := "error: line 1, column 4: the function " + function + " is given an archive of more than 2 million iterations"
				if fails && got != want || !fails && !strings.HasPrefix(got, "-----BEGIN ") {
					t.Errorf("%d: %s gives %.100q", iterations, function, got)
				}
			}
			for _, function := range []string{"pkcs12key", "pkcs12cert"} {
				got := execute(t, `{{ `+function+` .archive }}`, values)
				if strings.Contains(got, "more than 2 million iterations") != fails {
					t.Errorf("%d: %s gives %.100q", iterations, function, got)
				}
			}
		}
	}
	values["archive"] = base64.StdEncoding.EncodeToString([]byte(values["modern_p12"])) // no DER at all
	if got := execute(t, `{{ pkcs12key .archive }}`, values); !strings.HasPrefix(got, "error: ") {
		t.Errorf("got %.100q", got)
	}
}

func TestKeysAndValuesAreNoMoreThanTheyMay(t *testing.T) {
	const lines = 1 << 17 // each has a : and a line break
	if read, err := template.KeysAndValues(strings.Repeat("a: b\n", 1)); err != nil || len(read) != 1 {
		t.Error(err)
	}
	_, err := template.KeysAndValues(strings.Repeat("# :\n", lines))
	if err != nil {
		t.Error(err)
	}
	_, err = template.KeysAndValues(strings.Repeat("# :\n", lines) + "a: b")
	if err == nil || err.Error() != "what the template gives is too large: more than 262144 values of YAML" {
		t.Error(err)
	}
}
