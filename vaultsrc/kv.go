package vaultsrc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
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
	case response.StatusCode == http.StatusOK:
		return at.answer(body)
	case response.StatusCode == http.StatusNoContent:
		return fn.Answer{}, at.missing("")
	case response.StatusCode == http.StatusNotFound:
		return fn.Answer{}, at.notFound(body)
	}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		refused = &api.ResponseError{StatusCode: response.StatusCode}
	}
	return fn.Answer{}, at.refusal(refused, response.Header.Get("Location"), s.token.value)
}

// envelope is what Vault wraps around every answer, as far as it is looked at.
type envelope struct {
	Data     json.RawMessage `json:"data"`
	Warnings []string        `json:"warnings"`
	Errors   []any           `json:"errors"`
}

// versioned is what KV v2 wraps around a secret.
type versioned struct {
	Data     json.RawMessage `json:"data"`
	Metadata struct {
		Version      int    `json:"version"`
		DeletionTime string `json:"deletion_time"`
		Destroyed    bool   `json:"destroyed"`
	} `json:"metadata"`
}

// answer takes the secret out of a 200 (readSecret in ESO's
// providers/v1/vault/client_get.go). No part of the body is in any error.
func (at location) answer(body []byte) (fn.Answer, error) {
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		return fn.Answer{}, at.at.serverFault("does the address lead to Vault's API?", fmt.Sprintf("the answer for %s is not Vault's: it is no JSON", at.path))
	}
	if at.engine == fn.KV1 {
		if isNull(e.Data) {
			return fn.Answer{}, at.missing("")
		}
		return at.fields(e.Data, 0)
	}
	var v versioned
	if json.Unmarshal(e.Data, &v) != nil || v.Data == nil {
		return fn.Answer{}, &fn.Fault{
			Cause: fmt.Sprintf("%s holds no secret as KV v2 has it", at.path),
			Hint:  "is the mount KV v1? Then the store needs spec.provider.vault.version: v1",
		}
	}
	if isNull(v.Data) {
		return fn.Answer{}, at.gone(v)
	}
	return at.fields(v.Data, v.Metadata.Version)
}

func (at location) fields(object json.RawMessage, version int) (fn.Answer, error) {
	if !strings.HasPrefix(strings.TrimSpace(string(object)), "{") {
		return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("what %s holds has no fields", at.path)}
	}
	return fn.Answer{Fields: secret.New(string(object)), Version: version, Path: at.path}, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
