package fn

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/esfn/esfn/fn/secret"
)

// decodeValue undoes the encoding of a value (Decode in ESO's
// runtime/decoding/decoding.go): padded Base64 of either alphabet, in which line
// breaks do not count. Auto takes what can be decoded and leaves what cannot: a
// plain word of four letters is decoded as well.
func decodeValue(value secret.Value, strategy string) (secret.Value, error) {
	encodings := map[string][]*base64.Encoding{
		"Base64": {base64.StdEncoding}, "Base64URL": {base64.URLEncoding}, "Auto": {base64.StdEncoding, base64.URLEncoding},
	}[strategy]
	for _, encoding := range encodings {
		if plain, err := encoding.DecodeString(value.Reveal()); err == nil {
			return secret.New(string(plain)), nil
		}
	}
	if strategy == "Base64" || strategy == "Base64URL" {
		// What encoding/base64 says of it has a part of the value.
		return secret.Value{}, errors.New("is not " + strategy)
	}
	return value, nil
}

// hasNullByte tells a value that nullBytePolicy: Fail refuses.
func hasNullByte(value secret.Value) bool { return strings.ContainsRune(value.Reveal(), 0) }
