package vaultsrc

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// tokenLifetime is the shortest that the API server grants, and what ESO asks
// for (providers/v1/vault/auth.go): the token is used once, at once.
const tokenLifetime = 600

// requestToken asks the API server for a token of the endpoint's service
// account (TokenRequest, https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/).
func (s *Settings) requestToken(ctx context.Context, e endpoint) (secret.Value, error) {
	account := e.Login.ServiceAccount
	body, server, err := s.askKubernetes(ctx, e, question{
		method: http.MethodPost, subresource: "token", body: tokenRequest(account),
		what: "token", allow: "create on serviceaccounts/token",
	})
	if err != nil {
		return secret.Value{}, err
	}
	var granted struct {
		Status struct {
			Token string `json:"token"`
		} `json:"status"`
	}
	if json.Unmarshal(body, &granted) != nil || granted.Status.Token == "" {
		return secret.Value{}, e.accountFault("", "the Kubernetes API server at %s answered without a token", server)
	}
	return secret.New(granted.Status.Token), nil
}

// tokenRequest is the body of a TokenRequest.
func tokenRequest(account fn.ServiceAccount) []byte {
	type spec struct {
		Audiences         []string `json:"audiences,omitempty"`
		ExpirationSeconds int      `json:"expirationSeconds"`
	}
	body, err := json.Marshal(struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       spec   `json:"spec"`
	}{"authentication.k8s.io/v1", "TokenRequest", spec{account.Audiences(), cmp.Or(account.Lifetime, tokenLifetime)}})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return body
}
