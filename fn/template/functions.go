package template

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
	"unicode"

	"github.com/Masterminds/sprig/v3"
)

// functions are those of a template, each behind its guard: sprig's, but for
// those that ask the machine or the network (ESO has a copy of sprig without them
// in runtime/template/v2/sprig), and ESO's own. There is no name in both. They are
// put together when the first template is parsed.
var functions = sync.OnceValue(func() map[string]*guarded {
	all := map[string]*guarded{}
	for _, some := range []map[string]any{builtins, original(), ofESO, dates, changed} {
		for name, function := range some {
			all[name] = guard(name, function)
		}
	}
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	return all
})

// functionsIn returns those of the functions whose names stand in a text. A
// template keeps a map of its functions for itself, and copies it whenever it is
// executed: of all 230, that took longer than everything else.
func functionsIn(text string) map[string]*guarded {
	found := map[string]*guarded{}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if function, ok := functions()[word]; ok {
			found[word] = function
		}
	}
	return found
}

// functionsFor makes functions for one execution.
func functionsFor(run *usage, of map[string]*guarded) texttemplate.FuncMap {
	all := texttemplate.FuncMap{}
	for name, function := range of {
		all[name] = function.in(run)
	}
	return all
}

// original are the functions as sprig has them.
var original = sync.OnceValue(func() map[string]any { return sprig.TxtFuncMap() })

// builtins are text/template's own that make text, for the sake of their guard.
var builtins = map[string]any{
	"html":     texttemplate.HTMLEscaper,
	"js":       texttemplate.JSEscaper,
	"print":    fmt.Sprint,
	"printf":   fmt.Sprintf,
	"println":  fmt.Sprintln,
	"urlquery": texttemplate.URLQueryEscaper,
}

// ofESO are the functions that ESO adds to sprig's.
var ofESO = map[string]any{
	"pkcs12key":      func(archive string) (string, error) { return pkcs12KeyPEM("", archive) },
	"pkcs12keyPass":  pkcs12KeyPEM,
	"pkcs12cert":     func(archive string) (string, error) { return pkcs12CertificatePEM("", archive) },
	"pkcs12certPass": pkcs12CertificatePEM,

	"pemToPkcs12":               func(cert, key string) (string, error) { return toPKCS12(cert, key, "") },
	"pemToPkcs12Pass":           toPKCS12,
	"fullPemToPkcs12":           func(chain, key string) (string, error) { return chainToPKCS12(chain, key, "") },
	"fullPemToPkcs12Pass":       chainToPKCS12,
	"pemTruststoreToPKCS12":     func(certs string) (string, error) { return toTrustStore(certs, "") },
	"pemTruststoreToPKCS12Pass": toTrustStore,

	"filterPEM":       filterPEM,
	"filterCertChain": filterCertChain,
	"certSANs":        certSANs,

	"jwkPublicKeyPem":  jwkPublicKeyPEM,
	"jwkPrivateKeyPem": jwkPrivateKeyPEM,

	"toYaml":   toYAML,
	"fromYaml": fromYAML,

	"rsaDecrypt": rsaDecrypt,
}

// changed are those of sprig's functions that differ in ESO's copy of it, or
// give here only one of the results that they may have there.
var changed = map[string]any{
	"hexdec":   hexdec,
	"htpasswd": htpasswd,
	"fail":     func(string) (string, error) { return "", reason("the template calls fail") },

	// In sprig these two have the order of a Go map, another one in every run.
	"keys": func(of ...map[string]any) []string {
		all := []string{}
		for _, m := range of {
			all = append(all, slices.Sorted(maps.Keys(m))...)
		}
		return all
	},
	"values": func(of map[string]any) []any {
		all := []any{}
		for _, key := range slices.Sorted(maps.Keys(of)) {
			all = append(all, of[key])
		}
		return all
	},
}

// hexdec gives what is wrong with the text as its result, as b64dec does.
func hexdec(text string) string {
	decoded, err := hex.DecodeString(text)
	if err != nil {
		return err.Error()
	}
	return string(decoded)
}

// hashAlgorithm is a type of its own as in ESO's copy of sprig: a constant in the
// template can be one, and a value cannot.
type hashAlgorithm string

func htpasswd(user, password string, algorithm hashAlgorithm) string {
	if algorithm != "sha" || strings.Contains(user, ":") {
		return original()["htpasswd"].(func(user, password string) string)(user, password)
	}
	sum := sha1.Sum([]byte(password))
	return user + ":{SHA}" + base64.StdEncoding.EncodeToString(sum[:])
}
