package vaultsrc

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// kv is the reader at the bottom: it sends the request.
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
	if at.version != "" {
		query = map[string][]string{"version": {at.version}}
	}
	// The raw answer, since the client's own reading of it makes one thing of a
	// secret that is missing, one that is deleted and a mount that is not there.
	response, err := s.client.Logical().ReadRawWithDataWithContext(ctx, at.path, query)
	if response == nil {
		return fn.Answer{}, at.at.connectionFault(ctx, err, s.token.value)
	}
	defer response.Body.Close()
	body, readErr := io.ReadAll(response.Body)
	switch {
	case readErr != nil:
		return fn.Answer{}, at.at.connectionFault(ctx, readErr, s.token.value)
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNoContent, response.StatusCode == http.StatusNotFound:
		return at.answer(response.StatusCode == http.StatusNotFound, body)
	}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		refused = &api.ResponseError{StatusCode: response.StatusCode}
	}
	return fn.Answer{}, at.refusal(refused, response.Header.Get("Location"), s.token.value)
}
