package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// proxied is a proxy before a server that answers every request with the same body,
// and a client that has it send one.
func proxied(t *testing.T) (p *proxy, send func(method, path string) (status int, header http.Header, err error)) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"data":"made-up"}`) }))
	t.Cleanup(server.Close)
	p, err := startProxy(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return p, func(method, path string) (int, http.Header, error) {
		request, err := http.NewRequest(method, p.address+"/v1/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			return 0, nil, err
		}
		defer answer.Body.Close()
		_, err = io.ReadAll(answer.Body)
		return answer.StatusCode, answer.Header, err
	}
}

func TestProxyCounts(t *testing.T) {
	p, send := proxied(t)
	p.reset(0, nil)
	for _, request := range [][2]string{
		{"GET", "kv/data/a"}, {"GET", "kv/data/b"}, {"LIST", "kv/metadata"}, {"GET", "kv/metadata/f?list=true"},
		{"PUT", "auth/approle/login"}, {"PUT", "auth/token/revoke-self"}, {"GET", "sys/internal/ui/mounts/kv"},
	} {
		if status, _, err := send(request[0], request[1]); err != nil || status != 200 {
			t.Errorf("%s: %d, %v", request, status, err)
		}
	}
	want := tally{Reads: 2, Lists: 2, Logins: 1, Revokes: 1, Others: 1, Connections: 1, Peak: 1}
	if diff := cmp.Diff(want, p.counted()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	p.reset(0, nil)
	if diff := cmp.Diff(tally{}, p.counted()); diff != "" {
		t.Errorf("after a reset (-want +got):\n%s", diff)
	}
}

func TestProxyDelays(t *testing.T) {
	const delay = 20 * time.Millisecond
	p, send := proxied(t)
	p.reset(delay, nil)
	began := time.Now()
	if _, _, err := send("GET", "kv/data/a"); err != nil {
		t.Fatal(err)
	}
	// Only that it is no less: machines are noisy.
	if took := time.Since(began); took < delay {
		t.Errorf("it took %s", took)
	}
}

func TestProxyFaults(t *testing.T) {
	always := func(a action) fault { return func(int, time.Duration) action { return a } }
	for _, tc := range []struct {
		name       string
		fault      fault
		status     int
		retryAfter string
		breaks     bool
	}{
		{"none", nil, 200, "", false},
		{"429", refuse(429, "1"), 429, "1", false},
		{"503", refuse(503, ""), 503, "", false},
		{"slow", always(action{delay: time.Millisecond}), 200, "", false},
		{"cut", always(action{cut: true}), 200, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, send := proxied(t)
			p.reset(0, tc.fault)
			for range faultAfter {
				if status, _, err := send("GET", "kv/data/a"); err != nil || status != 200 {
					t.Fatalf("before the fault: %d, %v", status, err)
				}
			}
			if n := p.counted().Faults; n != 0 {
				t.Fatalf("%d faults before the fault", n)
			}
			status, header, err := send("GET", "kv/data/a")
			if status != tc.status || header.Get("Retry-After") != tc.retryAfter || (err != nil) != tc.breaks {
				t.Errorf("%d, Retry-After %q, %v", status, header.Get("Retry-After"), err)
			}
			if status, _, err := send("PUT", "auth/token/revoke-self"); err != nil || status != 200 {
				t.Errorf("what is no read: %d, %v", status, err)
			}
			want := map[bool]int{true: 1}[tc.fault != nil]
			if n := p.counted().Faults; n != want {
				t.Errorf("%d faults, want %d", n, want)
			}
		})
	}
}

func TestFaultsEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		got  action
		want action
	}{
		{"a burst", refuse(429, "1")(1, burst), action{status: 429, retryAfter: "1"}},
		{"after the burst", refuse(429, "1")(1, burst+1), action{}},
		{"the ninth", slow(9, 0), action{}},
		{"the tenth", slow(10, 0), action{delay: time.Second}},
		{"the last that is cut", cutOff(200, 0), action{cut: true}},
		{"one that is not", cutOff(199, 0), action{}},
		{"all are cut by then", cutOff(210, 0), action{}},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, tc.got, tc.want)
		}
	}
}
