package template

import "encoding/asn1"

// iterations adds up how often the archive's passwords are to be hashed. Wherever that
// stands (RFC 7292: the MAC; RFC 8018: the parameters of an encryption) it is the number
// right behind a salt, and a number behind that is the length of what is made so. What
// stands in an encrypted part is not seen: a key that is encrypted once more in there,
// which nobody's archives have.
func iterations(der []byte) (sum int64) {
	walkDER(der, 0, func(salt, count, length asn1.RawValue) {
		if is(salt, asn1.TagOctetString) && is(count, asn1.TagInteger) {
			const hash = 20 // bytes that one round of hashing makes at least
			times := int64(1)
			if is(length, asn1.TagInteger) {
				times += number32(length) / hash
			}
			sum = min(sum+number32(count)*times, maxIterations+1)
		}
	})
	return sum
}

func is(value asn1.RawValue, tag int) bool {
	return value.Class == asn1.ClassUniversal && value.Tag == tag
}

// number32 is a whole number, or of one that takes more than 32 bits the largest that
// does not.
func number32(value asn1.RawValue) (n int64) {
	const most = 1<<31 - 1
	for _, b := range value.Bytes {
		if n = n<<8 | int64(b); n > most {
			return most
		}
	}
	return n
}

// walkDER visits each value with the two behind it, those in others and in octet strings
// too. It ends at what is no DER.
func walkDER(der []byte, depth int, visit func(value, next, second asn1.RawValue)) {
	const deepest = 30
	if depth > deepest {
		return
	}
	var all []asn1.RawValue
	for len(der) > 0 {
		var value asn1.RawValue
		rest, err := asn1.Unmarshal(der, &value)
		if err != nil {
			break
		}
		all, der = append(all, value), rest
	}
	all = append(all, asn1.RawValue{}, asn1.RawValue{})
	for i, value := range all[:len(all)-2] {
		visit(value, all[i+1], all[i+2])
		if value.IsCompound || is(value, asn1.TagOctetString) {
			walkDER(value.Bytes, depth+1, visit)
		}
	}
}
