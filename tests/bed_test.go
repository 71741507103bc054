package tests

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestBed plays scripts that show what the scripts' commands do, with a plain
// HTTP client in esfn's place.
func TestBed(t *testing.T) {
	p := params()
	p.Dir = filepath.Join("testdata", "bed")
	p.Cmds["client"] = cmdClient
	testscript.Run(t, p)
}

// cmdClient sends a request and asserts the status of the answer; the status is
// error where there is to be none, and broken where it is to break off. The answer's
// body is the stdout.
//
//	client STATUS METHOD URL [-header NAME VALUE] [-pair NAME] [-proxy URL|@FILE] [-distrust] [BODY]
func cmdClient(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) >= 3, "client STATUS METHOD URL [-header NAME VALUE] [-pair NAME] [-proxy URL|@FILE] [-distrust] [BODY]")
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: certificates.ca.Pool()}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	header := http.Header{}
	address, body := args[2], ""
	for rest := args[3:]; len(rest) > 0; rest = rest[1:] {
		switch {
		case rest[0] == "-header":
			header.Set(rest[1], rest[2])
			rest = rest[2:]
		case rest[0] == "-pair":
			pair, err := tls.LoadX509KeyPair(ts.MkAbs(rest[1]+".crt"), ts.MkAbs(rest[1]+".key"))
			ts.Check(err)
			// Sent whatever authorities the server says that it trusts.
			transport.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
			rest = rest[1:]
		case rest[0] == "-proxy":
			if file, ok := strings.CutPrefix(rest[1], "@"); ok {
				rest[1] = strings.TrimSpace(ts.ReadFile(file))
			}
			proxy, err := url.Parse(rest[1])
			ts.Check(err)
			transport.Proxy = http.ProxyURL(proxy)
			rest = rest[1:]
		case rest[0] == "-distrust":
			transport.TLSClientConfig.RootCAs = certificates.other.Pool()
		default:
			body = rest[0]
		}
	}
	if socket, ok := strings.CutPrefix(address, "unix://"); ok {
		file, path, _ := strings.Cut(socket, "/v1/")
		address = "http://agent/v1/" + path
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", file) }
	}
	request, err := http.NewRequest(args[1], address, strings.NewReader(body))
	ts.Check(err)
	request.Header = header
	answer, err := transport.RoundTrip(request)
	if err != nil {
		if args[0] != "error" {
			ts.Fatalf("%v", err)
		}
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	defer answer.Body.Close()
	for name := range answer.Header {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, answer.Header.Get(name))
	}
	_, err = io.Copy(ts.Stdout(), answer.Body)
	if args[0] == "broken" && errors.Is(err, io.ErrUnexpectedEOF) {
		return
	}
	ts.Check(err)
	if args[0] != strconv.Itoa(answer.StatusCode) {
		ts.Fatalf("%s %s: %s, want %s", args[1], address, answer.Status, args[0])
	}
}

// TestBedFails shows that what asserts can fail, and what ends a script checks.
func TestBedFails(t *testing.T) {
	for name, tc := range map[string]struct{ script, says string }{
		"a login's token is left":      {logIn, `1 tokens of logins were left and not revoked: auth/userpass/login/eve; `},
		"two, and one was said":        {logIn + "tokens-left 1\nclient 200 POST $VAULT/v1/auth/userpass/login/eve {\"password\":\"made-up-password\"}\n", `1 tokens of logins were left`},
		"it is left before the seal":   {logIn + "vault-seal\n", `1 tokens of logins were left`},
		"it is left before the stop":   {logIn + "vault-stop\n", `1 tokens of logins were left`},
		"fewer tokens than said":       {"tokens-left 1\n", `0 tokens of logins are left, want 1`},
		"a leak of a login's token":    {logIn + "tokens-left 1\ncp stdout copy\nno-leak copy\n", `copy shows a login's token`},
		"a leak of a password":         {logIn + "tokens-left 1\nno-leak body\n-- body --\nmade-up-password\n", `body shows a password`},
		"a leak of a client's key":     {"client-certificate me\nexec sed -n 2p me.key\nno-leak stdout\n", `stdout shows the key me.key`},
		"another header":               {seal + "request-header ** X-Vault-Request false\n", `GET /v1/sys/seal-status had X-Vault-Request "true", want "false"`},
		"a header that shall not be":   {seal + "request-header ** X-Vault-Request ''\n", `had X-Vault-Request "true", want ""`},
		"a header of no request":       {seal + "request-header kv/* X-Vault-Request true\n", `no request to kv/\*; there were:\nGET /v1/sys/seal-status`},
		"another protocol":             {seal + "protocol HTTP/2.0\n", `came by HTTP/1.1, want HTTP/2.0`},
		"other connections":            {seal + "connections 2\n", `1 connections were opened, want 2`},
		"other requests at an address": {seal + "requests -at $VAULT_HTTPS 1\n", `0 requests \(-at https://127.0.0.1:\d+ 1\), want 1`},
		"a connection":                 {foreign + "foreign-saw-nothing\n", `1 connections to the foreign server`},
		"no connection":                {"foreign-start\n! foreign-saw-nothing\n", `0 connections to the foreign server`},
		"a token":                      {foreign + "foreign-saw-no-credential\n", `in 1 connections, the foreign server saw these credentials: a header with a credential`},
		"no credential":                {"foreign-start\n! foreign-saw-no-credential\n", `in 0 connections, the foreign server saw no credential`},
		"a body":                       {"foreign-start\nclient 404 POST $FOREIGN/v1/auth/jwt/login {\"jwt\":\"x\"}\nforeign-saw-no-credential\n", `a login's body`},
		"a known one in any form":      {"vault-token T default\nforeign-start\nclient 404 GET $FOREIGN/$T\nforeign-saw-no-credential\n", `the token \$T, `},
		"no foreign server":            {"foreign-saw-nothing\n", `no foreign server`},
		"no tunnel":                    {"proxy-start a.test=$VAULT\nproxied 1 a.test\n", `0 tunnels \(a.test\), want 1`},
		"no proxy":                     {"proxied 0\n", `no proxy`},
		"what the proxy can read":      {"proxy-start a.test=$VAULT\nclient 405 GET http://a.test/ -proxy $PROXY -header X-Vault-Token made-up\nproxy-saw-no-credential\n", `the proxy saw these credentials: a header with a credential`},
		"a token of a fake login":      {"fake-answer auth/a/login 200 {\"auth\":{\"client_token\":\"made-up-token\"}}\nclient 200 PUT $VAULT/v1/auth/a/login\ncp stdout copy\nno-leak copy\n", `copy shows a login's token`},
		"an unknown kind of requests":  {seal + "requests 0 login\n", `no requests are called "login"`},
		"an unknown address":           {seal + "requests -at $VAULT_TLS 0\n", `is no address of the recorder`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fails(t, tc.script, tc.says)
		})
	}
}

// fails plays a script that has to fail, with a line like that in its log.
func fails(t *testing.T, script, says string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script.txtar")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	p := params()
	p.Files = []string{file}
	p.Cmds["client"] = cmdClient
	played := &played{}
	testscript.RunT(played, p)
	if !played.failed || !regexp.MustCompile(says).MatchString(played.log.String()) {
		t.Errorf("failed: %v; the log has no %s:\n%s", played.failed, says, played.log.String())
	}
}

const (
	logIn = `vault-write sys/auth/userpass '{"type":"userpass"}'
vault-write auth/userpass/users/eve '{"password":"made-up-password"}'
client 200 POST $VAULT/v1/auth/userpass/login/eve {"password":"made-up-password"}
`
	foreign = "foreign-start\nclient 404 GET $FOREIGN/ -header X-Vault-Token made-up\n"
	seal    = "client 200 GET $VAULT/v1/sys/seal-status -header X-Vault-Request true\n"
)

// played is a testscript.T that takes down how a script went.
type played struct {
	log    strings.Builder
	failed bool
}

func (p *played) Skip(args ...any)  { p.Log(args...); runtime.Goexit() }
func (p *played) Fatal(args ...any) { p.Log(args...); p.FailNow() }
func (p *played) Log(args ...any)   { fmt.Fprintln(&p.log, args...) }
func (p *played) FailNow()          { p.failed = true; runtime.Goexit() }
func (p *played) Parallel()         {}
func (p *played) Verbose() bool     { return true }
func (p *played) Run(_ string, run func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(p)
	}()
	<-done
}
