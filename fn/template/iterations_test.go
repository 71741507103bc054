package template

import (
	"encoding/asn1"
	"testing"
)

// TestIterationsOfAnArchive has the parameters as RFC 8018 writes them, where they may
// stand.
func TestIterationsOfAnArchive(t *testing.T) {
	type parameters struct {
		Salt       []byte
		Iterations int
		KeyLength  int `asn1:"optional"`
	}
	encode := func(v any) []byte {
		der, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	salt := []byte("made-up")
	plain := parameters{Salt: salt, Iterations: 1000}
	for name, tc := range map[string]struct {
		value any
		want  int64
	}{
		"plain":                    {plain, 1000},
		"in others":                {[]parameters{plain, plain}, 2000},
		"in an octet string":       {encode(plain), 1000},
		"for a long key":           {parameters{salt, 1000, 32}, 2000},
		"for a key without end":    {parameters{salt, 1000, 1 << 30}, maxIterations + 1},
		"as many as may be":        {parameters{Salt: salt, Iterations: maxIterations}, maxIterations},
		"one more":                 {parameters{Salt: salt, Iterations: maxIterations + 1}, maxIterations + 1},
		"many more":                {parameters{Salt: salt, Iterations: 1 << 40}, maxIterations + 1},
		"a number without a salt":  {[]int{1000, 1000}, 0},
		"a salt that is something": {struct{ A, B []byte }{salt, salt}, 0},
	} {
		if got := iterations(encode(tc.value)); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
	if got := iterations([]byte("no DER")); got != 0 {
		t.Errorf("got %d", got)
	}
}
