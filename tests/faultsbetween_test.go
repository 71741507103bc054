package tests

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// What stands for a fault's place: who logs in, who reads, and who revokes.
const (
	logins     = "auth/*/login"
	revocation = "auth/token/revoke-self"
)

// noLeader is what a standby node answers while there is no active one.
const noLeader = `{"errors":["local node not active but active cluster node not found"]}`

const page = "<!DOCTYPE html><html><title>made-up</title><p>Blocked by the made-up gateway</p></html>"

// html is the header of a proxy's page.
var html = http.Header{"Content-Type": {"text/html"}}

// answers brings about answers in Vault's place.
func answers(faults ...testbed.Fault) func(*trial) {
	return func(t *trial) {
		for _, one := range faults {
			t.recorder.Fail(one)
		}
	}
}

// from is a fault that every such request meets from the nth on.
func from(nth int, pattern string, status int, body string) testbed.Fault {
	return testbed.Fault{Pattern: pattern, After: nth - 1, Times: -1, Status: status, Body: body}
}

func always(pattern string, status int, body string) testbed.Fault {
	return from(1, pattern, status, body)
}

// faultsBetween are those of what stands between esfn and Vault.
var faultsBetween = []fault{
	{name: "no leader at the start", bring: answers(always("**", 500, noLeader))},
	{name: "429 at the login, and Retry-After: 3600", bring: answers(
		testbed.Fault{Pattern: logins, Times: -1, Status: 429, Body: `{"errors":["rate limit quota exceeded"]}`, Header: http.Header{"Retry-After": {"3600"}}})},
	{name: "503 and Retry-After: 1, once", bring: answers(
		testbed.Fault{Pattern: reads, After: 1, Times: 1, Status: 503, Header: http.Header{"Retry-After": {"1"}}})},
	{name: "500 of Vault's at the login", bring: answers(always(logins, 500, `{"errors":["internal error"]}`))},
	{name: "500 of Vault's at every read", anyRead: true, bring: answers(always(reads, 500, `{"errors":["internal error"]}`))},
	{name: "500 of Vault's at two reads", bring: answers(testbed.Fault{Pattern: reads, After: 1, Times: 2, Status: 500, Body: `{"errors":["internal error"]}`})},
	{name: "502, 504 and 503 at the login", bring: answers(
		testbed.Fault{Pattern: logins, Times: 1, Status: 502}, testbed.Fault{Pattern: logins, Times: 1, Status: 504}, always(logins, 503, ""))},
	{name: "502, 504 and 503 from the first read on", bring: answers(
		testbed.Fault{Pattern: reads, Times: 1, Status: 502}, testbed.Fault{Pattern: reads, Times: 1, Status: 504}, always(reads, 503, ""))},
	{name: "502, 503 and 504 at the second read, one after the other", bring: answers(
		testbed.Fault{Pattern: reads, After: 1, Times: 1, Status: 502}, testbed.Fault{Pattern: reads, After: 1, Times: 1, Status: 503},
		testbed.Fault{Pattern: reads, After: 1, Times: 1, Status: 504})},
	{name: "no leader at the second read, for four answers", bring: answers(testbed.Fault{Pattern: reads, After: 1, Times: 4, Status: 500, Body: noLeader})},
	{name: "503 from the second read on", bring: answers(from(2, reads, 503, ""))},
	{name: "no answer to the login", bring: inTwoSeconds(always(logins, testbed.Hang, ""))},
	{name: "no answer to a read", bring: inTwoSeconds(from(2, reads, testbed.Hang, ""))},
	{name: "no answer to the revocation", bring: answers(always(revocation, testbed.Hang, ""))},
	{name: "cut before the answer, at every request", bring: answers(always("**", testbed.Cut, ""))},
	{name: "cut before the answer, at two reads", bring: answers(testbed.Fault{Pattern: reads, After: 1, Times: 2, Status: testbed.Cut})},
	{name: "cut in the header of every read's answer", bring: answers(always(reads, testbed.CutInHeader, ""))},
	{name: "cut in the body of every read's answer", bring: answers(passed(always(reads, testbed.CutInBody, "")))},
	{name: "cut in the body of two reads' answers", bring: answers(passed(testbed.Fault{Pattern: reads, After: 1, Times: 2, Status: testbed.CutInBody}))},
	{name: "half of the answer to a read, and no more of it: once", bring: answers(passed(testbed.Fault{Pattern: reads, After: 1, Times: 1, Status: testbed.StallInBody}))},
	{name: "half of the answer to every read, and no more of it; ESFN_TIMEOUT=2s", bring: inTwoSeconds(passed(always(reads, testbed.StallInBody, "")))},
	{name: "half of the answer to the login, and no more of it; ESFN_TIMEOUT=2s", bring: inTwoSeconds(passed(always(logins, testbed.StallInBody, "")))},
	{name: "the answer to the login is cut, after Vault has made the token", bring: answers(passed(always(logins, testbed.CutInBody, "")))},
	{name: "the answer to the revocation is cut, after Vault has revoked the token", bring: answers(passed(always(revocation, testbed.CutInBody, "")))},
	{name: "half of the answer to the revocation, and no more of it", bring: answers(passed(always(revocation, testbed.StallInBody, "")))},
	{name: "Vault's answer with the content type text/html", bring: func(t *trial) { t.recorder.SetHeader("**", "Content-Type", "text/html") }},
	{name: "a proxy's page with 200 at the login", bring: answers(pageWith(logins, 200))},
	{name: "a proxy's page with 200 at every read", anyRead: true, bring: answers(pageWith(reads, 200))},
	{name: "a proxy's page with 403 at the login", bring: answers(pageWith(logins, 403))},
	{name: "a proxy's page with 403 at every read", anyRead: true, bring: answers(pageWith(reads, 403))},
	{name: "a proxy's page with 404 at every read", anyRead: true, bring: answers(pageWith(reads, 404))},
	{name: "a proxy's page with 500 at every read", anyRead: true, bring: answers(pageWith(reads, 500))},
	{name: "a proxy's page with 502 at every read", bring: answers(pageWith(reads, 502))},
	{name: "a proxy's redirect to its own login", bring: answers(testbed.Fault{Pattern: "**", Times: -1, Status: 302, Header: http.Header{"Location": {"https://login.example/"}}})},
	{name: "200 with an empty body at the login", bring: answers(always(logins, 200, ""))},
	{name: "200 with an empty body at every read", anyRead: true, bring: answers(always(reads, 200, ""))},
	{name: "JSON without Vault's envelope at the login", bring: answers(always(logins, 200, `{"status":"ok"}`))},
	{name: "JSON without Vault's envelope at every read", anyRead: true, bring: answers(always(reads, 200, `{"data":{"data":{"user":"`+marked+`"}}}`))},
	{name: "an answer of more than 8 MiB", bring: answers(testbed.Fault{Pattern: "kv/data/app/c", Times: -1, Status: 200, Header: http.Header{"Content-Length": {strconv.Itoa(8<<20 + 1)}}})},
	{name: "an answer to the login of more than 1 MiB", bring: answers(always(logins, 200, strings.Repeat(" ", 1<<20+1)))},
	{name: "Vault is replaced before the second read: connections are cut for a moment", bring: func(t *trial) {
		t.recorder.Before(reads, 2, func() {
			t.check(t.recorder.Move("http://" + nobody))
			time.AfterFunc(300*time.Millisecond, func() { t.check(t.recorder.Move(t.vault.Address)) })
		})
	}},
}

func passed(fault testbed.Fault) testbed.Fault {
	fault.Passed = true
	return fault
}

func pageWith(pattern string, status int) testbed.Fault {
	fault := always(pattern, status, page)
	fault.Header = html
	return fault
}

func inTwoSeconds(faults ...testbed.Fault) func(*trial) {
	return func(t *trial) {
		t.env = append(t.env, outOfTime)
		answers(faults...)(t)
	}
}
