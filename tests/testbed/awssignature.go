package testbed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// awsSignature is a signature of AWS's Signature Version 4, as it stands in a
// request's headers. It is computed here by the documentation, and not by the
// library that esfn signs with, so that each is a check on the other.
type awsSignature struct {
	accessKeyID, date, region, service, signature string
	headers                                       []string
}

var awsAuthorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$`)

func readSignature(r *http.Request) (awsSignature, error) {
	m := awsAuthorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return awsSignature{}, errors.New("the request is not signed")
	}
	s := awsSignature{accessKeyID: m[1], date: r.Header.Get("X-Amz-Date"), region: m[3], service: m[4], headers: strings.Split(m[5], ";"), signature: m[6]}
	if !strings.HasPrefix(s.date, m[2]+"T") {
		return s, errors.New("the signature is of another day")
	}
	if signed := ";" + m[5] + ";"; !strings.Contains(signed, ";host;") || !strings.Contains(signed, ";x-amz-date;") {
		return s, errors.New("host and x-amz-date are to be signed")
	}
	return s, nil
}

// canonical is the request as it is signed.
func (s awsSignature) canonical(r *http.Request, body []byte) string {
	var b strings.Builder
	// Slashes that are doubled count once: Vault doubles the one there is.
	b.WriteString(r.Method + "\n" + path.Clean(r.URL.Path) + "\n" + strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20") + "\n")
	for _, name := range s.headers {
		value := strings.Join(r.Header.Values(name), ",")
		if name == "host" {
			value = r.Host
		}
		b.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	b.WriteString("\n" + strings.Join(s.headers, ";") + "\n" + hexHash(body))
	return b.String()
}

// of computes the signature with a key.
func (s awsSignature) of(r *http.Request, body []byte, key string) string {
	day, _, _ := strings.Cut(s.date, "T")
	scope := day + "/" + s.region + "/" + s.service + "/aws4_request"
	derived := []byte("AWS4" + key)
	for _, part := range strings.Split(scope, "/") {
		derived = keyedHash(derived, part)
	}
	return hex.EncodeToString(keyedHash(derived, "AWS4-HMAC-SHA256\n"+s.date+"\n"+scope+"\n"+hexHash([]byte(s.canonical(r, body)))))
}

func hexHash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func keyedHash(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
