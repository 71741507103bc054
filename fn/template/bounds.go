package template

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/esfn/esfn/fn/expression"
)

// A Secret holds at most 1 MiB; a template may make more on the way to it, and
// not so much that the machine feels it.
const (
	maxOutput   = 4 << 20 // bytes of what a template or a function gives
	maxMade     = 1 << 20 // bytes or elements that a number asks for
	maxElements = 1 << 20 // elements of a list or a map, those inside it too
	maxDepth    = 100     // levels of such

	// In one execution:
	maxTotal    = 64 << 20 // bytes of what all its functions give
	maxMeasured = 1 << 26  // elements of what they are given, one by one each time
	maxSlow     = 20       // calls of functions that take their time

	// What an element, a number or nothing takes at most where it is printed, with
	// what stands around it.
	printedElement = 20
)

// numbers says how many bytes or elements a function makes that is given a
// number for it. A float64, as products may not overflow.
var numbers = map[string]func(a []reflect.Value) float64{
	"repeat":       func(a []reflect.Value) float64 { return float64(a[0].Int()) * float64(a[1].Len()) },
	"randAlpha":    first,
	"randAlphaNum": first,
	"randAscii":    first,
	"randNumeric":  first,
	"randBytes":    first,
	"indent":       padding,
	"nindent":      padding,
	"until":        func(a []reflect.Value) float64 { return steps(0, a[0].Int(), 1) },
	"untilStep":    func(a []reflect.Value) float64 { return steps(a[0].Int(), a[1].Int(), a[2].Int()) },
	"split":        func(a []reflect.Value) float64 { return float64(strings.Count(a[1].String(), a[0].String()) + 1) },
	"splitList":    func(a []reflect.Value) float64 { return float64(strings.Count(a[1].String(), a[0].String()) + 1) },
	"splitn": func(a []reflect.Value) float64 {
		return float64(min(strings.Count(a[2].String(), a[0].String())+1, max(0, int(a[1].Int()))))
	},
	"seq": func(a []reflect.Value) float64 {
		switch n := a[0].Interface().([]int); len(n) {
		case 1:
			return steps(1, int64(n[0]), 1)
		case 2:
			return steps(int64(n[0]), int64(n[1]), 1)
		case 3:
			return steps(int64(n[0]), int64(n[2]), int64(n[1]))
		}
		return 0
	},
}

// texts says how many bytes a function adds that puts one text into another at
// many places.
var texts = map[string]func(a []reflect.Value) float64{
	"replace": func(a []reflect.Value) float64 {
		return float64(strings.Count(a[2].String(), a[0].String())) * float64(a[1].Len())
	},
	"join": func(a []reflect.Value) float64 {
		list := a[1]
		if list.Kind() == reflect.Interface {
			list = list.Elem()
		}
		if list.Kind() != reflect.Slice {
			return 0
		}
		return float64(a[0].Len()) * float64(list.Len())
	},
	"wrapWith": func(a []reflect.Value) float64 {
		lines := 2*float64(a[2].Len())/math.Max(1, float64(a[0].Int())) + 1
		return lines * float64(a[1].Len())
	},
	"printf": printed,
}

// prints are the functions that print whatever they are given, or write it as JSON
// or YAML: a list that is in another one twice stands in their result twice.
var prints = names(`cat html join js mustToJson mustToPrettyJson mustToRawJson print println quote sortAlpha squote
	toJson toPrettyJson toRawJson toString toStrings toYaml urlquery`)

// slow are the functions that take their time by design, or make keys.
var slow = names(`bcrypt derivePassword fullPemToPkcs12 fullPemToPkcs12Pass genCA genCAWithKey genPrivateKey genSelfSignedCert
	genSelfSignedCertWithKey genSignedCert genSignedCertWithKey htpasswd pemToPkcs12 pemToPkcs12Pass pkcs12cert pkcs12certPass
	pkcs12key pkcs12keyPass rsaDecrypt`)

// parsers give texts of their own in a list or a map. Other functions that give
// such share the texts that they were given.
var parsers = names(`fromJson fromYaml mustFromJson`)

func names(all string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(all) {
		set[name] = true
	}
	return set
}

// usage is what one execution has used of its bounds.
type usage struct{ total, measured, slow int }

// before says what is against a call, before the memory for it is asked for.
func (u *usage) before(g *guarded, args []reflect.Value) string {
	given := sizeOfAll(args, g.signature.IsVariadic())
	u.measured += given.elements
	switch {
	case u.measured > maxMeasured:
		return causeMeasured
	case given.isTooLarge():
		return "the function " + g.name + " is given too much: " + tooLarge
	}
	cause := wouldMakeTooMuch(g.name, args, given)
	if cost, ok := costs[g.name]; ok && cause == "" {
		cause = cost(args)
	}
	if cause != "" {
		return "the function " + g.name + " " + cause
	}
	if slow[g.name] {
		if u.slow++; u.slow > maxSlow {
			return "functions that take their time, as " + g.name + " does, are called more than 20 times"
		}
	}
	return ""
}

// after says what is against a result.
func (u *usage) after(g *guarded, result reflect.Value) string {
	given := size(result)
	u.measured += given.elements
	u.total += printedElement * given.elements
	if g.result.Kind() == reflect.String || parsers[g.name] {
		u.total += given.bytes
	}
	switch {
	case given.isTooLarge():
		return "the function " + g.name + " makes too much: " + tooLarge
	case u.total > maxTotal:
		return "the functions of the template make more than 64 MiB together"
	}
	return ""
}

// check says what is against a value that no function with a guard has just given.
func (u *usage) check(v reflect.Value) string {
	given := size(v)
	u.measured += given.elements
	switch {
	case u.measured > maxMeasured:
		return causeMeasured
	case given.isTooLarge():
		return "the value is too large: " + tooLarge
	}
	return ""
}

// tooLarge says what [extent.isTooLarge] judges.
const tooLarge = "4 MiB, 1048576 elements and 100 levels are the most"

const causeMeasured = "the template does too much with long lists and maps"

func wouldMakeTooMuch(function string, args []reflect.Value, given extent) string {
	if made, ok := numbers[function]; ok && made(args) > maxMade {
		return "would make too much: 1048576 bytes or elements are the most"
	}
	made, ok := texts[function]
	if prints[function] && given.printed() > maxOutput || ok && made(args) > maxOutput {
		return "would make too much: 4 MiB are the most"
	}
	return ""
}

func first(a []reflect.Value) float64 { return float64(a[0].Int()) }

func padding(a []reflect.Value) float64 {
	return float64(a[0].Int()) * float64(strings.Count(a[1].String(), "\n")+1)
}

// steps is how many numbers there are from one to another. Sprig counts past the
// largest number and on from the smallest, so that the step is bounded as well.
func steps(from, to, step int64) float64 {
	if step == 0 {
		return 0
	}
	distance := math.Abs(float64(to) - float64(from))
	if math.Abs(float64(from))+distance+math.Abs(float64(step)) > 1<<62 {
		return math.Inf(1)
	}
	return distance / math.Abs(float64(step))
}

// replaced is how many bytes so many matches add to a text.
func replaced(matches int, text, replacement string) float64 {
	return float64(matches)*float64(len(replacement)) + float64(strings.Count(replacement, "$"))*float64(len(text))
}

var (
	verbs  = expression.Later(`%[-+# 0-9.*\[\]]*`)
	digits = expression.Later(`\d+`)
)

// printed takes every verb for the one that prints the most: all arguments, each
// element of the longest with the greatest width there is.
func printed(a []reflect.Value) float64 {
	format, width, all, elements := a[0].String(), 0.0, 0.0, 0.0
	found := verbs().FindAllString(format, -1)
	for _, verb := range found {
		for _, number := range digits().FindAllString(verb, -1) {
			n, _ := strconv.ParseFloat(number, 64)
			width = max(width, min(n, 1e6)) // fmt takes no wider one
		}
		if strings.Contains(verb, "*") {
			width = 1e6
		}
	}
	for i := range a[1].Len() {
		s := size(a[1].Index(i))
		all += float64(s.bytes)
		elements = max(elements, float64(s.elements+1))
	}
	element := 32.0 // "%!s(int=" and ")" as well
	if strings.ContainsAny(format, "bfF") {
		element = 350 // the digits of 1e308, with a sign and a fraction
	}
	return float64(len(found)) * ((width+element)*elements + all)
}

type extent struct{ bytes, elements, depth int }

// isTooLarge tells whether a value is more than a template may make: it would be
// printed, or a part of something else. A map that was put into itself has no end
// of levels.
func (s extent) isTooLarge() bool {
	return s.bytes > maxOutput || s.elements > maxElements || s.depth > maxDepth
}

func (s extent) printed() int { return s.bytes + printedElement*s.elements }

// size measures a value as it would be printed, and stops where it is too large.
func size(v reflect.Value) extent {
	var s extent
	s.add(v, 0)
	return s
}

// sizeOfAll measures the arguments of a call together.
func sizeOfAll(args []reflect.Value, variadic bool) extent {
	var s extent
	for i, arg := range args {
		if !variadic || i < len(args)-1 {
			s.add(arg, 0)
			continue
		}
		for j := range arg.Len() {
			s.add(arg.Index(j), 0)
		}
	}
	return s
}

func (s *extent) add(v reflect.Value, depth int) {
	s.depth = max(s.depth, depth)
	if s.isTooLarge() {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		s.add(v.Elem(), depth)
	case reflect.String:
		s.bytes += v.Len()
	case reflect.Slice, reflect.Array:
		s.elements += v.Len()
		for i := range v.Len() {
			s.add(v.Index(i), depth+1)
		}
	case reflect.Map:
		s.elements += v.Len()
		for entries := v.MapRange(); entries.Next(); {
			s.add(entries.Key(), depth+1)
			s.add(entries.Value(), depth+1)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			s.add(v.Elem(), depth+1)
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "time" { // a time zone has long lists, which are not printed
			s.bytes += 80
			return
		}
		s.elements += v.NumField()
		for i := range v.NumField() {
			s.add(v.Field(i), depth+1)
		}
	}
}
