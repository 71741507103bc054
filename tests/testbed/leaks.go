package testbed

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Leaks remembers secrets, and finds them where they should not be.
type Leaks struct {
	mu      sync.Mutex
	secrets map[string]string // secret → what it is
}

// Remember adds a secret, with a word on what it is. One of fewer than four
// bytes is not remembered: it would be found everywhere.
func (l *Leaks) Remember(what, secret string) {
	if len(secret) < 4 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.secrets == nil {
		l.secrets = map[string]string{}
	}
	l.secrets[secret] = what
}

// RememberLines adds a text of several lines, such as a key in PEM, and each of
// its lines that holds a secret.
func (l *Leaks) RememberLines(what, text string) {
	l.Remember(what, text)
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "-----") {
			l.Remember(what, line)
		}
	}
}

// RememberFields adds every string and number in a JSON text, at any depth.
func (l *Leaks) RememberFields(what, text string) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) == nil {
		l.rememberAll(what, v)
	}
}

func (l *Leaks) rememberAll(what string, v any) {
	switch v := v.(type) {
	case string:
		l.Remember(what, v)
	case json.Number:
		l.Remember(what, v.String())
	case []any:
		for _, one := range v {
			l.rememberAll(what, one)
		}
	case map[string]any:
		for key, one := range v {
			l.rememberAll(what+" (field "+key+")", one)
		}
	}
}

// lookAlikes are forms of credentials that nobody may have seen go by: those that
// went to Vault's own listener, or to another server.
var lookAlikes = map[string]*regexp.Regexp{
	"what looks like a Vault token": regexp.MustCompile(`\bhv[sbr]\.[A-Za-z0-9_-]{20}`),
	"what looks like a JWT":         regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.`),
}

// In returns what of all that is remembered stands in a text, as it is or in
// base64, hex, or a URL's or JSON's escapes, and what looks like a credential of
// Vault or Kubernetes. The secrets themselves are not returned.
func (l *Leaks) In(text string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for secret, what := range l.secrets {
		quoted, _ := json.Marshal(secret)
		for how, form := range map[string]string{
			"as it is":     secret,
			"in base64":    base64.StdEncoding.EncodeToString([]byte(secret)),
			"in hex":       hex.EncodeToString([]byte(secret)),
			"in a URL":     url.QueryEscape(secret),
			"in JSON text": strings.Trim(string(quoted), `"`),
		} {
			if strings.Contains(text, form) {
				found = append(found, what+", "+how)
				break
			}
		}
	}
	for what, form := range lookAlikes {
		if form.MatchString(text) {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return found
}
