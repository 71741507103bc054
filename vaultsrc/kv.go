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

// maxAnswer bounds an answer's size: Vault takes requests of 32 MiB.
const maxAnswer = 64 << 20

// kv is the reader at the bottom: it sends the request.
type kv struct{ sessions *sessions }

var _ reader = (*kv)(nil)

func (k *kv) read(ctx context.Context, at location) (fn.Answer, error) {
	if ctx.Err() != nil {
		return fn.Answer{}, runEnded(ctx)
	}
	s, err := k.sessions.at(ctx, at.at)
	if err != nil {
		return fn.Answer{}, err
	}
	var query map[string][]string
	if at.version != "" {
		query = map[string][]string{"version": {at.version}}
	}
	// The raw answer, since the client's own reading of it makes one thing of a
	// secret that is missing, one that is deleted and a mount that is not there.
	response, err := s.client.Logical().ReadRawWithDataWithContext(ctx, at.path, query)
	if response == nil {
		return fn.Answer{}, at.at.connectionFault(err)
	}
	defer response.Body.Close()
	body, readErr := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case readErr != nil:
		return fn.Answer{}, at.at.connectionFault(readErr)
	case len(body) > maxAnswer:
		return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("the answer for %s is larger than %d MiB", at.path, maxAnswer>>20)}
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusNoContent, response.StatusCode == http.StatusNotFound:
		return at.answer(response.StatusCode == http.StatusNotFound, body)
	}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		refused = &api.ResponseError{StatusCode: response.StatusCode}
	}
	return fn.Answer{}, at.refusal(refused, response.Header.Get("Location"), s.token.value)
}
