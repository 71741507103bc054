package canary

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// The forms in which a mark is known again, each by pieces of one length.
const (
	asItIs   = "as it is"            // in small letters or in capitals as well
	between  = "with others between" // split over lines, quoted, with its odd characters lost
	inBase64 = "in base64"
	inHex    = "in hex"
	inWords  = "in words of memory" // as a trace of goroutines shows arguments
)

// piece is how many bytes of a mark are enough, and ofNumber, of one that has only
// digits: eight digits are somewhere in any longer text.
const piece, ofNumber = 8, 12

// needles are pieces to look for: form → length → piece → place.
type needles map[string]map[int]map[string]string

func (n needles) add(form, text string, length int, place string) {
	if n[form] == nil {
		n[form] = map[int]map[string]string{}
	}
	if n[form][length] == nil {
		n[form][length] = map[string]string{}
	}
	for i := 0; i+length <= len(text); i++ {
		n[form][length][text[i:i+length]] = place
	}
}

func needlesOf(marks map[string]string) needles {
	n := needles{}
	for place, mark := range marks {
		enough := piece
		if strings.Trim(mark, digits) == "" {
			enough = ofNumber
		}
		n.add(asItIs, lower(mark), enough, place)
		n.add(between, squeezed(mark), enough, place)
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			for before := range 3 {
				// What stands before the mark and behind it has a part in the letters
				// at its ends.
				text := encoding.EncodeToString([]byte("xx"[:before] + mark + "xx"))
				first, last := (before*8+5)/6, (before+len(mark))*8/6
				n.add(inBase64, strings.ToLower(text[first:last]), enough, place)
			}
		}
		n.add(inHex, hex.EncodeToString([]byte(mark)), 2*enough, place)
		backwards := []byte(mark)
		slices.Reverse(backwards)
		// In the last byte of a word of 8 there is no more of the next.
		n.add(inWords, hex.EncodeToString(backwards), 16, place)
	}
	return n
}

// in tells of every piece in a text.
func (n needles) in(text string, tell func(place, form string)) {
	for _, one := range undone(text) {
		n.look(asItIs, lower(one), tell)
		n.look(between, squeezed(one), tell)
	}
	tight := strings.ToLower(strings.Join(strings.Fields(text), ""))
	// Line breaks in base64 may be escaped.
	n.look(inBase64, strings.NewReplacer(`\n`, "", `\r`, "").Replace(tight), tell)
	bytes := strings.NewReplacer("0x", "", ":", "", ",", "").Replace(tight)
	n.look(inHex, bytes, tell)
	n.look(inWords, tight, tell)
}

func (n needles) look(form, text string, tell func(place, form string)) {
	for length, pieces := range n[form] {
		for i := 0; i+length <= len(text); i++ {
			if place, ok := pieces[text[i:i+length]]; ok {
				tell(place, form)
			}
		}
	}
}

// lower has small letters for A to Z, and leaves every other byte: a letter that was
// cut in two as well.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// squeezed is the letters and digits of a text alone, in small letters: whatever
// stands between them.
func squeezed(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, lower(text))
}
