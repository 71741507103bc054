package template

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// A Secret holds at most 1 MiB; a template may make more on the way to it, and
// not so much that the machine feels it.
const (
	maxOutput   = 4 << 20 // bytes of what a template or a function gives
	maxMade     = 1 << 20 // bytes or elements that a number asks for
	maxElements = 1 << 20 // elements of a list or a map, those inside it too
	maxDepth    = 100     // levels of such
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
	"regexReplaceAll":            replaced,
	"mustRegexReplaceAll":        replaced,
	"regexReplaceAllLiteral":     replaced,
	"mustRegexReplaceAllLiteral": replaced,
	"printf":                     printed,
}

// wouldMakeTooMuch tells it before the memory is asked for.
func wouldMakeTooMuch(function string, args []reflect.Value) bool {
	if made, ok := numbers[function]; ok {
		return made(args) > maxMade
	}
	if made, ok := texts[function]; ok {
		return made(args) > maxOutput
	}
	return false
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

func replaced(a []reflect.Value) float64 {
	expression, err := regexp.Compile(a[0].String())
	if err != nil {
		return 0
	}
	text, replacement := a[1].String(), a[2].String()
	matches := len(expression.FindAllStringIndex(text, -1))
	return float64(matches)*float64(len(replacement)) + float64(strings.Count(replacement, "$"))*float64(len(text))
}

var digits = regexp.MustCompile(`\d+`)

// printed takes every verb for the one that prints the most: all arguments, with
// the greatest width there is.
func printed(a []reflect.Value) float64 {
	format, width, all := a[0].String(), 0.0, 0.0
	for _, number := range digits.FindAllString(format, -1) {
		n, _ := strconv.ParseFloat(number, 64)
		width = max(width, min(n, 1e6)) // fmt takes no wider one
	}
	if strings.Contains(format, "*") {
		width = 1e6
	}
	for i := range a[1].Len() {
		all += float64(size(a[1].Index(i)).bytes)
	}
	return float64(strings.Count(format, "%")) * (width + all)
}

// isTooLarge tells whether a value is more than a template may make: it would be
// printed, or a part of something else. A map that was put into itself has no end
// of levels.
func isTooLarge(v reflect.Value) bool {
	s := size(v)
	return s.bytes > maxOutput || s.elements > maxElements || s.depth > maxDepth
}

type extent struct{ bytes, elements, depth int }

// size measures a value as it would be printed, and stops where it is too large.
func size(v reflect.Value) extent {
	var s extent
	s.add(v, 0)
	return s
}

func (s *extent) add(v reflect.Value, depth int) {
	s.depth = max(s.depth, depth)
	if s.bytes > maxOutput || s.elements > maxElements || s.depth > maxDepth {
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
	}
}
