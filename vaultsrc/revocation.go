package vaultsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/vault/api"
)

// close revokes the tokens that the run got by logging in, all at once, and
// says what it could not revoke. The context of the run may have ended.
func (x *sessions) close() []string {
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(x.settings.closeTimeout, closeTimeout))
	defer cancel()
	go func() {
		select {
		case <-x.late:
			cancel()
		case <-ctx.Done():
		}
	}()
	x.mu.Lock()
	defer x.mu.Unlock()
	var all sync.WaitGroup
	var mu sync.Mutex
	var warnings []string
	for _, s := range x.open {
		all.Go(func() {
			own := s.revoke(ctx)
			mu.Lock()
			defer mu.Unlock()
			warnings = append(warnings, own...)
		})
	}
	all.Wait()
	x.transports.close()
	slices.Sort(warnings)
	return slices.Compact(warnings)
}

// revoke revokes the session's token where it is esfn's own, and returns warnings of
// what it could not revoke.
func (s *session) revoke(ctx context.Context) (warnings []string) {
	select {
	case <-s.ready:
	case <-ctx.Done():
		return []string{fmt.Sprintf("a login at %s was under way when the run ended; if it got a token, that ends with its lease", hostOf(s.Server))}
	}
	if s.lost {
		warnings = append(warnings, fmt.Sprintf("the answer to a login at %s did not arrive, or not all of it; a token in it ends with its lease", hostOf(s.Server)))
	}
	// A batch token cannot be revoked; it just ends.
	if t := s.token.value.Reveal(); !s.token.own || strings.HasPrefix(t, "hvb.") || strings.HasPrefix(t, "b.") {
		return warnings
	}
	s.client.SetMaxRetries(min(1, s.client.MaxRetries()))
	// The raw answer, since the client takes a redirect for success. The token is
	// that of the namespace of its login.
	answer, err := s.client.WithNamespace(s.Login.Namespace).Logical().WriteRawWithContext(ctx, "auth/token/revoke-self", nil)
	if answer != nil {
		answer.Body.Close()
	}
	if why := s.notRevoked(ctx, answer, err); why != "" {
		warnings = append(warnings, fmt.Sprintf("a token that esfn got at %s was not revoked; it ends with its lease: %s", hostOf(s.Server), why))
	}
	return warnings
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
