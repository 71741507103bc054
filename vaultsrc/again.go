package vaultsrc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

const (
	// maxRetries and the waits are for connection errors, 412, 429 and 5xx: a
	// node that is replaced is back within seconds, and a server that is gone
	// shall not take long to be reported.
	maxRetries   = 2
	minRetryWait = 200 * time.Millisecond
	maxRetryWait = time.Second
	// maxRetryAfter is how long a server may ask to be left alone and still be
	// asked again for a login.
	maxRetryAfter = 5 * time.Second
)

// again is the error of an attempt at a read that another attempt may mend.
type again struct {
	// fault is what there is to say where there is none, and session whose it is then.
	fault   *fn.Fault
	session *session
	// busy tells that the server answered, and asks to be left alone: for so long, or
	// where that is 0, for a time that it does not say.
	busy  bool
	asked time.Duration
	// out tells that it answered 502, 503 or 504 and no time to come back: a gateway's
	// node is replaced, or Vault is sealed or has no leader.
	out bool
	// many is what there is to say where several reads in a row come to this; nil where
	// the fault says it.
	many *fn.Fault
}

func (a *again) Error() string { return a.fault.Cause }

// giveUp is for who makes no other attempt. Where the fault is not one secret's alone,
// no read of the session is begun from then on.
func (a *again) giveUp(fault *fn.Fault) error {
	a.session.fail(fault)
	return fault
}

// orAgain is the fault that ended an attempt, or, where another may mend it, the
// wish for one.
func (s *session) orAgain(ctx context.Context, answer *api.Response, err error, fault *fn.Fault) error {
	a := &again{fault: fault, session: s}
	var plain *http.Response
	status := err
	if answer != nil {
		plain, err = answer.Response, nil // the error is that of the status
		a.asked, a.busy = retryAfter(plain)
		a.busy = a.busy || plain.StatusCode == http.StatusTooManyRequests
		if refused := (*api.ResponseError)(nil); errors.As(status, &refused) {
			a.out = !a.busy && isOutOfService(refused)
			if fault.Scope == fn.EntryScope {
				a.many = s.troubleFault(refused, vaultWords(refused, s.token.value))
			}
		}
	}
	if retry, _ := mayMend(ctx, plain, err); !retry {
		return fault
	}
	return a
}

// isOutOfService tells the answers of a server that is there and does nothing for now:
// 502, 503 and 504, and those of a cluster without a leader.
func isOutOfService(refused *api.ResponseError) bool {
	return refused.StatusCode >= http.StatusBadGateway && refused.StatusCode <= http.StatusGatewayTimeout || hasNoLeader(refused)
}

// retryAfter is how long a server asks to be left alone, and whether it does (RFC
// 9110, 10.2.3). A date is taken by the server's own clock, where it tells that. Vault
// has the header in answers of its quotas, and none where it is sealed.
func retryAfter(answer *http.Response) (asked time.Duration, told bool) {
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	const most = 1 << 31 // seconds, as good as for ever
	text := answer.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, most)) * time.Second, true
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, min(until.Sub(now), most*time.Second)), true
}

// retries is how often a request at an endpoint is made again.
func (e endpoint) retries() int {
	if e.Retry.Given {
		return e.Retry.Max
	}
	return maxRetries
}

// retryWaits bound the wait before that.
func (e endpoint) retryWaits() (least, most time.Duration) {
	if interval, err := time.ParseDuration(e.Retry.Interval); err == nil {
		return interval, interval
	}
	return minRetryWait, maxRetryWait
}

type onceKey struct{}

// once has Vault's client make one attempt at the request: others are the caller's.
func once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

// checkRetry is mayMend for Vault's client, but for a server that asks for more time
// than a login may take: its answer says more than a wait that is broken off.
func checkRetry(ctx context.Context, answer *http.Response, err error) (bool, error) {
	if ctx.Value(onceKey{}) != nil {
		return false, err
	}
	if answer != nil {
		if asked, _ := retryAfter(answer); asked > maxRetryAfter {
			if h := heardIn(ctx); h != nil {
				h.longest.Store(int64(asked))
			}
			return false, err
		}
	}
	return mayMend(ctx, answer, err)
}

// mayMend tells whether another attempt may mend what one came to. It is Vault's own
// policy, but for what the next attempt would meet as well, a 500 about the client's
// certificate among it.
func mayMend(ctx context.Context, answer *http.Response, err error) (bool, error) {
	var stray *strayed
	if errors.As(err, &stray) || isSettled(err) {
		return false, err
	}
	retry, err := api.DefaultRetryPolicy(ctx, answer, err)
	if retry && answer != nil && answer.StatusCode == http.StatusInternalServerError {
		// Vault's client reads it once more; where it breaks off, that fails.
		// Those that clouds give credentials by are not bounded yet.
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxOther))
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(text))
		retry = !bytes.Contains(text, []byte(certificateRefused))
	}
	return retry, err
}
