package testbed

import (
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// tap is a listener that remembers its connections and what they are sent,
// inside TLS where it is given a configuration.
type tap struct {
	net.Listener
	tls *tls.Config
	// both has what is answered remembered, too.
	both bool

	mu    sync.Mutex
	lines []*line
	own   map[string]bool // the addresses of connections that passed opens
}

// line is one connection.
type line struct {
	net.Conn
	tap    *tap
	passed []byte
	closed bool
}

func newTap(config *tls.Config) (*tap, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	return &tap{Listener: listener, tls: config}, err
}

// Accept returns the next connection.
func (t *tap) Accept() (net.Conn, error) {
	connection, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if t.tls != nil {
		connection = tls.Server(connection, t.tls)
	}
	l := &line{Conn: connection, tap: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, l)
	return l, nil
}

func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.tap.mu.Lock()
	defer l.tap.mu.Unlock()
	l.passed = append(l.passed, p[:n]...)
	return n, err
}

func (l *line) Write(p []byte) (int, error) {
	if l.tap.both {
		l.tap.mu.Lock()
		l.passed = append(l.passed, p...)
		l.tap.mu.Unlock()
	}
	return l.Conn.Write(p)
}

func (l *line) Close() error {
	err := l.Conn.Close()
	l.tap.mu.Lock()
	defer l.tap.mu.Unlock()
	l.closed = true
	return err
}

// passed returns what passed on each connection so far. A client that has ended
// may have sent what is not read yet, or be connected to what is not accepted
// yet: so it waits for all connections that clients have opened to end, and for
// those that stay open a while.
func (t *tap) passed() ([]string, error) {
	const patience = 2 * time.Second
	// Connections are accepted in turn: after this one all that came before.
	last, err := net.Dial("tcp", t.Addr().String())
	if err != nil {
		return nil, err
	}
	defer last.Close()
	ours := last.LocalAddr().String()
	t.mu.Lock()
	if t.own == nil {
		t.own = map[string]bool{}
	}
	t.own[ours] = true
	t.mu.Unlock()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if texts, settled := t.without(ours); settled || time.Since(began) > patience {
			return texts, nil
		}
	}
}

// without returns what passed on all connections but our own, and whether the
// last of these has been accepted and the others have ended.
func (t *tap) without(last string) (texts []string, settled bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	accepted, ended := false, true
	for _, l := range t.lines {
		address := l.RemoteAddr().String()
		accepted = accepted || address == last
		if !t.own[address] {
			ended = ended && l.closed
			texts = append(texts, string(l.passed))
		}
	}
	return texts, accepted && ended
}
