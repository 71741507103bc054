package vaultsrc

import (
	"cmp"
	"context"
	"time"

	"github.com/esfn/esfn/fn"
)

// concurrency is how many reads are under way at a time where the settings do
// not say: more than Vault answers faster, few enough to be no storm.
const concurrency = 16

// reader reads one location. The wrappers and the real one are readers.
type reader interface {
	read(ctx context.Context, at location) (fn.Answer, error)
}

// Source reads from Vault for one run. It is an [fn.Source], and is to be
// closed when all is read.
type Source struct {
	settings *Settings
	sessions *sessions
	reader   *dedupe
}

var _ fn.Source = (*Source)(nil)

// New returns a source for one run. Nothing is sent before the first Read.
func New(s Settings) *Source {
	s.Concurrency = cmp.Or(s.Concurrency, concurrency)
	s.MaxAnswer = cmp.Or(s.MaxAnswer, maxAnswer)
	s.MaxValues = cmp.Or(s.MaxValues, maxValues)
	sessions := newSessions(&s)
	return &Source{
		settings: &s,
		sessions: sessions,
		reader:   newDedupe(newLimit(s.Concurrency, &kv{sessions, &kept{most: s.MaxValues}})),
	}
}

// Read reads what ref means, once for all refs that mean the same.
func (s *Source) Read(ctx context.Context, ref fn.Ref) (fn.Answer, error) {
	at, fault := s.settings.locate(ref)
	if fault != nil {
		return fn.Answer{}, fault
	}
	return s.reader.read(ctx, at)
}

// Hurry has Close end within hurriedTimeout from now, also where it is under way. It is
// to be called once at most.
func (s *Source) Hurry() { time.AfterFunc(hurriedTimeout, func() { close(s.sessions.late) }) }

// Close revokes the tokens that the run got, within revokeTimeout, and once the run's
// context has ended within closeTimeout. It returns sentences on those that it could not
// revoke.
func (s *Source) Close() []string { return s.sessions.close() }
