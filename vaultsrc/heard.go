package vaultsrc

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// heard is what came of the requests of a login. One that has no answer, or an answer
// that breaks off, may have got a token that nobody knows.
type heard struct {
	sent, answers atomic.Int32
	// whole tells that the last answer of a status of 2xx was read to its end.
	whole   atomic.Bool
	longest atomic.Int64
}

type heardKey struct{}

// hear has the requests that are made with the context noted.
func hear(ctx context.Context) (context.Context, *heard) {
	h := &heard{}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(done httptrace.WroteRequestInfo) {
		if done.Err == nil {
			h.sent.Add(1)
		}
	}})
	return context.WithValue(ctx, heardKey{}, h), h
}

// heardIn is who notes the requests of a context; nil for nobody.
func heardIn(ctx context.Context) *heard {
	h, _ := ctx.Value(heardKey{}).(*heard)
	return h
}

// lost is how many requests had no answer, or not all of it.
func (h *heard) lost() int { return max(0, int(h.sent.Load()-h.answers.Load())) }

// asked is how long the server asked to be left alone, where that is too long.
func (h *heard) asked() time.Duration { return time.Duration(h.longest.Load()) }

// body is that of an answer, which counts when it was read to its end. There is no token
// in the answer of a status other than 2xx: that counts as it is, but for one of 500 and
// above that is not Vault's. By that something before Vault may say that it has heard no
// answer itself.
func (h *heard) body(answer *http.Response) io.ReadCloser {
	h.whole.Store(false)
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	isGateways := answer.StatusCode == http.StatusBadGateway || answer.StatusCode == http.StatusGatewayTimeout
	switch {
	case isGateways, answer.StatusCode >= 500 && kind != "application/json":
		return answer.Body
	case answer.StatusCode >= http.StatusMultipleChoices:
		h.answers.Add(1)
		return answer.Body
	}
	return &heardBody{ReadCloser: answer.Body, by: h}
}

type heardBody struct {
	io.ReadCloser
	by   *heard
	over bool
}

// Read reads, and notes the end.
func (b *heardBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF && !b.over {
		b.over = true
		b.by.answers.Add(1)
		b.by.whole.Store(true)
	}
	return n, err
}
