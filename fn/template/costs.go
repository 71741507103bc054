package template

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/esfn/esfn/fn/expression"
)

// What one call may take is bounded by what it is given, where a library has no bound
// of its own: some second, and 100 MB.
const (
	maxCompared   = 1 << 23  // comparisons of elements, each with each
	maxSearched   = 1 << 28  // steps of a regular expression, times bytes of the text
	maxYAML       = 1 << 18  // values, keys, lists and maps of a YAML text
	maxIterations = 2 << 20  // iterations of a PKCS#12 archive, all together
	maxKey        = 16 << 10 // bytes of a private key or a JWK: RSA of 20,000 bits
	maxSemver     = 16 << 10 // bytes of a version or its constraint
)

// costs say why a call would take too long or too much, or "".
var costs = map[string]func(a []reflect.Value) string{
	"uniq":                       comparesEach,
	"mustUniq":                   comparesEach,
	"without":                    comparesWith,
	"mustWithout":                comparesWith,
	"regexMatch":                 searches,
	"mustRegexMatch":             searches,
	"regexFind":                  searches,
	"mustRegexFind":              searches,
	"regexFindAll":               searchesAll,
	"mustRegexFindAll":           searchesAll,
	"regexSplit":                 searchesAll,
	"mustRegexSplit":             searchesAll,
	"regexReplaceAll":            searchesAll,
	"mustRegexReplaceAll":        searchesAll,
	"regexReplaceAllLiteral":     searchesAll,
	"mustRegexReplaceAllLiteral": searchesAll,
	"fromYaml":                   func(a []reflect.Value) string { return hasTooMuchYAML(a[0].String()) },
	"semver":                     ofVersions,
	"semverCompare":              ofVersions,
	"pkcs12key":                  iterates(0),
	"pkcs12keyPass":              iterates(1),
	"pkcs12cert":                 iterates(0),
	"pkcs12certPass":             iterates(1),
	"jwkPublicKeyPem":            withKey(0),
	"jwkPrivateKeyPem":           withKey(0),
	"rsaDecrypt":                 withKey(3),
	"pemToPkcs12":                withKey(1),
	"pemToPkcs12Pass":            withKey(1),
	"fullPemToPkcs12":            withKey(1),
	"fullPemToPkcs12Pass":        withKey(1),
	"buildCustomCert":            withKey(1),
	"genCAWithKey":               withKey(2),
	"genSelfSignedCertWithKey":   withKey(4),
	"genSignedCertWithKey":       withKey(5),
}

// comparesEach is of a function that compares each element of a list with all others.
func comparesEach(a []reflect.Value) string { return compares(a[0], a[0]) }

// comparesWith is of one that compares each with all other arguments.
func comparesWith(a []reflect.Value) string {
	if cause := compares(a[0], a[1]); cause != "" {
		return cause
	}
	return compares(a[1], a[0])
}

// compares has each element of one list compared with all of another, be they lists
// themselves, and long texts some bytes at a time.
func compares(each, with reflect.Value) string {
	if each.Kind() == reflect.Interface {
		each = each.Elem()
	}
	if each.Kind() != reflect.Slice {
		return ""
	}
	all := size(with)
	const atATime = 64
	if float64(each.Len())*(float64(all.elements)+float64(all.bytes)/atATime) > maxCompared {
		return fmt.Sprintf("would make more than %d comparisons", maxCompared)
	}
	return ""
}

// searches is of a function that looks for one match.
func searches(a []reflect.Value) string { return searchesFor(a[0].String(), len(a[1].String()), false) }

// searchesAll is of one that looks for all.
func searchesAll(a []reflect.Value) string {
	source, text := a[0].String(), a[1].String()
	if cause := searchesFor(source, len(text), true); cause != "" {
		return cause
	}
	compiled, err := regexp.Compile(source)
	if err != nil {
		return ""
	}
	matches := len(compiled.FindAllStringIndex(text, maxMade+1))
	switch {
	case matches > maxMade:
		return fmt.Sprintf("would find more than %d matches", maxMade)
	case a[2].Kind() == reflect.String && replaced(matches, text, a[2].String()) > maxOutput:
		return "would make too much: 4 MiB are the most"
	}
	return ""
}

func searchesFor(source string, length int, all bool) string {
	if expression.IsTooLarge(source) {
		return fmt.Sprintf("is given a regular expression of more than %d KiB, or of more than %d steps", expression.MaxText>>10, expression.MaxSteps)
	}
	e := expression.Of(source)
	work := float64(e.Steps) * float64(length)
	if all && e.Overshoots {
		work *= float64(length)
	}
	if work > maxSearched {
		return fmt.Sprintf("would take more than %d million steps for that text", maxSearched>>20)
	}
	return ""
}

// hasTooMuchYAML counts what may begin a value. Inside of texts it counts too much, and
// never too little.
func hasTooMuchYAML(text string) string {
	begins := 0
	for _, mark := range []string{",", "[", "{", ":", "\n", "- ", "? "} {
		begins += strings.Count(text, mark)
	}
	if begins > maxYAML {
		return fmt.Sprintf("is given YAML of more than %d values", maxYAML)
	}
	return ""
}

func ofVersions(a []reflect.Value) string {
	for _, version := range a {
		if len(version.String()) > maxSemver {
			return fmt.Sprintf("is given a version of more than %d KiB", maxSemver>>10)
		}
	}
	return ""
}

// withKey is of a function that is given a private key, the larger of which take
// minutes.
func withKey(at int) func(a []reflect.Value) string {
	return func(a []reflect.Value) string {
		if len(a[at].String()) > maxKey {
			return fmt.Sprintf("is given a key of more than %d KiB", maxKey>>10)
		}
		return ""
	}
}

// iterates is of a function that opens a PKCS#12 archive.
func iterates(at int) func(a []reflect.Value) string {
	return func(a []reflect.Value) string {
		if iterations([]byte(a[at].String())) > maxIterations {
			return fmt.Sprintf("is given an archive of more than %d million iterations", maxIterations>>20)
		}
		return ""
	}
}
