package testbed

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
)

// Foreign is a server that is none of ours, at two addresses, one of them with
// TLS. It knows what it was sent, to the byte, and answers 404 to everything.
type Foreign struct {
	Address, TLSAddress string

	taps   []*tap
	server *http.Server
}

// NewForeign starts one, whose TLS has a configuration. It speaks HTTP/1.1 only,
// whose headers can be looked at as they are.
func NewForeign(config *tls.Config) (*Foreign, error) {
	f := &Foreign{server: &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			const most = 1 << 20
			_, _ = io.Copy(io.Discard, io.LimitReader(request.Body, most))
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors":[]}`)
		}),
		ErrorLog: log.New(io.Discard, "", 0),
	}}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	for _, one := range []struct {
		config  *tls.Config
		scheme  string
		address *string
	}{{nil, "http://", &f.Address}, {config, "https://", &f.TLSAddress}} {
		tap, err := newTap(one.config)
		if err != nil {
			f.Close()
			return nil, err
		}
		f.taps = append(f.taps, tap)
		*one.address = one.scheme + tap.Addr().String()
		go func() { _ = f.server.Serve(tap) }()
	}
	return f, nil
}

// Saw returns what each connection so far has sent, inside TLS where that came
// about.
func (f *Foreign) Saw() ([]string, error) {
	var all []string
	for _, tap := range f.taps {
		texts, err := tap.passed()
		if err != nil {
			return nil, err
		}
		all = append(all, texts...)
	}
	return all, nil
}

// Close ends the server.
func (f *Foreign) Close() {
	for _, tap := range f.taps {
		_ = tap.Close()
	}
	_ = f.server.Close()
}
