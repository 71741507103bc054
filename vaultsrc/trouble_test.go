package vaultsrc

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

// troubled is a fake Vault that gets into trouble in the middle of a thousand reads.
type troubled struct {
	*httptest.Server
	// trouble deals with a request that it has something against, and tells that it
	// does. It holds the mutex.
	trouble func(w http.ResponseWriter, r *troubledRequest) bool

	mu       sync.Mutex
	asked    map[string]int // by path
	answered map[string]int
	troubles map[int]int // by status
	// came is how many requests there were, and refused how many when the last one was
	// refused; calm is how many were answered of those that came after that.
	came, refused, calm int
	// underWay is how many there are now, most at most before the trouble, and mostAfter
	// after it, until one more may be than that left.
	underWay, most, mostAfter int
	connections               int
	// together is closed when as many have come as may be under way at a time: the
	// first ones wait for that, so that a busy machine does not make them fewer. Nil
	// for no waiting.
	together chan struct{}
}

// troubledRequest is one, the nth of all from 1 on and the tries-th to its path.
type troubledRequest struct {
	*http.Request
	n, tries int
}

const thousand = 1000

// startTroubled starts it. Its answers have their path in them.
func startTroubled(t *testing.T, trouble func(f *troubled, w http.ResponseWriter, r *troubledRequest) bool) *troubled {
	t.Helper()
	f := &troubled{asked: map[string]int{}, answered: map[string]int{}, troubles: map[int]int{}}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.came++
		f.asked[r.URL.Path]++
		f.underWay++
		if len(f.troubles) == 0 {
			f.most = max(f.most, f.underWay)
		} else if f.calm < concurrency/2 {
			f.mostAfter = max(f.mostAfter, f.underWay)
		}
		request := &troubledRequest{r, f.came, f.asked[r.URL.Path]}
		f.mu.Unlock()
		if f.together != nil && request.n == concurrency {
			close(f.together)
		} else if f.together != nil && request.n < concurrency {
			<-f.together
		}
		time.Sleep(time.Millisecond)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.underWay-- // before the answer is sent
		if trouble(f, w, request) {
			return
		}
		f.answered[r.URL.Path]++
		if request.n > f.refused {
			f.calm++
		}
		fmt.Fprintf(w, `{"request_id":"made-up","data":{"data":{"path":%q},"metadata":{}}}`, r.URL.Path)
	}))
	f.Server.Config.ErrorLog = discardLog
	f.Server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.connections++
		}
	}
	f.Start()
	t.Cleanup(f.Close)
	return f
}

// refuse answers with a status, and counts that.
func (f *troubled) refuse(w http.ResponseWriter, status int) bool {
	f.troubles[status]++
	f.refused, f.calm, f.mostAfter = f.came, 0, 0
	w.WriteHeader(status)
	fmt.Fprint(w, `{"errors":["made up"]}`)
	return true
}

// readThousand reads a thousand secrets, and asserts that each is the right one.
func (f *troubled) readThousand(t *testing.T) {
	t.Helper()
	f.together = make(chan struct{})
	source := New(settingsOf(t, nil))
	defer source.Close()
	var all sync.WaitGroup
	for i := range thousand {
		all.Go(func() {
			answer, err := source.Read(t.Context(), fn.Ref{Connection: packageToken(f.URL), Engine: fn.KV2, Mount: "kv", HasMount: true, Key: fmt.Sprint("app", i)})
			if want := fmt.Sprintf(`{"path":"/v1/kv/data/app%d"}`, i); err != nil || answer.Fields.Reveal() != want {
				t.Errorf("%d: %v, or the answer is another's", i, err)
			}
		})
	}
	all.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, n := range f.answered {
		if n != 1 {
			t.Errorf("%s was answered %d times", path, n)
		}
	}
	if len(f.answered) != thousand {
		t.Errorf("%d paths were answered", len(f.answered))
	}
}

// TestAVaultThatAsksToBeLeftAlone is left alone, and then asked by fewer.
func TestAVaultThatAsksToBeLeftAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		for _, header := range []string{"1", "date"} {
			t.Run(fmt.Sprint(status, " ", header), func(t *testing.T) {
				t.Parallel()
				var until time.Time
				f := startTroubled(t, func(f *troubled, w http.ResponseWriter, r *troubledRequest) bool {
					if r.n == thousand/2 {
						until = time.Now().Add(time.Second)
					}
					if r.n < thousand/2 || time.Now().After(until) {
						return false
					}
					after := header
					if after == "date" { // in whole seconds: one, which has begun, and another
						w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
						after = time.Now().UTC().Add(2 * time.Second).Format(http.TimeFormat)
					}
					w.Header().Set("Retry-After", after)
					return f.refuse(w, status)
				})
				f.readThousand(t)
				// Those that were under way. Whoever came before the second was over would
				// be one more.
				if n := f.troubles[status]; n < 1 || n > concurrency {
					t.Errorf("%d requests were refused", n)
				}
				if f.mostAfter == 0 || f.mostAfter > concurrency/2 || f.mostAfter >= f.most || f.most != concurrency {
					t.Errorf("%d under way after it, and %d before", f.mostAfter, f.most)
				}
				if f.connections > concurrency+concurrency/4 {
					t.Errorf("%d connections", f.connections)
				}
			})
		}
	}
}

// TestAVaultThatIsOutOfServiceForAWhile in the middle of the reads: 503 as a gateway
// answers it, and Vault itself while it has no leader, without a word of when to come
// back. A read alone would have three attempts.
func TestAVaultThatIsOutOfServiceForAWhile(t *testing.T) {
	t.Parallel()
	var until time.Time
	f := startTroubled(t, func(f *troubled, w http.ResponseWriter, r *troubledRequest) bool {
		if r.n == thousand/2 {
			until = time.Now().Add(3 * time.Second)
		}
		return r.n >= thousand/2 && time.Now().Before(until) && f.refuse(w, 503)
	})
	f.readThousand(t)
	if n := f.troubles[503]; n < 1 || n > 16+8+4+2+1+1 {
		t.Errorf("%d requests were refused", n)
	}
	if f.mostAfter > concurrency/2 {
		t.Errorf("%d under way after it", f.mostAfter)
	}
}

// TestAVaultThatDoesNotSayHowLong is asked again as long as there is time.
func TestAVaultThatDoesNotSayHowLong(t *testing.T) {
	t.Parallel()
	f := startTroubled(t, func(f *troubled, w http.ResponseWriter, r *troubledRequest) bool {
		return r.n <= 3 && f.refuse(w, 429)
	})
	source := New(settingsOf(t, nil))
	defer source.Close()
	if _, err := source.Read(t.Context(), ref(packageToken(f.URL), 0)); err != nil || f.troubles[429] != 3 || f.came != 4 {
		t.Errorf("%v, after %d refusals of %d", err, f.troubles[429], f.came)
	}
}

// TestReadsThatFailOnce in the middle of others: exactly these are read again.
func TestReadsThatFailOnce(t *testing.T) {
	t.Parallel()
	const these = 20
	for name, fail := range map[string]func(w http.ResponseWriter, f *troubled) bool{
		"503": func(w http.ResponseWriter, f *troubled) bool { return f.refuse(w, 503) },
		"500": func(w http.ResponseWriter, f *troubled) bool { return f.refuse(w, 500) },
		"a connection that is cut before the answer": func(http.ResponseWriter, *troubled) bool { panic(http.ErrAbortHandler) },
		"a connection that is cut in the answer": func(w http.ResponseWriter, _ *troubled) bool {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"request_id":"made-up","data":{"data":{`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left := these
			f := startTroubled(t, func(f *troubled, w http.ResponseWriter, r *troubledRequest) bool {
				if r.n < thousand/2 || r.tries > 1 || left == 0 {
					return false
				}
				left--
				return fail(w, f)
			})
			f.readThousand(t)
			twice := 0
			for path, n := range f.asked {
				if n > 1 {
					twice++
				}
				if n > 2 {
					t.Errorf("%s was asked for %d times", path, n)
				}
			}
			if twice != these {
				t.Errorf("%d reads were made again, want %d", twice, these)
			}
			if strings.Contains(name, "50") && f.connections > concurrency+concurrency/4 {
				t.Errorf("%d connections", f.connections)
			}
		})
	}
}

// TestASlowReadHoldsUpNoOther: it is answered when all others are.
func TestASlowReadHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	others := make(chan struct{})
	f := startTroubled(t, func(f *troubled, _ http.ResponseWriter, r *troubledRequest) bool {
		if r.n == thousand/2 {
			f.mu.Unlock()
			<-others
			f.mu.Lock()
		} else if len(f.answered) == thousand-2 { // this one is the last but that
			close(others)
		}
		return false
	})
	f.readThousand(t)
	if n := f.connections; n > concurrency+concurrency/4 {
		t.Errorf("%d connections", n)
	}
}
