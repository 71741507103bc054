package vaultsrc

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

const (
	// loginGrace is how long a login may go on after the run has ended: the
	// token that it gets is to be revoked, not to be left behind unknown.
	loginGrace = time.Second
	// closeTimeout bounds that and the revocation of all tokens together once the run
	// has ended, so that a Vault that hangs does not hold up the answer.
	closeTimeout = 2 * time.Second
	// revokeTimeout bounds the revocation while the run has time: a Vault that many ask
	// at once is slow, and no token is to be left for that.
	revokeTimeout = 10 * time.Second
	// hurriedTimeout takes the place of both from when somebody who waits ended the run.
	hurriedTimeout = 700 * time.Millisecond
)

// session is a client and its login, which is made when it is first needed and
// then shared.
type session struct {
	endpoint
	// ready is closed when the login is over. Only then are these to be read.
	ready  chan struct{}
	client *api.Client
	token  token
	// lost is how many logins had no answer: there may be tokens that nobody knows.
	lost int
	err  error

	// served tells that a read brought what was asked for.
	served atomic.Bool

	mu sync.Mutex
	// broken is a fault that every further request would meet as well.
	broken error
}

// sessions holds one session for each endpoint of the run.
type sessions struct {
	settings   *Settings
	transports *transports
	// late is closed when a run that was told to hurry has no more time.
	late chan struct{}

	mu   sync.Mutex
	open map[endpoint]*session
	// closed tells that tokens are revoked, or were: no more are to be got.
	closed bool
	// run is the context of the run, once there is a session.
	run context.Context
	// inService has the origins that have brought what was asked for.
	inService sync.Map
}

func newSessions(s *Settings) *sessions {
	return &sessions{settings: s, transports: newTransports(s), late: make(chan struct{}), open: map[endpoint]*session{}}
}

// at returns a session that is logged in and works so far.
func (x *sessions) at(ctx context.Context, e endpoint) (*session, error) {
	x.mu.Lock()
	s, known := x.open[e]
	if x.closed {
		x.mu.Unlock()
		return nil, &fn.Fault{Scope: fn.RunScope, Cause: "the run is over"}
	}
	if !known {
		s = &session{endpoint: e, ready: make(chan struct{}), err: e.loginFault("please report it", "the login failed by a fault of esfn's own")}
		x.open[e], x.run = s, ctx
		go s.logIn(ctx, x)
	}
	x.mu.Unlock()
	select {
	case <-s.ready:
	case <-ctx.Done():
		return nil, runEnded(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	return s, s.broken
}

// fail notes a fault that is not one entry's alone, so that a server that is
// gone is not asked for every secret.
func (s *session) fail(fault *fn.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil && fault.Scope != fn.EntryScope {
		s.broken = fault
	}
}

func (s *session) logIn(run context.Context, x *sessions) {
	defer close(s.ready)
	defer func() { _ = recover() }() // err says so
	ctx, cancel := context.WithCancel(context.WithoutCancel(run))
	defer cancel()
	defer context.AfterFunc(run, func() { time.AfterFunc(loginGrace, cancel) })()

	way, fault := x.settings.way(s.endpoint)
	if fault != nil {
		s.err = fault
		return
	}
	client, err := x.client(s.endpoint, s.ambient(way))
	if errors.As(err, &fault) {
		s.err = fault
		return
	} else if err != nil {
		s.err = s.serverFault("", "no client can be made for it")
		return
	}
	got, err := x.token(run, ctx, s.endpoint, way, client.WithNamespace(s.Login.Namespace))
	s.lost = got.lost
	if err != nil {
		if run.Err() != nil {
			err = runEnded(run)
		}
		s.err = err
		return
	}
	client.SetToken(got.value.Reveal())
	s.client, s.token, s.err = client, got, nil
}

// token logs in. A server that is out of service, and has answered reads of this run, is
// waited for as long as such a read waits (pace.go).
func (x *sessions) token(run, ctx context.Context, e endpoint, w way, client *api.Client) (got token, err error) {
	lost := 0
	for began := time.Now(); ; {
		got, err = w.login(ctx, client)
		lost += got.lost
		got.lost = lost
		if _, known := x.inService.Load(e.origin()); !known || !got.out || e.Retry.Given || time.Since(began) >= backWithin {
			return got, err
		}
		select {
		case <-time.After(maxRetryWait):
		case <-run.Done():
			return got, err
		}
	}
}

// answered notes that a session has brought what was asked for.
func (x *sessions) answered(s *session) {
	if !s.served.Swap(true) {
		x.inService.Store(s.origin(), nil)
	}
}

func hostOf(server string) string {
	u, err := url.Parse(server)
	switch {
	case err != nil:
		return "the server"
	case u.Scheme == "unix":
		return u.Path
	}
	return u.Host
}
