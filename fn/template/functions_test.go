package template

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// esoFunctions are the names of the functions of ESO's templates: its own, those
// of its copy of sprig, and text/template's that have a guard here.
const esoFunctions = `
pkcs12key pkcs12keyPass pkcs12cert pkcs12certPass pemToPkcs12 pemToPkcs12Pass fullPemToPkcs12 fullPemToPkcs12Pass
pemTruststoreToPKCS12 pemTruststoreToPKCS12Pass filterPEM filterCertChain certSANs jwkPublicKeyPem jwkPrivateKeyPem
toYaml fromYaml rsaDecrypt

abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base bcrypt
biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone dateModify
date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration
durationRound empty encryptAES ext fail first float64 floor fromJson genCA genCAWithKey genPrivateKey
genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get has hasKey hasPrefix hasSuffix
hello hexdec htmlDate htmlDateInZone htpasswd indent initial initials int int64 isAbs join kebabcase keys kindIs
kindOf last list lower max maxf merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact
mustDateModify mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite
mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral
mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq
mustWithout must_date_modify nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend
push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch
regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver
semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote
sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings trim
trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep
untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith

html js print printf println urlquery`

func TestTheFunctionsAreThoseOfESO(t *testing.T) {
	want := slices.Sorted(slices.Values(strings.Fields(esoFunctions)))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(functions()))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for name := range unstable {
		if functions()[name] == nil {
			t.Errorf("there is no function %s to be unstable", name)
		}
	}
	for _, bounds := range []map[string]bool{has(numbers), has(texts), prints, slow, parsers} {
		for name := range bounds {
			if functions()[name] == nil {
				t.Errorf("there is no function %s to be bounded", name)
			}
		}
	}
}

func has[V any](m map[string]V) map[string]bool {
	names := map[string]bool{}
	for name := range m {
		names[name] = true
	}
	return names
}

// TestSprigHasNoOtherNamesThanWereLookedAt fails when a newer sprig brings
// functions: are they ESO's, stable, bounded?
func TestSprigHasNoOtherNamesThanWereLookedAt(t *testing.T) {
	for name := range original() {
		if functions()[name] == nil && !slices.Contains([]string{"env", "expandenv", "getHostByName"}, name) {
			t.Errorf("sprig's %s is missing", name)
		}
	}
}
