package tests

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// The servers that scripts start beside their Vault; README.md lists the
// commands with their arguments.

// cmdForeignStart starts a server that is none of ours, at $FOREIGN and
// $FOREIGN_TLS.
//
//	foreign-start
func cmdForeignStart(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	plain(ts, neg, len(args) == 0 && s.foreign == nil, "foreign-start, once")
	foreign, err := testbed.NewForeign(certificates.ofServer)
	ts.Check(err)
	s.foreign = foreign
	ts.Setenv("FOREIGN", foreign.Address)
	ts.Setenv("FOREIGN_TLS", foreign.TLSAddress)
}

// cmdForeignSawNothing asserts that nobody connected to the foreign server.
//
//	[!] foreign-saw-nothing
func cmdForeignSawNothing(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, len(args) == 0, "[!] foreign-saw-nothing")
	if n := len(foreignSaw(ts)); (n > 0) != neg {
		ts.Fatalf("%d connections to the foreign server", n)
	}
}

// cmdForeignSawNoCredential asserts that the foreign server was sent no
// credential: none that is known, and nothing that looks like one.
//
//	[!] foreign-saw-no-credential
func cmdForeignSawNoCredential(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, len(args) == 0, "[!] foreign-saw-no-credential")
	noCredential(ts, neg, "the foreign server", foreignSaw(ts))
}

func foreignSaw(ts *testscript.TestScript) []string {
	s := storyOf(ts)
	if s.foreign == nil {
		ts.Fatalf("no foreign server: foreign-start starts one")
	}
	saw, err := s.foreign.Saw()
	ts.Check(err)
	return saw
}

// cmdProxyStart starts a proxy, at $PROXY, that knows hosts by name.
//
//	proxy-start [-auth USER:PASSWORD] HOST=ADDRESS…
func cmdProxyStart(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "proxy-start [-auth USER:PASSWORD] HOST=ADDRESS…, once"
	s := storyOf(ts)
	var user *url.Userinfo
	if len(args) > 1 && args[0] == "-auth" {
		name, password, _ := strings.Cut(args[1], ":")
		user, args = url.UserPassword(name, password), args[2:]
		s.leaks.Remember("the proxy's password", password)
	}
	plain(ts, neg, len(args) > 0 && s.proxy == nil, usage)
	hosts := map[string]string{}
	for _, arg := range args {
		host, address, ok := strings.Cut(arg, "=")
		plain(ts, neg, ok, usage)
		hosts[host] = address
	}
	proxy, err := testbed.NewProxy(hosts, user)
	ts.Check(err)
	s.proxy = proxy
	ts.Setenv("PROXY", proxy.Address)
}

// cmdProxied asserts how many tunnels the proxy was asked for so far, granted or
// not, in all or to one host, with a port or without.
//
//	proxied N [HOST[:PORT]]
func cmdProxied(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 1 || len(args) == 2, "proxied N [HOST[:PORT]]")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	asked, n := proxyOf(ts).Asked(), 0
	for _, one := range asked {
		method, address, _ := strings.Cut(one, " ")
		host, _, err := net.SplitHostPort(address)
		if method == "CONNECT" && (len(args) == 1 || args[1] == address || err == nil && args[1] == host) {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d tunnels (%s), want %d; the proxy was asked for:\n%s", n, strings.Join(args[1:], ""), want, strings.Join(asked, "\n"))
	}
}

// cmdProxySawNoCredential asserts that what passed through the proxy shows no
// credential.
//
//	[!] proxy-saw-no-credential
func cmdProxySawNoCredential(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, len(args) == 0, "[!] proxy-saw-no-credential")
	saw, err := proxyOf(ts).Saw()
	ts.Check(err)
	noCredential(ts, neg, "the proxy", saw)
}

func proxyOf(ts *testscript.TestScript) *testbed.Proxy {
	s := storyOf(ts)
	if s.proxy == nil {
		ts.Fatalf("no proxy: proxy-start starts one")
	}
	return s.proxy
}

func noCredential(ts *testscript.TestScript, neg bool, who string, saw []string) {
	var found []string
	for _, text := range saw {
		found = append(found, storyOf(ts).leaks.CredentialsIn(text)...)
	}
	if neg && len(found) == 0 {
		ts.Fatalf("in %d connections, %s saw no credential", len(saw), who)
	}
	if !neg && len(found) > 0 {
		ts.Fatalf("in %d connections, %s saw these credentials: %s", len(saw), who, strings.Join(found, "; "))
	}
}

// cmdAgentStart starts a fake Vault Agent before Vault, at $AGENT, which gives
// requests without a token the token of its own login.
//
//	agent-start [-socket FILE] TOKEN
func cmdAgentStart(ts *testscript.TestScript, neg bool, args []string) {
	var front testbed.Front
	if len(args) > 1 && args[0] == "-socket" {
		front.Socket, args = ts.MkAbs(args[1]), args[2:]
	}
	plain(ts, neg, len(args) == 1 && args[0] != "", "agent-start [-socket FILE] TOKEN")
	front.Token = args[0]
	address, err := storyOf(ts).recorder.Open(front)
	ts.Check(err)
	ts.Setenv("AGENT", address)
}

// cmdStandbyStart starts two nodes in place of the script's Vault, empty again:
// the active one is at $ACTIVE, which is $VAULT, and at $VAULT_TLS, the standby at
// $STANDBY. The requests to both are counted.
//
//	standby-start
func cmdStandbyStart(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 0, "standby-start")
	s := storyOf(ts)
	ts.Check(s.noTokenLeft())
	s.vault.Stop()
	vault, err := testbed.StartVault(programs.vault, append(testbed.WithStandby(s.recorder.Address), certificates.ofVault...)...)
	ts.Check(err)
	s.vault = vault
	ts.Check(s.recorder.Move(vault.Address))
	standby, err := s.recorder.Open(testbed.Front{Vault: vault.StandbyAddress})
	ts.Check(err)
	ts.Setenv("ACTIVE", s.recorder.Address)
	ts.Setenv("STANDBY", standby)
	ts.Setenv("VAULT_TLS", vault.TLSAddress)
}
