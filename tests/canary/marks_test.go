package canary

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"text/template"

	"sigs.k8s.io/yaml"
)

// leaks are the ways in which a value gets into what is printed.
func leaks(t *testing.T, value string) map[string]string {
	t.Helper()
	asJSON, err := json.Marshal(map[string]string{"error": "invalid: " + value})
	if err != nil {
		t.Fatal(err)
	}
	twice, err := json.Marshal(string(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(map[string]string{"error": "invalid: " + value})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"plain": "invalid: " + value, "upper": strings.ToUpper(value), "lower": strings.ToLower(value),
		"%q": fmt.Sprintf("%q", value), "%+q": fmt.Sprintf("%+q", value), "%x": fmt.Sprintf("%x", value), "%X": fmt.Sprintf("%X", value), "% x": fmt.Sprintf("% x", value),
		"%#x": fmt.Sprintf("%# x", value), "bytes": fmt.Sprint([]byte(value)), "go bytes": fmt.Sprintf("%#v", []byte(value)), "hex dump": hex.Dump([]byte(value)),
		"json": string(asJSON), "json in json": string(twice), "yaml": string(asYAML), "go": fmt.Sprintf("%#v", struct{ V string }{value}),
		"url": "https://vault.example/?q=" + url.QueryEscape(value), "path": url.PathEscape(value), "html": html.EscapeString(value), "js": template.JSEscapeString(value),
		"spaced": strings.Join(strings.Split(value, ""), " "), "wrapped": value[:9] + "\n    " + value[9:], "continued": value[:9] + "\\\n    " + value[9:], "split": value[:6] + `" + "` + value[6:],
		"in a word": "x" + value + "y", "dashes": strings.ReplaceAll(value, value[4:5], "-"+value[4:5]),
	}
	for name, encoding := range map[string]*base64.Encoding{"std": base64.StdEncoding, "url": base64.URLEncoding, "raw std": base64.RawStdEncoding, "raw url": base64.RawURLEncoding} {
		for _, before := range []string{"", "p", "pp", "ppp"} {
			text := encoding.EncodeToString([]byte(before + value + "tail"))
			all[fmt.Sprintf("base64 %s after %d", name, len(before))] = text
			all[fmt.Sprintf("base64 %s after %d in lines", name, len(before))] = text[:17] + "\n" + text[17:]
			all[fmt.Sprintf("base64 %s after %d in lines, quoted", name, len(before))] = fmt.Sprintf("%q", text[:7]+"\n"+text[7:14])
			all[fmt.Sprintf("base64 %s after %d in DOS lines, quoted", name, len(before))] = fmt.Sprintf("%q", text[:7]+"\r\n"+text[7:14])
			all[fmt.Sprintf("base64 %s after %d cut", name, len(before))] = "…" + text[8:22] + "…"
		}
	}
	words := ""
	for b := []byte(value); len(b) >= 8; b = b[8:] {
		words += fmt.Sprintf("0x%x, ", binary.LittleEndian.Uint64(b))
	}
	all["words of a trace"] = "main.f(" + words + "0x1)"
	return all
}

func TestEveryFormIsFound(t *testing.T) {
	m := New(t.Name())
	for kind, value := range map[string]string{"text": m.Text("a text"), "odd": m.Odd("an odd one"), "number": m.Number("a number")} {
		for form, text := range leaks(t, value) {
			if kind == "number" && (strings.Contains(form, "cut") || strings.Contains(form, "lines, quoted") || form == "words of a trace") {
				continue // too little of it to tell it from other digits
			}
			if len(m.In(text)) == 0 {
				t.Errorf("%s, %s: not found", kind, form)
			}
		}
	}
}

// upper has capitals for a to z, and leaves a letter that was cut in two.
func upper(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c + 'A' - 'a'
		}
	}
	return string(b)
}

func TestEveryPieceIsFound(t *testing.T) {
	m := New(t.Name())
	for _, value := range []string{m.Text("a text"), m.Odd("an odd one")} {
		for length := piece; length <= 12; length++ {
			for i := 0; i+length <= len(value); i++ {
				cut := value[i : i+length]
				for form, text := range map[string]string{"as it is": cut, "quoted": fmt.Sprintf("%q…", cut), "upper": upper(cut), "url": url.QueryEscape(cut), "html": html.EscapeString(cut)} {
					if len(m.In("cause: "+text+" (cut)")) == 0 {
						t.Errorf("%d bytes from %d, %s: not found", length, i, form)
					}
				}
			}
		}
	}
}

func TestWhatIsNoMarkIsNotFound(t *testing.T) {
	m, other := New(t.Name()), New("another test")
	for i := range 200 {
		m.Text(fmt.Sprint(i))
		m.Number(fmt.Sprint("number ", i))
	}
	for form, text := range leaks(t, other.Text("a text")) {
		if found := m.In(text); found != nil {
			t.Errorf("%s: %v", form, found)
		}
	}
	if found := m.In(strings.Repeat("error: ExternalSecret shop/db: spec.data[1].remoteRef.property: no field 0xc000123456789012\n", 1000)); found != nil {
		t.Error(found)
	}
	mine := m.Text("0")
	if found := m.In(mine[:7] + "-" + other.Text("x")); found != nil {
		t.Errorf("seven bytes are enough: %v", found)
	}
}

func TestMarksAreEachPlaceOwn(t *testing.T) {
	m := New(t.Name())
	a, b, n := m.Text("a"), m.Text("b"), m.Number("n")
	if a == b || a != New(t.Name()).Text("a") || a == New("another").Text("a") || len(a) != long || len(n) != longNumber {
		t.Errorf("%q %q %q", a, b, n)
	}
	got := m.In(b + " and " + n)
	for _, want := range []string{"b, " + asItIs, "n, " + asItIs} {
		if !slices.Contains(got, want) {
			t.Errorf("%v lacks %s", got, want)
		}
	}
	for _, place := range got {
		if strings.HasPrefix(place, "a,") || strings.Contains(place, b[:8]) {
			t.Errorf("found %q", place)
		}
	}
	m.Keep("given", "made-up-by-a-server")
	m.KeepLines("pem", "-----BEGIN X-----\nmade/up/line/of/a/key\n-----END X-----\n")
	if m.In("by-a-server") == nil || m.In("up/line/of") == nil || m.In("-----BEGIN X-----") != nil || m.Len() != 5 {
		t.Errorf("what is kept is not looked for, or too much is: %d", m.Len())
	}
}
