package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/tests/testbed"
)

// TestNoValueIsInWhatIsSaidOfAServer has answers with values in them that are none of
// Vault's, to a read and to a login, and refusals that repeat what was sent. It is a fake
// that gives them: a real Vault does not.
func TestNoValueIsInWhatIsSaidOfAServer(t *testing.T) {
	t.Parallel()
	b := newCanaryBed(t)
	m := b.marks
	token, err := b.vault.Token("service", "1h", "reader")
	if err != nil {
		t.Fatal(err)
	}
	m.Keep("a token", token)
	answer := m.Odd("in an answer")
	quoted := fmt.Sprintf("%q", strings.NewReplacer("\t", "", "\n", "").Replace(answer))
	type answered struct {
		status int
		body   string
	}
	var wrong []answered
	for _, body := range []string{answer, "<html>" + answer, quoted, `{"data":%s}`, `{"data":[%s]}`, `{"data":{"data":%s,"metadata":{"version":1}}}`, `{"data":{"data":[%s],"metadata":%[1]s}}`, `{"data":{"data":{"text":%s`, `{"data":{"data":{"text":%s}}}`, `{"errors":[%s]}`, `{"errors":%s}`,
		`{"warnings":[%s]}`, `{"auth":%s}`, `{"auth":{"client_token":%s,"lease_duration":%[1]s}}`, `{"auth":{"client_token":""},"data":{"a":%s}}`, `{"auth":{"client_token":%s}}`, `{"wrap_info":{"token":%s}}`, `{"data":{"keys":%s}}`, `{"request_id":%s,"data":null}`, `{"request_id":"made-up","data":{"data":{"none":%s},"metadata":{"version":%[1]s}}}`} {
		if strings.Contains(body, "%s") {
			body = fmt.Sprintf(body, quoted)
		}
		wrong = append(wrong, answered{200, body})
	}
	for _, status := range []int{400, 403, 404} {
		// In %s what was sent is to be put.
		for _, body := range []string{`{"errors":["%s"]}`, `{"errors":["no \"%s\"\nfor %[1]s"]}`, `{"errors":["1 error occurred:\n\t* invalid %s: denied"]}`, `%s`, `<html>%s`, `{"data":{"text":"%s"}}`} {
			wrong = append(wrong, answered{status, body})
		}
	}
	stdin := b.store() + canaryES(`data: [{secretKey: k, remoteRef: {key: app, property: text}}]`)
	withToken := b.environment("VAULT_TOKEN="+token, "VAULT_ADDR="+b.recorder.Address)
	const read, login = "kv/data/app", "auth/userpass/login/ada"
	told := map[string]bool{}
	for _, one := range wrong {
		for _, run := range []struct {
			path, sent  string
			environment []string
			args        []string
		}{{read, token, withToken, []string{"esfn"}}, {login, m.Text("password"), b.environment(), []string{"esfn"}}, {login, m.Text("password"), b.environment(), []string{"esfn", "doctor"}}} {
			body := one.body
			if one.status != 200 {
				body = fmt.Sprintf(body, run.sent)
			}
			where := fmt.Sprintf("%v, %d at %s: %s", run.args, one.status, run.path, strings.NewReplacer(answer, "…", quoted, "…").Replace(one.body))
			b.recorder.Fail(testbed.Fault{Pattern: run.path, Times: 1, Status: one.status, Body: body})
			stdout, stderr, failed := b.run(where, b.tmp, stdin, run.environment, run.args...)
			if len(run.args) > 1 {
				b.none(where+": stdout", stdout)
			} else {
				b.outsideSecrets(where, stdout)
			}
			if failed {
				told[stderr+stdout] = true
			}
		}
	}
	b.nothingLeft()
	t.Logf("%d answers, %d messages", len(wrong), len(told))
	if len(told) < 20 {
		t.Errorf("only %d messages", len(told))
	}
}
