package testbed

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSignaturesOfAWSsOwnExamples computes those of AWS's test suite for Signature
// Version 4, which has them with the user AKIDEXAMPLE.
func TestSignaturesOfAWSsOwnExamples(t *testing.T) {
	const session = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
	for name, tc := range map[string]struct {
		method, path, body, contentType, session, signed, want string
	}{
		"post-vanilla":                     {method: "POST", path: "/", signed: "host;x-amz-date", want: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"post-x-www-form-urlencoded":       {"POST", "/", "Param1=value1", "application/x-www-form-urlencoded", "", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
		"post-sts-header-before":           {method: "POST", path: "/", session: session, signed: "host;x-amz-date;x-amz-security-token", want: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
		"get-vanilla-query-order-key-case": {method: "GET", path: "/?Param2=value2&Param1=value1", signed: "host;x-amz-date", want: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		"get-slash":                        {method: "GET", path: "//", signed: "host;x-amz-date", want: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "https://example.amazonaws.com"+tc.path, strings.NewReader(tc.body))
			r.Header.Set("X-Amz-Date", "20150830T123600Z")
			if tc.contentType != "" {
				r.Header.Set("Content-Type", tc.contentType)
			}
			if tc.session != "" {
				r.Header.Set("X-Amz-Security-Token", tc.session)
			}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="+tc.signed+", Signature="+tc.want)
			s, err := readSignature(r)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.of(r, []byte(tc.body), "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"); got != tc.want {
				t.Errorf("got %s, want %s, of\n%s", got, tc.want, s.canonical(r, []byte(tc.body)))
			}
			if s.of(r, []byte(tc.body), "another") == tc.want {
				t.Error("another key gives the same signature")
			}
		})
	}
}
