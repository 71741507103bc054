package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// kv is the reader at the bottom: it sends the request, once. Where it failed in a
// way that another attempt may mend, its error is an [again].
type kv struct{ sessions *sessions }

var _ reader = (*kv)(nil)

func (k *kv) read(ctx context.Context, at location) (fn.Answer, error) {
	if fault := at.notKV(); fault != nil {
		return fn.Answer{}, fault
	}
	if ctx.Err() != nil {
		return fn.Answer{}, runEnded(ctx)
	}
	s, err := k.sessions.at(ctx, at.at)
	if err != nil {
		return fn.Answer{}, err
	}
	answer, err := s.read(ctx, at)
	var fault *fn.Fault
	if errors.As(err, &fault) {
		s.fail(fault)
	}
	return answer, err
}

func (s *session) read(ctx context.Context, at location) (fn.Answer, error) {
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
		if body, readErr = io.ReadAll(response.Body); readErr != nil {
			response, err = nil, readErr
		}
	}
	switch {
	case errors.As(err, &tooLarge):
		return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("the answer for %s is larger than %d MiB", at.path, tooLarge.Limit>>20),
			Hint: fmt.Sprintf("is that the %s that is meant?", at.noun())}
	case response == nil:
		return fn.Answer{}, s.orAgain(ctx, nil, err, at.at.connectionFault(ctx, err, s.token.value))
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNoContent, response.StatusCode == http.StatusNotFound:
		return at.answer(response.StatusCode == http.StatusNotFound, body)
	}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		refused = &api.ResponseError{StatusCode: response.StatusCode}
	}
	return fn.Answer{}, s.orAgain(ctx, response, err, at.refusal(refused, s.token.value))
}
