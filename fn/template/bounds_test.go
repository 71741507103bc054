package template_test

import (
	"strings"
	"testing"

	"github.com/esfn/esfn/fn/template"
)

func TestATemplateMakesNoMoreThanItMay(t *testing.T) {
	values := map[string]string{
		"mib":   strings.Repeat("a", 1<<20),
		"kib64": strings.Repeat("a", 1<<16),
		"lines": strings.Repeat("\n", 1<<18),
	}
	grown := `{{ $a := dict }}{{ $t := list $a $a }}{{ range 9 }}{{ $t = list $t $t }}{{ end }}{{ $x := set $a "k" (repeat 1000000 "x") }}{{ $l := list 1 2 3 4 5 6 7 8 9 }}`
	months := `{{ $d := toDate "2006-01-02 15:04:05" "2021-12-31 12:12:12" }}{{ $s := "1" }}`
	for _, test := range []struct{ template, want string }{
		{`{{ .mib }}{{ .mib }}{{ .mib }}{{ .mib }}.`, "error: the template gives more than 4 MiB"},
		{`{{ range until 1000 }}{{ $.mib }}{{ end }}`, "error: the template gives more than 4 MiB"},
		{`{{ repeat 1048577 "a" }}`, "error: line 1, column 4: the function repeat would make too much: 1048576 bytes or elements are the most"},
		{`{{ repeat 9223372036854775807 "aa" }}`, "error: line 1, column 4: the function repeat would make too much: 1048576 bytes or elements are the most"},
		{`{{ repeat -1 "a" }}`, "error: line 1, column 4: the function repeat failed"},
		{`{{ until 1048577 }}`, "error: line 1, column 4: the function until would make too much: 1048576 bytes or elements are the most"},
		{`{{ until -1048577 }}`, "error: line 1, column 4: the function until would make too much: 1048576 bytes or elements are the most"},
		{`{{ untilStep 0 9223372036854775807 1 }}`, "error: line 1, column 4: the function untilStep would make too much: 1048576 bytes or elements are the most"},
		{`{{ untilStep 0 9223372036854775807 9223372036854775806 }}`, "error: line 1, column 4: the function untilStep would make too much: 1048576 bytes or elements are the most"},
		{`{{ seq 1048578 }}`, "error: line 1, column 4: the function seq would make too much: 1048576 bytes or elements are the most"},
		{`{{ seq 0 9223372036854775807 }}`, "error: line 1, column 4: the function seq would make too much: 1048576 bytes or elements are the most"},
		{`{{ seq 0 2 9223372036854775807 }}`, "error: line 1, column 4: the function seq would make too much: 1048576 bytes or elements are the most"},
		{`{{ randAlpha 1048577 }}`, "error: line 1, column 4: the function randAlpha would make too much: 1048576 bytes or elements are the most"},
		{`{{ randAlphaNum 1048577 }}`, "error: line 1, column 4: the function randAlphaNum would make too much: 1048576 bytes or elements are the most"},
		{`{{ randAscii 1048577 }}`, "error: line 1, column 4: the function randAscii would make too much: 1048576 bytes or elements are the most"},
		{`{{ randNumeric 1048577 }}`, "error: line 1, column 4: the function randNumeric would make too much: 1048576 bytes or elements are the most"},
		{`{{ randBytes 1048577 }}`, "error: line 1, column 4: the function randBytes would make too much: 1048576 bytes or elements are the most"},
		{`{{ indent 1048577 "a" }}`, "error: line 1, column 4: the function indent would make too much: 1048576 bytes or elements are the most"},
		{`{{ nindent 8 .lines }}`, "error: line 1, column 4: the function nindent would make too much: 1048576 bytes or elements are the most"},
		{`{{ wrapWith 1 "12345" .mib }}`, "error: line 1, column 4: the function wrapWith would make too much: 4 MiB are the most"},
		{`{{ .mib | replace "" "12345" }}`, "error: line 1, column 11: the function replace would make too much: 4 MiB are the most"},
		{`{{ regexReplaceAll "a" .kib64 (repeat 65 "b") }}`, "error: line 1, column 4: the function regexReplaceAll would make too much: 4 MiB are the most"},
		{`{{ regexReplaceAll ".*" .mib "$0$0$0$0$0" }}`, "error: line 1, column 4: the function regexReplaceAll would make too much: 4 MiB are the most"},
		{`{{ splitList "a" .mib | join "12345" }}`, "error: line 1, column 4: the function splitList would make too much: 1048576 bytes or elements are the most"},
		{`{{ splitList "\n" .lines | join .mib }}`, "error: line 1, column 28: the function join would make too much: 4 MiB are the most"},
		{`{{ printf "%s%[1]s%[1]s%[1]s%[1]s" .mib }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf "%999999d%999999d%999999d%999999d%999999d" 1 2 3 4 5 }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf "%*d%*d%*d%*d%*d" 999999 1 999999 1 999999 1 999999 1 999999 1 }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ $x := "a" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}`, "error: line 1, column 45: the function print is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ $x := "\\" }}{{ range until 100 }}{{ $x = js $x }}{{ end }}`, "error: line 1, column 46: the function js makes too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ $x := list 1 }}{{ range until 100 }}{{ $x = concat $x $x }}{{ end }}`, "error: line 1, column 48: the function concat is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}`, "error: line 1, column 48: the function list is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ $x := dict }}{{ set $x "x" $x }}`, "error: line 1, column 20: the function set makes too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}`, "error: line 1, column 17: templates call themselves without end"},
		{`{{ $l := until 2000 }}{{ range $l }}{{ range $l }}{{ end }}{{ end }}`, "error: line 1, column 51: the template does not come to an end"},
		{`{{ with 1 }}{{ range 1 }}{{ end }}{{ range list }}{{ else }}{{ range 9999999999 }}{{ end }}{{ end }}{{ end }}`, "error: line 1, column 83: the template does not come to an end"},
		{`{{ define "x" }}{{ end }}{{ range 262144 }}{{ template "x" }}{{ end }}`, "error: line 1, column 44: the template does not come to an end"},

		// Refused before the call. Without that each would take GiB, or hours.
		{`{{ $l := until 1000000 }}{{ concat` + strings.Repeat(" $l", 2000) + ` }}`, "error: line 1, column 29: the function concat is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ printf (repeat 20 "%[1]v") (until 1000000) }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf (repeat 100000 "%[1]v") (genPrivateKey "ed25519" | buildCustomCert "") }}`, "error: line 1, column 62: the function buildCustomCert failed"},
		{`{{ printf (repeat 100000 "%[1]v") (genSelfSignedCertWithKey "a" nil nil 1 (genPrivateKey "ed25519")) }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf (repeat 50000 "%[1]d") now }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf "%1000d" (until 10000) }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ printf "%f" (until 20000) }}`, "error: line 1, column 4: the function printf would make too much: 4 MiB are the most"},
		{`{{ toYaml (until 300000) }}`, "error: line 1, column 4: the function toYaml would make too much: 4 MiB are the most"},
		{`{{ split "" (repeat 1048576 "a") }}`, "error: line 1, column 4: the function split would make too much: 1048576 bytes or elements are the most"},
		{grown + `{{ $t }}`, "error: line 1, column 162: the value is too large: 4 MiB, 1048576 elements and 100 levels are the most"},
		{grown + `{{ if $t }}{{ with $t }}{{ . }}{{ end }}{{ end }}`, "error: line 1, column 186: the value is too large: 4 MiB, 1048576 elements and 100 levels are the most"},
		{grown + `{{ toYaml $t }}`, "error: line 1, column 162: the function toYaml is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{grown + `{{ print $t }}`, "error: line 1, column 162: the function print is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{grown + `{{ $x := index (list $a) 0 }}{{ $x.k | len }}{{ range $t }}.{{ end }}`, "1000000.."},
		{months + `{{ range until 32 }}{{ $s = $d.Format $s }}{{ end }}`, "error: line 1, column 106: the value is too large: 4 MiB, 1048576 elements and 100 levels are the most"},
		{months + `{{ with $d.Format` + strings.Repeat(" ($d.Format", 32) + " $s" + strings.Repeat(")", 32) + ` }}{{ end }}`, "error: line 1, column 196: the value is too large: 4 MiB, 1048576 elements and 100 levels are the most"},
		{months + `{{ $s` + strings.Repeat(" | $d.Format", 32) + ` | len }}`, "error: line 1, column 350: the value is too large: 4 MiB, 1048576 elements and 100 levels are the most"},
		{months + `{{ define "x" }}{{ template "x" (dict "d" .d "s" (.d.Format .s)) }}{{ end }}{{ template "x" (dict "d" $d "s" $s) }}`, "error: line 1, column 111: the function dict is given too much: 4 MiB, 1048576 elements and 100 levels are the most"},
		{`{{ $l := until 100000 }}{{ range 10000 }}{{ $x := first $l }}{{ end }}`, "error: line 1, column 51: the template does too much with long lists and maps"},
		{`{{ $l := until 100000 }}{{ range 10000 }}{{ $x := index (list $l) 0 }}{{ end }}`, "error: line 1, column 58: the functions of the template make more than 64 MiB together"},
		{`{{ range 100 }}{{ $x := repeat 1000000 "x" }}{{ end }}`, "error: line 1, column 25: the functions of the template make more than 64 MiB together"},
		{`{{ range 100 }}{{ $x := until 1000000 }}{{ end }}`, "error: line 1, column 25: the functions of the template make more than 64 MiB together"},
		{`{{ $d := dict }}{{ range $i := 200 }}{{ $x := set $d (print $i) $.mib }}{{ unset $d (print $i) | len }}{{ end }}`, strings.Repeat("0", 200)},
		{`{{ range 21 }}{{ $x := derivePassword 1 "long" "a" "b" "c" }}{{ end }}`, "error: line 1, column 24: functions that take their time, as derivePassword does, are called more than 20 times"},
		{`{{ range 20 }}{{ $x := htpasswd "a" "b" "sha" }}{{ end }}{{ bcrypt "a" }}`, "error: line 1, column 61: functions that take their time, as bcrypt does, are called more than 20 times"},
		{`{{ fromYaml (printf "a: &a %s\nb: [*a, *a, *a, *a, *a]" .mib) }}`, "error: line 1, column 4: fromYaml: the aliases in it stand for too much"},
		{`{{ fromYaml (printf "a: &a {x: %s}\nb: {<<: *a}\nc: {<<: *a}\nd: {<<: *a}\ne: {<<: *a}" .mib) }}`, "error: line 1, column 4: fromYaml: the aliases in it stand for too much"},
		{`{{ fromYaml (printf "a: &a %s\nb: *a" .mib) | len }}`, "2"},

		{`{{ check_ 1 }}`, "error: line 1: there is no such function"},
		{`{{ round_ }}`, "error: line 1: there is no such function"},
		{`{{ template "the template itself" }}`, "error: line 1, column 1: templates call themselves without end"},
		{`{{ define "x" }}` + strings.Repeat("{{ with 1 }}", 100) + `{{ template "x" }}` + strings.Repeat("{{ end }}", 101) + `{{ template "x" }}`, "error: line 1, column 17: templates call themselves without end"},
		{strings.Repeat("{{ if 1 }}", 101) + strings.Repeat("{{ end }}", 101), "error: blocks of the template are nested too deeply"},
		{`{{ if 0 }}` + strings.Repeat("{{ else if 0 }}", 101) + `{{ end }}`, "error: blocks of the template are nested too deeply"},
		{strings.Repeat("{{ if 1 }}", 100) + "a" + strings.Repeat("{{ end }}", 100), "a"},
		{`{{ define "x" }}{{ end }}{{ range 2000 }}{{ template "x" }}{{ end }}.`, "."},
		{`{{ range 262144 }}{{ end }}{{ range $i, $c := list "a" "b" }}{{ break }}{{ else }}{{ end }}`, "error: line 1, column 62: the template does not come to an end"},
		{`{{ range 262144 }}{{ end }}.`, "."},
		{`{{ repeat 1048576 "a" | len }}`, "1048576"},
		{`{{ until 1048576 | len }}`, "1048576"},
		{`{{ untilStep 0 1000000000 1000000 | len }}`, "1000"},
		{`{{ untilStep 3 0 -1 }} {{ until -3 }} {{ untilStep 0 9 0 }} {{ untilStep 9 0 1 }}`, "[3 2 1] [0 -1 -2] [] []"},
		{`{{ seq 3 }} {{ seq -1 }} {{ seq 2 4 }} {{ seq 1 2 6 }} {{ seq }} {{ seq 1 2 3 4 }}`, "1 2 3 1 0 -1 2 3 4 1 3 5  "},
		{`{{ nindent 2 "a\nb" }}`, "\n  a\n  b"},
		{`{{ printf "%5s|%-5d|%05.1f|%%" "a" 1 2.5 }}`, "    a|1    |002.5|%"},
		{`{{ list "a" "b" | join "," }} {{ join "," "a" }} {{ "a b c" | replace " " "-" }}`, "a,b a a-b-c"},
		{`{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAll "(" "a" "b" }}`, "error: line 1, column 55: the function regexReplaceAll failed"},
		{`{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}`, "-W-xxW-"},
		{`{{ wrapWith 5 "|" "Hello World" }}`, "Hello|World"},
	} {
		got := execute(t, test.template, values)
		if got != test.want {
			t.Errorf("%s\n gives %.200q\n  want %q", test.template, got, test.want)
		}
	}
}

func TestOutputOfFourMiBIsTheMost(t *testing.T) {
	parsed, err := template.Parse(`{{ .a }}`)
	if err != nil {
		t.Fatal(err)
	}
	for size, fails := range map[int]bool{4 << 20: false, 4<<20 + 1: true} {
		if _, err := parsed.Execute(map[string]string{"a": strings.Repeat("a", size)}); (err != nil) != fails {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestArgumentsAreMeasuredTogether(t *testing.T) {
	for _, function := range []string{"cat", "dict", "html", "js", "list", "print", "println", "quote", "squote", "tuple", "urlquery"} {
		got := execute(t, `{{ $s := repeat 1000000 "x" }}{{ `+function+strings.Repeat(" $s", 2000)+` }}`, nil)
		if want := "error: line 1, column 34: the function " + function + " is given too much: 4 MiB, 1048576 elements and 100 levels are the most"; got != want {
			t.Errorf("%s gives %.200q", function, got)
		}
	}
	got := execute(t, `{{ $d := dict "k" (repeat 1000000 "x") }}{{ merge (dict)`+strings.Repeat(" $d", 2000)+` }}`, nil)
	if want := "error: line 1, column 45: the function merge is given too much: 4 MiB, 1048576 elements and 100 levels are the most"; got != want {
		t.Errorf("merge gives %.200q", got)
	}
}
