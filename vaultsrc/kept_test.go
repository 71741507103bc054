package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

// sized is an answer with a secret that has so many bytes.
func sized(bytes int) string {
	const around = `{"request_id":"made-up","data":{"data":{"a":""},"metadata":{}}}`
	return strings.Replace(around, `"a":""`, `"a":"`+strings.Repeat("x", bytes-len(around))+`"`, 1)
}

func TestAnAnswerIsNoLargerThanItMay(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		most fn.Bytes
		size int
		says string
	}{
		"8 MiB":                 {0, 8 << 20, ""},
		"one byte more":         {0, 8<<20 + 1, "the answer for kv/data/app is larger than 8 MiB; is that the secret that is meant? ESFN_MAX_ANSWER=16Mi takes larger ones"},
		"raised":                {16 << 20, 8<<20 + 1, ""},
		"lowered":               {1000, 1000, ""},
		"lowered, and one more": {1000, 1001, "the answer for kv/data/app is larger than 1000 bytes; is that the secret that is meant? ESFN_MAX_ANSWER=2000 takes larger ones"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := fakeVault(t, 200, sized(tc.size))
			settings := settingsOf(t, nil)
			settings.MaxAnswer = tc.most
			source := New(settings)
			defer source.Close()
			_, err := source.Read(t.Context(), ref(packageToken(address), 0))
			if said := strings.Replace(inWords(err), "kv/data/app0", "kv/data/app", 1); said != tc.says {
				t.Errorf("got %.200q", said)
			}
		})
	}
}

func inWords(err error) string {
	var fault *fn.Fault
	if errors.As(err, &fault) {
		return fault.Cause + "; " + fault.Hint
	}
	return ""
}

// TestAnswersTogetherAreNoMoreThanTheyMay: those that failed do not count, and once it is
// too much nothing else is asked for.
func TestAnswersTogetherAreNoMoreThanTheyMay(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1); strings.HasSuffix(r.URL.Path, "/app9") {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"errors":[],"padding":"`+strings.Repeat("x", 900)+`"}`)
			return
		}
		fmt.Fprint(w, sized(1000))
	}))
	defer server.Close()
	settings := settingsOf(t, nil)
	settings.MaxValues = 3000
	source := New(settings)
	defer source.Close()
	read := func(i int) error {
		_, err := source.Read(context.Background(), ref(packageToken(server.URL), i))
		return err
	}
	for _, i := range []int{0, 1, 1, 1, 9, 2} {
		if err := read(i); (err != nil) != (i == 9) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	before := asked.Load()
	for i := 3; i < 6; i++ {
		err := read(i)
		var fault *fn.Fault
		if !errors.As(err, &fault) || fault.Scope != fn.RunScope || fault.Field != "ESFN_MAX_VALUES" ||
			fault.Cause != "the answers that this run reads are more than 3000 bytes together" || !strings.HasSuffix(fault.Hint, "with the memory for it, ESFN_MAX_VALUES=6000 takes more") {
			t.Errorf("%d: got %#v", i, err)
		}
	}
	if n := asked.Load() - before; n != 1 {
		t.Errorf("%d requests after it was too much", n)
	}
	if err := read(0); err != nil { // it is there
		t.Error(err)
	}
	// Nor is another server asked, whose answer might fit.
	other, seen := fakeVault(t, 200, `{"request_id":"made-up","data":{"data":{},"metadata":{}}}`)
	if _, err := source.Read(t.Context(), ref(packageToken(other), 1)); inWords(err) == "" || len(*seen) > 0 {
		t.Errorf("%v, and %d requests to another server", err, len(*seen))
	}
}

func TestOneByteMoreThanAllAnswersMayHave(t *testing.T) {
	t.Parallel()
	address, _ := fakeVault(t, 200, sized(1000))
	for most, fails := range map[fn.Bytes]bool{2000: false, 1999: true} {
		settings := settingsOf(t, nil)
		settings.MaxValues = most
		source := New(settings)
		defer source.Close()
		for i := range 2 {
			_, err := source.Read(t.Context(), ref(packageToken(address), i))
			if (err != nil) != (fails && i == 1) {
				t.Errorf("%d of %s: %v", i, most, err)
			}
		}
	}
}

func TestAnAnswerThatIsNoSecretIsNoLargerThanOneMiB(t *testing.T) {
	t.Parallel()
	for size, large := range map[int]bool{1 << 20: false, 1<<20 + 1: true} {
		address, _ := fakeVault(t, 404, strings.Repeat("x", size))
		_, err := readFrom(t, address, fn.KV2, nil)
		const says = "the answer for kv/data/app is larger than 1 MiB; is that the secret that is meant?"
		if said := inWords(err); said == "" || (said == says) != large {
			t.Errorf("%d: %s", size, said)
		}
	}
}

// TestAnAttemptEnds after a time that a test does not wait for.
func TestAnAttemptEnds(t *testing.T) {
	source := New(settingsOf(t, nil))
	defer source.Close()
	client, err := source.sessions.client(endpoint{Connection: packageToken("http://127.0.0.1:1")}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := client.CloneConfig().HttpClient.Timeout; got != 15*time.Second {
		t.Errorf("an attempt has %s", got)
	}
}

// TestWhatIsTooMuchStaysSo for those that are under way beside what was too much, and is
// released.
func TestWhatIsTooMuchStaysSo(t *testing.T) {
	k := &kept{most: 10}
	if !k.hold(10) || k.fault() != nil {
		t.Error("as much as may be is too much")
	}
	if k.hold(1) || k.fault() == nil {
		t.Error("one more is not too much")
	}
	k.release(5)
	if k.hold(1) || k.fault() == nil {
		t.Error("it did not stay so")
	}
}
