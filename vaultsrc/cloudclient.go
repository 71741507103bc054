package vaultsrc

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/esfn/esfn/fn"
)

// newCloudClient returns a client for AWS STS and for what gives credentials on
// the machine itself. It trusts the system's authorities: VAULT_CACERT is about
// Vault. Retries are as with Vault, redirects are not followed.
func newCloudClient(s *Settings) *http.Client {
	trustBundled()
	retrying := retryablehttp.NewClient()
	retrying.Logger = nil
	retrying.RetryMax, retrying.RetryWaitMin, retrying.RetryWaitMax = maxRetries, minRetryWait, maxRetryWait
	retrying.CheckRetry, retrying.Backoff = checkRetry, retryablehttp.RateLimitLinearJitterBackoff
	retrying.ErrorHandler = retryablehttp.PassthroughErrorHandler
	retrying.HTTPClient = &http.Client{
		Transport: &http.Transport{
			Proxy:                 s.Proxy,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:   10 * time.Second,
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:     true,
			ResponseHeaderTimeout: attemptTimeout,
			DisableKeepAlives:     true, // a login asks once or twice
			DisableCompression:    true,
		},
		Timeout:       attemptTimeout,
		CheckRedirect: noRedirect,
	}
	client := retrying.StandardClient()
	client.CheckRedirect = noRedirect
	return client
}

// cloudAnswer is an answer, its body of up to 1 MiB.
type cloudAnswer struct {
	status int
	header http.Header
	body   []byte
}

// send asks for credentials. A fault names whom it asked, and has no field unless
// it is the run's.
func send(client *http.Client, request *http.Request, whom string) (cloudAnswer, *fn.Fault) {
	answer, err := client.Do(request)
	if err != nil {
		if request.Context().Err() != nil {
			return cloudAnswer{}, runEnded(request.Context())
		}
		return cloudAnswer{}, &fn.Fault{Cause: fmt.Sprintf("%s does not answer: %s", whom, networkWords(err))}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxOther))
	if err != nil {
		return cloudAnswer{}, &fn.Fault{Cause: whom + " broke off its answer"}
	}
	return cloudAnswer{answer.StatusCode, answer.Header, body}, nil
}
