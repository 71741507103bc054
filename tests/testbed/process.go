package testbed

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a server that prints one line, READY key=value…, when it serves.
type process struct {
	ready map[string]string
	pid   int
	ended chan struct{}
}

const startTimeout = 2 * time.Minute

// start starts a server and waits until it is ready.
func start(binary string, args ...string) (*process, error) {
	complaints := &tail{}
	cmd := exec.Command(binary, args...)
	cmd.Stderr = complaints
	return startCommand(cmd, complaints)
}

// startCommand starts a server that has its own environment and stderr, and waits
// until it is ready. What it complains of until then becomes the error.
func startCommand(cmd *exec.Cmd, complaints fmt.Stringer) (*process, error) {
	cmd.SysProcAttr = dieWithParent()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &process{ended: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Pdeathsig is sent when the thread that started the process ends, so
		// that thread is kept until the process itself has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_, _ = cmd.Process.Wait()
		}
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid

	lines := make(chan string, 1)
	go func() {
		scanner := bufio.NewScanner(stdout)
		for scanner.Scan() {
			if line, ok := strings.CutPrefix(scanner.Text(), "READY "); ok {
				lines <- line
			}
		}
	}()
	select {
	case line := <-lines:
		p.ready = map[string]string{}
		for _, word := range strings.Fields(line) {
			key, value, _ := strings.Cut(word, "=")
			p.ready[key] = value
		}
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%s ended before it was ready:\n%s", cmd.Path, complaints)
	case <-time.After(startTimeout):
		p.Stop()
		return nil, fmt.Errorf("%s was not ready after %s:\n%s", cmd.Path, startTimeout, complaints)
	}
}

// Stop ends the server and returns when it has ended.
func (p *process) Stop() {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
		<-p.ended
	}
}

// PID is the server's process.
func (p *process) PID() int { return p.pid }

// lastingAddress is an address on loopback that is free, and stays so for who listens
// there again: its port is none that a client's end of a connection is given.
func lastingAddress() (string, error) {
	const least, most, tries = 20_000, 32_000, 100 // Linux gives clients those from 32768 on
	for range tries {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", least+rand.IntN(most-least)))
		if err != nil {
			continue
		}
		return listener.Addr().String(), listener.Close()
	}
	return "", fmt.Errorf("no port from %d to %d is free", least, most)
}

// tail keeps the end of what a server writes to stderr.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 4 << 10
	t.text = append(t.text, p...)
	if len(t.text) > most {
		t.text = t.text[len(t.text)-most:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.text))
}
