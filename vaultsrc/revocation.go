package vaultsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
)

// close revokes the tokens that the run got by logging in, all at once, and
// says what it could not revoke. The context of the run may have ended, or end meanwhile.
func (x *sessions) close() (warnings []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	afterwards := cmp.Or(x.settings.closeTimeout, closeTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), max(afterwards, revokeTimeout))
	defer cancel()
	if x.run != nil {
		defer context.AfterFunc(x.run, func() { time.AfterFunc(afterwards, cancel) })()
	}
	go func() {
		select {
		case <-x.late:
			cancel()
		case <-ctx.Done():
		}
	}()
	var all sync.WaitGroup
	var mu sync.Mutex
	found := map[leftover]int{}
	for _, s := range x.open {
		all.Go(func() {
			own := s.revoke(ctx)
			mu.Lock()
			defer mu.Unlock()
			for _, one := range own {
				found[one]++
			}
		})
	}
	all.Wait()
	x.transports.close()
	for one, n := range found {
		warnings = append(warnings, one.sentence(n))
	}
	slices.Sort(warnings)
	return warnings
}

// leftover is what may still be valid when the run has ended.
type leftover struct {
	what leftoverKind
	host string
	// why a token was not revoked.
	why string
}

type leftoverKind int

const (
	unrevoked leftoverKind = iota
	// unanswered is a login without an answer, and underWay one that goes on.
	unanswered
	underWay
)

// sentence says it of so many.
func (l leftover) sentence(n int) string {
	one, many := "a token that esfn got at %[2]s was not revoked; it ends with its lease", "%[1]d tokens that esfn got at %[2]s were not revoked; they end with their leases"
	switch l.what {
	case unanswered:
		one, many = "the answer to a login at %[2]s did not arrive, or not all of it; a token in it ends with its lease", "the answers to %[1]d logins at %[2]s did not arrive, or not all of them; tokens in them end with their leases"
	case underWay:
		one, many = "a login at %[2]s was under way when the run ended; if it got a token, that ends with its lease", "%[1]d logins at %[2]s were under way when the run ended; if they got tokens, those end with their leases"
	}
	if n > 1 {
		one = many
	}
	text := fmt.Sprintf(one, n, l.host)
	if l.why != "" {
		text += ": " + l.why
	}
	return text
}

// revoke revokes the session's token where it is esfn's own, and returns what is left.
func (s *session) revoke(ctx context.Context) (left []leftover) {
	host := hostOf(s.Server)
	defer func() {
		if recover() != nil { // in a goroutine, where it would end the process with a trace
			left = append(left, leftover{unrevoked, host, "esfn failed by a fault of its own; please report it"})
		}
	}()
	select {
	case <-s.ready:
	case <-ctx.Done():
		return []leftover{{what: underWay, host: host}}
	}
	for range s.lost {
		left = append(left, leftover{what: unanswered, host: host})
	}
	// A batch token cannot be revoked; it just ends.
	if t := s.token.value.Reveal(); !s.token.own || strings.HasPrefix(t, "hvb.") || strings.HasPrefix(t, "b.") {
		return left
	}
	s.client.SetMaxRetries(min(1, s.client.MaxRetries()))
	// The raw answer, since the client takes a redirect for success. The token is
	// that of the namespace of its login.
	answer, err := s.client.WithNamespace(s.Login.Namespace).Logical().WriteRawWithContext(ctx, "auth/token/revoke-self", nil)
	if answer != nil {
		answer.Body.Close()
	}
	if why := s.notRevoked(ctx, answer, err); why != "" {
		left = append(left, leftover{unrevoked, host, why})
	}
	return left
}

// notRevoked says why a revocation came to nothing; "" where it did not, or where the
// token had ended before.
func (s *session) notRevoked(ctx context.Context, answer *api.Response, err error) string {
	var refused *api.ResponseError
	var stray *strayed
	switch {
	case errors.As(err, &refused) && refused.StatusCode == 403 && strings.Contains(allVaultWords(refused), "invalid token"):
		return ""
	case errors.As(err, &refused) && refused.StatusCode == 403 && !refused.RawError:
		return `permission denied; the policy default allows it, as does path "auth/token/revoke-self" { capabilities = ["update"] }`
	case refused != nil:
		return serverWords(s.Server, refused, vaultWords(refused, s.token.value))
	case errors.As(err, &stray), err == nil && (answer == nil || answer.StatusCode >= 300):
		return "the request was redirected"
	case err != nil && ctx.Err() != nil: // its time was over, or a signal ended it
		return noAnswer
	case err != nil:
		return networkWords(err)
	}
	return ""
}
