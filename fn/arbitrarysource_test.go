package fn_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// valueMark is in every value of an arbitrary source, and may be in no message.
const valueMark = "Zq7Wx9Kv2Lm4"

// numberMark is that of values that are numbers.
const numberMark = "471192847365"

// arbitrary is a source that answers anything at all. What it answers to a read hangs
// on the bytes and on that read alone, so that it is the same whoever asks first. With
// no bytes it has every secret, with every field that the manifests could mean.
type arbitrary struct {
	bytes []byte
	// words are names for fields, secrets and folders: those of the manifests, so that
	// what is asked for is there now and then.
	words []string
	// end ends the run: it is called a while after a read began that does not answer.
	end  func()
	hung atomic.Bool
	once sync.Once
}

func newArbitrary(manifests, answers []byte, end func()) *arbitrary {
	words := []string{"value"}
	for _, one := range word.FindAllString(string(manifests), -1) {
		if len(words) < mostWords && !slices.Contains(words, one) {
			words = append(words, one)
		}
	}
	return &arbitrary{bytes: answers, words: words, end: end}
}

var word = regexp.MustCompile(`[A-Za-z0-9_./-]{1,40}`)

// mostWords keeps runs short: where one goes on for ten seconds, on a machine that has much
// else to do, Go takes it for one that hangs.
const mostWords = 40

// take is what is left of the bytes, from a place on that hangs on what is asked.
type take struct {
	*arbitrary
	at uint32
}

func (a *arbitrary) take(asked string) *take {
	sum := fnv.New32a()
	sum.Write([]byte(asked))
	return &take{a, sum.Sum32()}
}

// next is the next byte; 0 where there are none at all.
func (t *take) next() int {
	if len(t.bytes) == 0 {
		return 0
	}
	t.at++
	return int(t.bytes[t.at%uint32(len(t.bytes))])
}

func (t *take) text(most int) string {
	b := make([]byte, t.next()%(most+1))
	for i := range b {
		b[i] = byte(t.next())
	}
	return string(b)
}

func (t *take) word() string { return t.words[(t.next()<<8|t.next())%len(t.words)] }

func (a *arbitrary) Admit(connections []fn.Connection) (refusals []fn.Refusal) {
	for i, c := range connections {
		if t := a.take("admit " + c.Server); t.next() > 250 {
			refusals = append(refusals, fn.Refusal{Connection: i, Fault: t.fault()})
		}
	}
	return refusals
}

func (t *take) fault() *fn.Fault {
	fault := &fn.Fault{Scope: fn.Scope(t.next() % 3), Missing: t.next()%2 == 1, Cause: "made-up fault " + t.word()}
	if t.next()%2 == 1 {
		fault.Field, fault.Hint = t.word(), "made-up hint"
	}
	return fault
}

func (a *arbitrary) Read(ctx context.Context, ref fn.Ref) (fn.Answer, error) {
	t := a.take(fmt.Sprintf("%s %s %s %s %s", ref.Connection.Server, ref.Part, ref.Mount, ref.Key, ref.Version))
	switch what := t.next(); {
	case what > 250:
		panic(valueMark)
	case what > 246:
		return fn.Answer{}, a.hang(ctx)
	case what > 240:
		// A text that a library wrote may hold anything.
		return fn.Answer{}, fmt.Errorf("made-up library: %s", valueMark)
	case what > 238:
		return fn.Answer{}, errors.Join(t.fault(), errors.New(valueMark))
	case what > 190:
		return fn.Answer{}, t.fault()
	case what > 160:
		time.Sleep(time.Duration(t.next()) * time.Microsecond)
	}
	answer := fn.Answer{Version: t.next() % 4, Path: "made-up/" + ref.Key}
	if ref.Part == fn.FolderPart {
		answer.Names = t.names(strings.Count(ref.Key, "/"))
		return answer, nil
	}
	answer.Fields = secret.New(t.fields())
	return answer, nil
}

// hang does not answer before the run has ended.
func (a *arbitrary) hang(ctx context.Context) error {
	a.hung.Store(true)
	a.once.Do(func() { time.AfterFunc(5*time.Millisecond, a.end) })
	<-ctx.Done()
	return ctx.Err()
}

// names are those in a folder, of secrets and, not too deep, of folders.
func (t *take) names(depth int) (names []string) {
	if len(t.bytes) == 0 {
		return t.words[:min(len(t.words), 5)]
	}
	for range t.next() % 8 {
		name := t.word()
		switch what := t.next(); {
		case what > 240:
			name = t.text(12)
		case what > 180 && depth < 3:
			name = strings.Trim(name, "/") + "/"
		}
		names = append(names, name)
	}
	return names
}

// fields is the text of a secret's fields: mostly a JSON object.
func (t *take) fields() string {
	switch t.next() {
	case 255:
		return t.text(40) + valueMark
	case 254:
		return t.value(0)
	case 253:
		return `{"a":` + t.value(0)
	case 252:
		return strings.Repeat(`{"a":`, 500) + t.value(0) + strings.Repeat("}", 500)
	}
	var fields []string
	if t.next()%2 == 0 {
		for _, name := range t.words {
			fields = append(fields, quoted(name)+":"+t.value(0))
		}
	}
	for range t.next() % 8 {
		fields = append(fields, quoted(t.text(8))+":"+t.value(0))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// value is any JSON value.
func (t *take) value(depth int) string {
	deeper := func() string {
		if depth > 3 {
			return "null"
		}
		return t.value(depth + 1)
	}
	switch t.next() % 24 {
	case 1:
		return `"` + valueMark + t.text(20) + `"` // not always JSON, nor always UTF-8
	case 2:
		return quoted(base64.StdEncoding.EncodeToString([]byte(valueMark + t.text(20))))
	case 3:
		return quoted(base64.URLEncoding.EncodeToString([]byte(t.text(20) + valueMark)))
	case 4:
		return quoted("{" + quoted(t.word()) + ":" + deeper() + "}")
	case 5:
		return "{" + quoted(t.word()) + ":" + deeper() + "," + quoted(t.word()) + ":" + deeper() + "}"
	case 6:
		return "[" + deeper() + "," + deeper() + "]"
	case 7:
		return numberMark
	case 8:
		return "-" + numberMark + ".50e" + fmt.Sprint(t.next()*3)
	case 9:
		return "null"
	case 10:
		return "true"
	case 11:
		return `""`
	case 12:
		return quoted("k: &a [*a, " + valueMark + "]\n- {{ .x }} " + t.text(20))
	case 13:
		return quoted("-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString([]byte(valueMark+t.text(40))) + "\n-----END CERTIFICATE-----\n")
	case 14:
		return quoted(strings.Repeat(valueMark+t.text(20), 20))
	case 15:
		return quoted(valueMark + "\x00\u0085\u2028é" + t.text(4))
	case 16:
		return quoted("\"" + valueMark + "\": " + t.text(20))
	}
	return quoted(valueMark)
}

func quoted(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}
