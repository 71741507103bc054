package canary

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Marks are the values that one test has made. They may be used by several goroutines
// at once.
type Marks struct {
	test string

	mu sync.Mutex
	of map[string]string // place → value
	// needles has the pieces to look for; nil where it is to be made anew.
	needles needles
}

// New returns no marks yet, for a test of that name.
func New(test string) *Marks { return &Marks{test: test, of: map[string]string{}} }

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	digits  = "0123456789"
	// long is how many characters a mark has, and longNumber, a number's digits.
	long, longNumber = 32, 18
)

// Text gives the mark of a place: 32 letters and digits, the first of them a letter.
func (m *Marks) Text(place string) string {
	return m.keep(place, m.random("L", place, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)+m.random("text", place, letters, long-1))
}

// Odd gives a mark with characters in its middle that every way to quote a text
// writes in a way of its own: quotes, <, &, %, a line break and a letter of three bytes.
func (m *Marks) Odd(place string) string {
	text := m.random("odd", place, letters, long)
	return m.keep(place, text[:long/2]+"\"'<&>\\%\t\n語: "+text[long/2:])
}

// Number gives a mark that is a whole number of 18 digits.
func (m *Marks) Number(place string) string {
	return m.keep(place, m.random("N", place, "123456789", 1)+m.random("number", place, digits, longNumber-1))
}

// Keep has a value looked for as well that somebody else has made: a token that a
// server gave. It needs to be as random as a mark.
func (m *Marks) Keep(place, value string) { m.keep(place, value) }

// KeepLines is Keep for each line of a text, such as a key in PEM form, but for those
// that say what it is.
func (m *Marks) KeepLines(place, text string) {
	for i, line := range strings.Split(text, "\n") {
		if len(line) >= piece && !strings.HasPrefix(line, "-----") {
			m.keep(fmt.Sprintf("%s, line %d", place, i+1), line)
		}
	}
}

func (m *Marks) keep(place, value string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of[place] != value {
		m.of[place], m.needles = value, nil
	}
	return value
}

// Len is how many places have a mark.
func (m *Marks) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.of)
}

// In returns the places whose marks, or pieces of them, are in a text, and in which
// form; never the marks themselves.
func (m *Marks) In(text string) []string {
	m.mu.Lock()
	if m.needles == nil {
		m.needles = needlesOf(m.of)
	}
	looked := m.needles
	m.mu.Unlock()
	found := map[string]bool{}
	looked.in(text, func(place, form string) { found[place+", "+form] = true })
	var all []string
	for one := range found {
		all = append(all, one)
	}
	slices.Sort(all)
	return all
}

// random gives characters that depend on the test, the place and nothing else.
func (m *Marks) random(kind, place, of string, n int) string {
	var b strings.Builder
	for block := 0; b.Len() < n; block++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", m.test, kind, place, block))
		for _, c := range sum {
			if b.Len() < n {
				b.WriteByte(of[int(c)%len(of)])
			}
		}
	}
	return b.String()
}

// Base64 is how a Secret's data holds a value.
func Base64(value string) string { return base64.StdEncoding.EncodeToString([]byte(value)) }
