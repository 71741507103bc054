package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// kv is the reader at the bottom: it sends the request, once. Where it failed in a
// way that another attempt may mend, its error is an [again].
type kv struct {
	sessions *sessions
	kept     *kept
}

var _ reader = (*kv)(nil)

func (k *kv) read(ctx context.Context, at location) (fn.Answer, error) {
	if fault := at.notKV(); fault != nil {
		return fn.Answer{}, fault
	}
	if ctx.Err() != nil {
		return fn.Answer{}, runEnded(ctx)
	}
	if fault := k.kept.fault(); fault != nil {
		return fn.Answer{}, fault
	}
	s, err := k.sessions.at(ctx, at.at)
	if err != nil {
		return fn.Answer{}, err
	}
	answer, err := k.readFrom(ctx, s, at)
	var fault *fn.Fault
	if errors.As(err, &fault) {
		s.fail(fault)
	}
	if err == nil {
		k.sessions.answered(s)
	}
	return answer, err
}

func (k *kv) readFrom(ctx context.Context, s *session, at location) (got fn.Answer, failed error) {
	var query map[string][]string
	switch {
	case at.part == fn.FolderPart:
		// As Vault's own client lists: proxies may not know the method LIST.
		query = map[string][]string{"list": {"true"}}
	case at.version != "":
		query = map[string][]string{"version": {at.version}}
	}
	// The raw answer, since the client's own reading of it makes one thing of a
	// secret that is missing, one that is deleted and a mount that is not there.
	response, err := s.client.Logical().ReadRawWithDataWithContext(once(ctx), at.path, query)
	var tooLarge *http.MaxBytesError
	var body []byte
	if response != nil {
		defer response.Body.Close()
		var readErr error
		if body, readErr = k.kept.readAll(response.Body); readErr != nil {
			response, err = nil, readErr
		}
		defer func() {
			if failed != nil {
				k.kept.release(len(body))
			}
		}()
	}
	switch {
	case errors.Is(err, errTooMuchKept):
		return fn.Answer{}, k.kept.fault()
	case errors.As(err, &tooLarge):
		return fn.Answer{}, at.tooLarge(fn.Bytes(tooLarge.Limit), k.sessions.settings.MaxAnswer)
	case response == nil:
		return fn.Answer{}, s.orAgain(ctx, nil, err, at.at.connectionFault(ctx, err, s.token.value))
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNoContent, response.StatusCode == http.StatusNotFound:
		return at.answer(response.StatusCode == http.StatusNotFound, body)
	}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		refused = &api.ResponseError{StatusCode: response.StatusCode, RawError: true}
	}
	return fn.Answer{}, s.orAgain(ctx, response, err, at.refusal(refused, s.token))
}

// tooLarge is the fault of an answer of more than so many bytes. Those that are no
// secret have a bound that nothing changes.
func (at location) tooLarge(limit, answers fn.Bytes) *fn.Fault {
	fault := &fn.Fault{Cause: fmt.Sprintf("the answer for %s is larger than %s", at.path, limit), Hint: fmt.Sprintf("is that the %s that is meant?", at.noun())}
	if limit == answers {
		fault.Hint += fmt.Sprintf(" ESFN_MAX_ANSWER=%s takes larger ones", (2 * limit).Setting())
	}
	return fault
}
