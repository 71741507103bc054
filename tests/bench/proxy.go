package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// proxy stands before Vault, counts what reaches it, and makes each request take
// longer by a delay, as a network does. It is lean, since it shares the machine with
// what is measured: each connection has one of its own to Vault.
type proxy struct {
	// address as in http://127.0.0.1:8300.
	address string

	vault    string
	listener net.Listener

	mu    sync.Mutex
	delay time.Duration
	fault fault
	tally tally
	// begun is when the read came after which the fault begins.
	begun   time.Time
	open    int // requests under way
	openNew int // those of them that came after the first answer with a fault
	run     int // counts the resets: a command that ended early may have left requests
}

// tally is what reached a proxy.
type tally struct {
	Reads, Lists, Logins, Revokes, Others int
	Connections                           int
	// Peak is the most requests under way at a time.
	Peak int
	// Faults is how many got an answer that a fault or Vault's own limit made, and
	// PeakAfter the most under way at a time of those that came after the first of
	// these answers.
	Faults, PeakAfter int
}

// requests are all.
func (t tally) requests() int { return t.Reads + t.Lists + t.Logins + t.Revokes + t.Others }

// startProxy starts a proxy before the Vault at an address, as in
// http://127.0.0.1:8200.
func startProxy(vault string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{address: "http://" + listener.Addr().String(), vault: strings.TrimPrefix(vault, "http://"), listener: listener}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.tally.Connections++
			p.mu.Unlock()
			go p.serve(connection)
		}
	}()
	return p, nil
}

// reset begins to count anew, for a run with this delay and this fault, or nil.
func (p *proxy) reset(delay time.Duration, f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay, p.fault, p.tally, p.begun, p.open, p.openNew = delay, f, tally{}, time.Time{}, 0, 0
	p.run++
}

// counted is what was counted since the reset.
func (p *proxy) counted() tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tally
}

func (p *proxy) close() { p.listener.Close() }

// serve passes on what comes on a connection, one request after the other.
func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	vault, err := net.Dial("tcp", p.vault)
	if err != nil {
		return
	}
	defer vault.Close()
	fromClient, fromVault := bufio.NewReader(client), bufio.NewReader(vault)
	for {
		request, err := http.ReadRequest(fromClient)
		if err != nil {
			return
		}
		is := p.arrived(request)
		nap(is.delay + is.does.delay)
		err = is.does.answer(client)
		if is.does.passes() {
			err = pass(request, client, vault, fromVault, &is)
		}
		p.answered(is)
		if err != nil || is.does.cut {
			return
		}
	}
}

// pass has Vault answer, and cuts the answer off in the middle where that is the
// fault.
func pass(request *http.Request, client, vault net.Conn, fromVault *bufio.Reader, is *underWay) error {
	if err := request.Write(vault); err != nil {
		return err
	}
	answer, err := http.ReadResponse(fromVault, request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	is.refused = answer.StatusCode >= 400
	if is.does.cut {
		return halfOf(answer, client)
	}
	out := bufio.NewWriter(client)
	if err := answer.Write(out); err != nil {
		return err
	}
	return out.Flush()
}

// halfOf writes an answer that says how long its body is, and half of the body.
func halfOf(answer *http.Response, client net.Conn) error {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(client, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", answer.Status, len(body), body[:len(body)/2])
	return err
}

// underWay is a request from its arrival until it is answered.
type underWay struct {
	delay   time.Duration
	does    action
	isNew   bool // it came after the first answer with a fault
	run     int
	refused bool
}

func (p *proxy) arrived(request *http.Request) underWay {
	p.mu.Lock()
	defer p.mu.Unlock()
	is := underWay{delay: p.delay, isNew: p.tally.Faults > 0, run: p.run}
	switch path := request.URL.Path; {
	case request.Method == "LIST" || request.URL.Query().Get("list") == "true":
		p.tally.Lists++
	case strings.HasPrefix(path, "/v1/auth/") && strings.HasSuffix(path, "/login"):
		p.tally.Logins++
	case strings.HasSuffix(path, "/revoke-self"):
		p.tally.Revokes++
	case strings.Contains(path, "/data/"):
		p.tally.Reads++
		if p.tally.Reads == faultAfter {
			p.begun = time.Now()
		}
		if p.fault != nil && p.tally.Reads > faultAfter {
			is.does = p.fault(p.tally.Reads-faultAfter, time.Since(p.begun))
		}
	default:
		p.tally.Others++
	}
	p.open++
	p.tally.Peak = max(p.tally.Peak, p.open)
	if is.isNew {
		p.openNew++
		p.tally.PeakAfter = max(p.tally.PeakAfter, p.openNew)
	}
	return is
}

func (p *proxy) answered(is underWay) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if is.run != p.run {
		return
	}
	p.open--
	if is.isNew {
		p.openNew--
	}
	if is.refused || is.does != (action{}) {
		p.tally.Faults++
	}
}
