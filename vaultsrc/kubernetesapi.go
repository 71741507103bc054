package vaultsrc

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-retryablehttp"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/esfn/esfn/fn"
)

// question is one to the Kubernetes API server about a service account.
type question struct {
	method, subresource string
	body                any // bytes, or nil for none
	// what of the account is asked for, and the permission that it takes.
	what, allow string
}

// askKubernetes asks the API server about the endpoint's service account, and
// gives the body of the answer and the server's name. Errors are faults. It is as
// patient with a server in trouble as with Vault: one more token that nobody uses
// does no harm.
func (s *Settings) askKubernetes(ctx context.Context, e endpoint, q question) (body []byte, host string, err error) {
	account := e.Login.ServiceAccount
	fail := func(hint, cause string, args ...any) ([]byte, string, error) {
		return nil, "", e.accountFault(hint, cause, args...)
	}
	// The API server decodes a path before it reads it: no escaping keeps a slash
	// in a name from being one.
	for _, name := range []string{account.Namespace, account.Name} {
		if strings.Contains(name, "/") || strings.Trim(name, ".") == "" {
			return fail("", "%q is no name of a service account or its namespace", name)
		}
	}
	config, unusable := s.kubernetesAPI()
	if unusable != "" {
		hint := "set KUBECONFIG, or VAULT_TOKEN"
		if e.Login.Method == fn.KubernetesLogin || e.Login.Method == fn.JWTLogin {
			hint = "set KUBECONFIG, or ESFN_KUBERNETES_TOKEN_FILE to a token that you have, or VAULT_TOKEN"
		}
		return fail(hint, "the %s of %s/%s cannot be asked for: %s", q.what, account.Namespace, account.Name, unusable)
	}
	if config.Proxy == nil {
		config.Proxy = s.Proxy
	}
	// What client-go says of a configuration may show what stands in it.
	const unusableConfig = "the cluster, user and files that KUBECONFIG names cannot be used together"
	const tryIt = "does kubectl work with it?"
	client, err := kubernetesClient(config)
	if err != nil {
		return fail(tryIt, unusableConfig)
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return fail(tryIt, unusableConfig)
	}
	address := server.JoinPath("api/v1/namespaces", url.PathEscape(account.Namespace), "serviceaccounts", url.PathEscape(account.Name), q.subresource)
	request, err := retryablehttp.NewRequestWithContext(ctx, q.method, address.String(), q.body)
	if err != nil {
		return fail(tryIt, unusableConfig)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	switch {
	case err != nil && pluginFailed(err):
		return fail(tryIt, "the command that KUBECONFIG names for credentials gave none")
	case err != nil:
		return fail("", "the Kubernetes API server at %s does not answer: %s", server.Host, networkWords(err))
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return fail("", "the Kubernetes API server at %s broke off its answer", server.Host)
	}
	switch answer.StatusCode {
	case http.StatusCreated, http.StatusOK:
		return body, server.Host, nil
	case http.StatusNotFound:
		return fail("create it, or correct the name", "there is no service account %s/%s at %s", account.Namespace, account.Name, server.Host)
	case http.StatusForbidden:
		return fail(fmt.Sprintf("allow %s, resourceName %s, in namespace %s", q.allow, account.Name, account.Namespace),
			"the Kubernetes API server at %s does not let esfn request a %s of %s/%s", server.Host, q.what, account.Namespace, account.Name)
	case http.StatusUnauthorized:
		return fail("", "the Kubernetes API server at %s does not accept esfn's own credentials", server.Host)
	}
	return fail("", "the Kubernetes API server at %s answered %s to the request for a %s of %s/%s", server.Host, answer.Status, q.what, account.Namespace, account.Name)
}

// kubernetesClient is a client for the API server.
func kubernetesClient(config *rest.Config) (*retryablehttp.Client, error) {
	trustBundled()
	shared, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	// A copy: it may be http.DefaultClient. A redirect would take along the
	// credentials of KUBECONFIG.
	one := *shared
	one.Timeout, one.CheckRedirect = attemptTimeout, noRedirect
	return &retryablehttp.Client{
		HTTPClient:   &one,
		RetryMax:     maxRetries,
		RetryWaitMin: minRetryWait,
		RetryWaitMax: maxRetryWait,
		Backoff:      retryablehttp.RateLimitLinearJitterBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
		CheckRetry: func(ctx context.Context, answer *http.Response, err error) (bool, error) {
			if pluginFailed(err) {
				return false, nil
			}
			return checkRetry(ctx, answer, err)
		},
	}, nil
}

// pluginFailed tells that the credential plugin of KUBECONFIG failed, by
// client-go's words (plugin/pkg/client/auth/exec): nobody was asked yet.
func pluginFailed(err error) bool {
	return err != nil && strings.Contains(err.Error(), "getting credentials: ")
}

// kubernetesAPI is the API server to ask: KUBECONFIG's where it is set, else
// that of the cluster esfn runs in. ~/.kube/config is not looked at: which
// cluster is asked is not to depend on what kubectl did last. In place of the
// configuration it returns why there is none, without quoting from any.
func (s *Settings) kubernetesAPI() (config *rest.Config, unusable string) {
	if s.Kubeconfig == "" {
		config, err := rest.InClusterConfig()
		if err != nil {
			return nil, "esfn does not run in a cluster, and KUBECONFIG is not set"
		}
		return config, ""
	}
	files := slices.DeleteFunc(filepath.SplitList(s.Kubeconfig), func(name string) bool { return name == "" })
	for _, name := range files {
		// kustomize runs esfn in a folder of the package, and a kubeconfig may name a
		// command to run.
		if !filepath.IsAbs(name) {
			return nil, "KUBECONFIG: " + name + " is no path from the root, and esfn may run in a folder of the package"
		}
	}
	for _, name := range files {
		// clientcmd leaves out a file that is not there, and takes the cluster
		// that it runs in where none is left.
		text, err := s.ReadFile(name)
		if err != nil {
			return nil, "KUBECONFIG: " + fileFault(name, err)
		}
		if _, err := clientcmd.Load(text); err != nil {
			return nil, "KUBECONFIG: " + name + " is no kubeconfig"
		}
	}
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: files}
	merged, err := rules.Load()
	if err != nil {
		return nil, "KUBECONFIG: its files cannot be read together"
	}
	config, err = clientcmd.NewDefaultClientConfig(*merged, nil).ClientConfig()
	switch {
	case clientcmd.IsEmptyConfig(err):
		return nil, "KUBECONFIG: it names no cluster"
	case clientcmd.IsContextNotFound(err):
		return nil, "KUBECONFIG: its current context is not in it"
	case err != nil:
		return nil, "KUBECONFIG: the cluster, user and files that it names cannot be used together"
	}
	return config, ""
}
