package vaultsrc

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/esfn/esfn/fn"
)

// TestAnAnswerThatBreaksOff is an attempt that failed, as a connection that does.
func TestAnAnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		status int
		length string // of the answer, as its header says it
		whole  int32  // the request that is answered in full
		want   int32  // requests
		cause  string // of the fault; "" for an answer
	}{
		{"once", 200, "4096", 2, 2, ""},
		{"twice", 200, "4096", 3, 3, ""},
		{"in chunks", 200, "", 2, 2, ""},
		{"that there is no secret", 404, "4096", 2, 2, ""},
		{"a refusal", 500, "4096", 2, 2, ""},
		{"always", 200, "4096", 99, 3, " does not answer: the connection broke off"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if asked.Add(1) == tc.whole {
					fmt.Fprint(w, loginAndSecret)
					return
				}
				if tc.length != "" {
					w.Header().Set("Content-Length", tc.length)
				}
				w.WriteHeader(tc.status)
				fmt.Fprint(w, loginAndSecret)
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}))
			defer server.Close()
			answer, err := readFrom(t, server.URL, fn.KV2, nil)
			var fault *fn.Fault
			switch {
			case tc.cause != "" && (!errors.As(err, &fault) || !strings.HasSuffix(fault.Cause, tc.cause) || fault.Scope != fn.StoreScope):
				t.Errorf("got %v, want %q", err, tc.cause)
			case tc.cause == "" && (err != nil || answer.Fields.Reveal() != `{"a":"made-up"}`):
				t.Errorf("got %v", err)
			}
			if n := asked.Load(); n != tc.want {
				t.Errorf("%d requests, want %d", n, tc.want)
			}
		})
	}
}

// TestHowLongAServerAsksToBeLeftAlone, by a clock of its own where it shows that.
func TestHowLongAServerAsksToBeLeftAlone(t *testing.T) {
	const date, later = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"
	for _, tc := range []struct {
		name        string
		status      int
		after, date string
		want        time.Duration
		told        bool
	}{
		{"seconds", 429, "120", date, 2 * time.Minute, true},
		{"of a gateway", 503, "1", date, time.Second, true},
		{"nothing", 429, "", date, 0, false},
		{"a status that says something else", 500, "120", date, 0, false},
		{"an answer", 200, "120", date, 0, false},
		{"none", 429, "0", date, 0, true},
		{"more than can be counted", 429, "99999999999999999999", date, (1 << 31) * time.Second, true},
		{"more than a Duration has", 429, "9999999999", date, (1 << 31) * time.Second, true},
		{"less than none", 429, "-5", date, 0, false},
		{"no number", 429, "soon", date, 0, false},
		{"a date", 429, later, date, 30 * time.Second, true},
		{"in another form", 429, "Sunday, 06-Nov-94 08:50:07 GMT", date, 30 * time.Second, true},
		{"in a third form", 429, "Sun Nov  6 08:50:07 1994", date, 30 * time.Second, true},
		{"a date that is past", 429, date, later, 0, true},
		{"a date in a thousand years", 429, "Sun, 06 Nov 2994 08:49:37 GMT", date, (1 << 31) * time.Second, true},
		{"a date, and no clock", 429, "Sat, 01 Jan 2000 00:00:10 GMT", "", 10 * time.Second, true},
		{"a date, and a clock that is none", 429, "Sat, 01 Jan 2000 00:00:10 GMT", "now", 10 * time.Second, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where it is the year 2000
				answer := &http.Response{StatusCode: tc.status, Header: http.Header{}}
				if tc.after != "" {
					answer.Header.Set("Retry-After", tc.after)
				}
				if tc.date != "" {
					answer.Header.Set("Date", tc.date)
				}
				if asked, told := retryAfter(answer); asked != tc.want || told != tc.told {
					t.Errorf("got %s, %v, want %s, %v", asked, told, tc.want, tc.told)
				}
			})
		})
	}
}

// TestALoginThatIsToWait waits, and no longer than a login may.
func TestALoginThatIsToWait(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]int32{"1": 3, "6": 1} {
		var logins atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/login") && logins.Add(1) < 3 {
				w.Header().Set("Retry-After", after)
				w.WriteHeader(429)
				fmt.Fprint(w, `{"errors":["rate limit quota exceeded"]}`)
				return
			}
			fmt.Fprint(w, loginAndSecret)
		}))
		source := New(settingsOf(t, map[string]string{"ESFN_KUBERNETES_TOKEN_FILE": "/jwt"}))
		_, err := source.Read(t.Context(), ref(serviceAccount(server.URL), 0))
		source.Close()
		server.Close()
		if worked := err == nil; worked != (want == 3) || logins.Load() != want {
			t.Errorf("%s: %v, after %d logins, want %d", after, err, logins.Load(), want)
		}
	}
}
