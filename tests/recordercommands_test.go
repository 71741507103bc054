package tests

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// What scripts say and ask of the recorder before Vault; README.md lists the
// commands with their arguments.

// cmdFakeAnswer answers requests in Vault's place, all of them or, after so many, the
// first so many; status 0 cuts the connection, -1 leaves it without an answer, -2 cuts it in
// the middle of one's body, and -3 in that of its header.
//
//	fake-answer [-after N] [-times N] [-header HEADER VALUE] PATTERN STATUS [BODY]
func cmdFakeAnswer(ts *testscript.TestScript, neg bool, args []string) {
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		ts.Check(err)
		return n
	}
	fault := testbed.Fault{Times: -1, Header: http.Header{}}
	for len(args) > 3 {
		switch args[0] {
		case "-after":
			fault.After, args = number(args[1]), args[2:]
			continue
		case "-times":
			fault.Times, args = number(args[1]), args[2:]
			continue
		case "-header":
			fault.Header.Set(args[1], args[2])
			args = args[3:]
			continue
		}
		break
	}
	plain(ts, neg, len(args) == 2 || len(args) == 3, "fake-answer [-after N] [-times N] [-header HEADER VALUE] PATTERN STATUS [BODY]")
	fault.Pattern, fault.Status, fault.Body = args[0], number(args[1]), strings.Join(args[2:], "")
	storyOf(ts).recorder.Fail(fault)
}

// cmdFakeRedirect answers requests with a redirect.
//
//	fake-redirect PATTERN ADDRESS
func cmdFakeRedirect(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 2, "fake-redirect PATTERN ADDRESS")
	storyOf(ts).recorder.Redirect(args[0], args[1])
}

// cmdFakeHeader puts a header into answers, Vault's own and fakes.
//
//	fake-header PATTERN HEADER VALUE
func cmdFakeHeader(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 3, "fake-header PATTERN HEADER VALUE")
	storyOf(ts).recorder.SetHeader(args[0], args[1], args[2])
}

// cmdRequests asserts how many requests have reached Vault so far, of one kind
// (reads, lists, logins, revokes) or of all, and with a pattern of path.Match how many
// of them went there; with an address, how many of them it was sent.
//
//	requests [-at ADDRESS] N [KIND [PATTERN]]
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	all := args
	var s testbed.Selection
	if len(args) > 1 && args[0] == "-at" {
		s.At, args = args[1], args[2:]
	}
	plain(ts, neg, len(args) >= 1 && len(args) <= 3, "requests [-at ADDRESS] N [KIND [PATTERN]]")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if len(args) > 1 {
		s.Kind = args[1]
	}
	if len(args) > 2 {
		s.Pattern = args[2]
	}
	if got := requests(ts, s); len(got) != want {
		ts.Fatalf("%d requests (%s), want %d:\n%s", len(got), strings.Join(all, " "), want, lines(got))
	}
}

// cmdRequestHeader asserts the value of a header of every request so far to a
// path, of which there is one at least; ” for none. Host is a header, too.
//
//	request-header [-regexp] PATTERN HEADER VALUE
func cmdRequestHeader(ts *testscript.TestScript, neg bool, args []string) {
	is := func(want, got string) bool { return want == got }
	if len(args) > 0 && args[0] == "-regexp" {
		args = args[1:]
		is = func(want, got string) bool {
			re, err := regexp.Compile(want)
			ts.Check(err)
			return re.MatchString(got)
		}
	}
	plain(ts, neg, len(args) == 3, "request-header [-regexp] PATTERN HEADER VALUE")
	for _, request := range someRequests(ts, args[0]) {
		if got := request.HeaderValue(args[1]); !is(args[2], got) {
			ts.Fatalf("%s had %s %q, want %q", request, args[1], got, args[2])
		}
	}
}

// cmdProtocol asserts the protocol of every request so far, or of every one to a
// path, of which there is one at least.
//
//	protocol PROTOCOL [PATTERN]
func cmdProtocol(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 1 || len(args) == 2, "protocol PROTOCOL [PATTERN]")
	for _, request := range someRequests(ts, append(args, "**")[1]) {
		if request.Protocol != args[0] {
			ts.Fatalf("%s came by %s, want %s", request, request.Protocol, args[0])
		}
	}
}

// cmdConnections asserts how many connections were opened so far, at all the
// recorder's addresses or at one.
//
//	connections [-at ADDRESS] N
func cmdConnections(ts *testscript.TestScript, neg bool, args []string) {
	at := ""
	if len(args) > 1 && args[0] == "-at" {
		at, args = args[1], args[2:]
	}
	plain(ts, neg, len(args) == 1, "connections [-at ADDRESS] N")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	requests(ts, testbed.Selection{At: at}) // is it one?
	if got := storyOf(ts).recorder.Connections(at); got != want {
		ts.Fatalf("%d connections were opened, want %d", got, want)
	}
}

// cmdForgetRequests has the count of requests start anew.
//
//	forget-requests
func cmdForgetRequests(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 0, "forget-requests")
	storyOf(ts).recorder.Forget()
}

// cmdTokensLeft asserts how many tokens of logins are valid still, and lets just
// these stay at the script's end.
//
//	tokens-left N
func cmdTokensLeft(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 1, "tokens-left N")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := storyOf(ts)
	left, err := s.vault.LoginTokens()
	ts.Check(err)
	if len(left) != want {
		ts.Fatalf("%d tokens of logins are left, want %d: %v", len(left), want, left)
	}
	s.mayStay = left
}

func requests(ts *testscript.TestScript, s testbed.Selection) []testbed.Request {
	got, err := storyOf(ts).recorder.Requests(s)
	ts.Check(err)
	return got
}

func someRequests(ts *testscript.TestScript, pattern string) []testbed.Request {
	got := requests(ts, testbed.Selection{Pattern: pattern})
	if len(got) == 0 {
		ts.Fatalf("no request to %s; there were:\n%s", pattern, lines(requests(ts, testbed.Selection{})))
	}
	return got
}

func lines(requests []testbed.Request) string {
	var text strings.Builder
	for _, request := range requests {
		fmt.Fprintln(&text, request)
	}
	return text.String()
}
