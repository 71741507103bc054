package vaultsrc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

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
	fail := func(hint, cause string, args ...any) (secret.Value, error) {
		return secret.Value{}, &fn.Fault{Scope: fn.StoreScope, Field: e.Login.Field + ".serviceAccountRef", Cause: fmt.Sprintf(cause, args...), Hint: hint}
	}
	config, err := s.kubernetesAPI()
	if err != nil {
		return fail("set KUBECONFIG, or ESFN_KUBERNETES_TOKEN_FILE to a token that you have, or VAULT_TOKEN",
			"the token of %s/%s cannot be asked for: %s", account.Namespace, account.Name, err)
	}
	if config.Proxy == nil {
		config.Proxy = s.Proxy
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return fail("", "the client configuration of KUBECONFIG cannot be used: %s", err)
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return fail("", "the server of KUBECONFIG is not an address")
	}
	client.Timeout = attemptTimeout
	address := server.JoinPath("api/v1/namespaces", account.Namespace, "serviceaccounts", account.Name, "token")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), tokenRequest(account.Audiences()))
	if err != nil {
		return fail("", "the server of KUBECONFIG is not an address")
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return fail("", "the Kubernetes API server at %s does not answer: %s", server.Host, networkWords(err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return fail("", "the Kubernetes API server at %s broke off its answer", server.Host)
	}
	switch answer.StatusCode {
	case http.StatusCreated, http.StatusOK:
	case http.StatusNotFound:
		return fail("create it, or correct the name", "there is no service account %s/%s at %s", account.Namespace, account.Name, server.Host)
	case http.StatusForbidden:
		return fail(fmt.Sprintf("allow create on serviceaccounts/token, resourceName %s, in namespace %s", account.Name, account.Namespace),
			"the Kubernetes API server at %s does not let esfn request a token of %s/%s", server.Host, account.Namespace, account.Name)
	case http.StatusUnauthorized:
		return fail("", "the Kubernetes API server at %s does not accept esfn's own credentials", server.Host)
	default:
		return fail("", "the Kubernetes API server at %s answered %s to the request for a token of %s/%s", server.Host, answer.Status, account.Namespace, account.Name)
	}
	var granted struct {
		Status struct {
			Token string `json:"token"`
		} `json:"status"`
	}
	if json.Unmarshal(body, &granted) != nil || granted.Status.Token == "" {
		return fail("", "the Kubernetes API server at %s answered without a token", server.Host)
	}
	return secret.New(granted.Status.Token), nil
}

// kubernetesAPI is the API server to ask: KUBECONFIG's where it is set, else
// that of the cluster esfn runs in. ~/.kube/config is not looked at: which
// cluster is asked is not to depend on what kubectl did last.
func (s *Settings) kubernetesAPI() (*rest.Config, error) {
	if s.Kubeconfig != "" {
		rules := &clientcmd.ClientConfigLoadingRules{Precedence: filepath.SplitList(s.Kubeconfig), WarnIfAllMissing: false}
		config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
		if err != nil {
			return nil, fmt.Errorf("KUBECONFIG: %s", strings.TrimPrefix(err.Error(), "invalid configuration: "))
		}
		return config, nil
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return nil, errors.New("esfn does not run in a cluster, and KUBECONFIG is not set")
	}
	return config, nil
}

func tokenRequest(audiences []string) io.Reader {
	type spec struct {
		Audiences         []string `json:"audiences,omitempty"`
		ExpirationSeconds int      `json:"expirationSeconds"`
	}
	body, err := json.Marshal(struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       spec   `json:"spec"`
	}{"authentication.k8s.io/v1", "TokenRequest", spec{audiences, tokenLifetime}})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return bytes.NewReader(body)
}
