package fn

import (
	"strings"
	"testing"
)

func TestDecodingOfWhatWasRead(t *testing.T) {
	source := &fake{secrets: map[string]string{
		"app":   `{"std":"AP/+","url":"AP_-","lines":"AP\r\n/+","word":"1234","four":"user","text":"a text","empty":"","half":"AP/","spaced":" AP/+","null":"AAEC","list":["AAEC"],"nil":null}`,
		"good":  `{"a":"aGk=","b/c":"aG8="}`,
		"bad":   `{"a":"aGk=","b/c":"` + value + `"}`,
		"nulls": `{"raw":"a\u0000b","enc":"AAEC","fine":"x"}`,
	}}
	field := func(property, policies string) string {
		return "data: [{secretKey: k, remoteRef: {key: app, property: \"" + property + "\", " + policies + "}}]"
	}
	const not = `the value for "k" is not Base64` + "\n  hint: Auto decodes what it can and leaves the rest"
	const refused = "error: spec.data[0].remoteRef.decodingStrategy: " + not
	const bytes, b64, b64url, auto = "\x00\xff\xfe", "decodingStrategy: Base64", "decodingStrategy: Base64URL", "decodingStrategy: Auto"
	k := func(v string) map[string]string { return map[string]string{"k": v} }
	testSpecs(t, source, vaultStore, []specCase{
		{"none", field("std", ""), k("AP/+"), ""},
		{"None", field("std", "decodingStrategy: None"), k("AP/+"), ""},
		{"Base64", field("std", b64), k(bytes), ""},
		{"Base64 with line breaks", field("lines", b64), k(bytes), ""},
		{"Base64 of the other alphabet", field("url", b64), nil, refused},
		{"Base64 without its padding", field("half", b64), nil, refused},
		{"Base64 with a space", field("spaced", b64), nil, refused},
		{"Base64 of a text", field("text", b64), nil, refused},
		{"Base64 of nothing", field("empty", b64), k(""), ""},
		{"Base64 of null", field("nil", b64), k(""), ""},
		{"Base64 of a list's item", field("list.0", b64), k("\x00\x01\x02"), ""},
		{"Base64URL", field("url", b64url), k(bytes), ""},
		{"Base64URL of the other alphabet", field("std", b64url), nil, strings.Replace(refused, "is not Base64", "is not Base64URL", 1)},
		{"Auto", field("std", auto), k(bytes), ""},
		{"Auto of the other alphabet", field("url", auto), k(bytes), ""},
		{"Auto leaves a text", field("text", auto), k("a text"), ""},
		{"Auto of nothing", field("empty", auto), k(""), ""},
		{"Auto takes a number of four digits for an encoding", field("word", auto), k("\xd7\x6d\xf8"), ""},
		{"and a word of four letters", field("four", auto), k("\xba\xc7\xab"), ""},
		{"a strategy that is none", field("std", "decodingStrategy: base64"), nil,
			`error: spec.data[0].remoteRef.decodingStrategy: "base64" is none of Auto, Base64, Base64URL, None` + "\n  hint: did you mean Base64?"},
		{"extract", "dataFrom: [{extract: {key: good, " + b64 + "}}]", map[string]string{"a": "hi", "b_c": "ho"}, ""},
		{"extract with one that is not, by the key that it has in the end", "dataFrom: [{extract: {key: bad, " + b64 + "}}]", nil,
			`error: spec.dataFrom[0].extract.decodingStrategy: the value for "b_c" is not Base64` + "\n  hint: Auto decodes what it can and leaves the rest"},
		{"after a merge", "dataFrom: [{find: {name: {regexp: good}, " + b64 + "}, rewrite: [{merge: {}}, {regexp: {source: /, target: .}}]}]", map[string]string{"a": "hi", "b.c": "ho"}, ""},
		{"conversionStrategy has no say in data", field("text", "conversionStrategy: Unicode"), k("a text"), ""},

		{"a null byte", "dataFrom: [{extract: {key: nulls}}]", map[string]string{"raw": "a\x00b", "enc": "AAEC", "fine": "x"}, ""},
		{"a null byte, ignored", field("null", b64+", nullBytePolicy: Ignore"), k("\x00\x01\x02"), ""},
		{"a null byte, refused", "dataFrom: [{extract: {key: nulls, nullBytePolicy: Fail}}]", nil, `error: spec.dataFrom[0].extract.nullBytePolicy: the value for "raw" has a null byte in it` + "\n  hint: set nullBytePolicy: Ignore if it is meant to be binary"},
		{"in the decoded value", field("null", b64+", nullBytePolicy: Fail"), nil, `error: spec.data[0].remoteRef.nullBytePolicy: the value for "k" has a null byte in it` + "\n  hint: set nullBytePolicy: Ignore if it is meant to be binary"},
		{"not in the encoded one", field("null", "nullBytePolicy: Fail"), k("AAEC"), ""},
		{"spelled out in a document", "data: [{secretKey: k, remoteRef: {key: nulls, nullBytePolicy: Fail}}]", k(`{"enc":"AAEC","fine":"x","raw":"a\u0000b"}`), ""},
		{"of find", "dataFrom: [{find: {name: {regexp: nulls}, nullBytePolicy: Fail}, rewrite: [{merge: {}}]}]", nil, `error: spec.dataFrom[0].find.nullBytePolicy: the value for "raw" has a null byte in it` + "\n  hint: set nullBytePolicy: Ignore if it is meant to be binary"},
	})
}
