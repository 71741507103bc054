package tests

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// The scripts' own commands; README.md lists them with their arguments.

// cmdExpand puts the values of variables into files: testscript itself does so
// only in a script's lines.
//
//	expand FILE…
func cmdExpand(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 0, "expand FILE…")
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// cmdSeed writes a secret, mounts a KV engine for it where there is none, and
// remembers its values for no-leak.
//
//	vault-seed [-v1] MOUNT/PATH FIELD=VALUE…
//	vault-seed [-v1] MOUNT/PATH '{"json": "object"}'
func cmdSeed(ts *testscript.TestScript, neg bool, args []string) {
	version := "2"
	if len(args) > 0 && args[0] == "-v1" {
		version, args = "1", args[1:]
	}
	plain(ts, neg, len(args) > 1, "vault-seed [-v1] MOUNT/PATH FIELD=VALUE…")
	object := args[1]
	if !strings.HasPrefix(object, "{") {
		fields := map[string]string{}
		for _, arg := range args[1:] {
			name, value, ok := strings.Cut(arg, "=")
			if !ok {
				ts.Fatalf("%q is not FIELD=VALUE", arg)
			}
			fields[name] = value
		}
		text, err := json.Marshal(fields)
		ts.Check(err)
		object = string(text)
	}
	mount, key, ok := strings.Cut(args[0], "/")
	if !ok {
		ts.Fatalf("%q is not MOUNT/PATH", args[0])
	}
	s := storyOf(ts)
	s.leaks.RememberFields("the secret "+args[0], object)
	ts.Check(s.vault.Put(mount, key, version, object))
}

// cmdDelete deletes what an API path names: a version, all of a secret.
//
//	vault-delete PATH
func cmdDelete(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 1, "vault-delete PATH")
	_, err := storyOf(ts).vault.Do("DELETE", args[0], "")
	ts.Check(err)
}

// cmdPolicy writes a policy that allows to read the paths.
//
//	vault-policy NAME PATH…
func cmdPolicy(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 1, "vault-policy NAME PATH…")
	var rules strings.Builder
	for _, p := range args[1:] {
		rules.WriteString(`path "` + p + `" { capabilities = ["read"] }` + "\n")
	}
	_, err := storyOf(ts).vault.Write("sys/policies/acl/"+args[0], map[string]string{"policy": rules.String()})
	ts.Check(err)
}

// cmdToken makes a token, puts it into a variable, and remembers it for
// no-leak. The root token is the one with the policy root.
//
//	vault-token VARIABLE [-batch] [-revoked|-expired] POLICY…
func cmdToken(ts *testscript.TestScript, neg bool, args []string) {
	var policies []string
	kind, ttl, revoked := "service", "1h", false
	for _, arg := range args[min(1, len(args)):] {
		switch arg {
		case "-batch":
			kind = "batch"
		case "-revoked":
			revoked = true
		case "-expired":
			ttl = "1s"
		default:
			policies = append(policies, arg)
		}
	}
	plain(ts, neg, len(policies) > 0, "vault-token VARIABLE [-batch] [-revoked|-expired] POLICY…")
	s := storyOf(ts)
	if policies[0] == "root" {
		ts.Setenv(args[0], testbed.RootToken)
		return
	}
	token, err := s.vault.Token(kind, ttl, policies...)
	ts.Check(err)
	for ttl == "1s" && s.vault.Knows(token) {
		time.Sleep(50 * time.Millisecond)
	}
	if revoked {
		_, err = s.vault.Write("auth/token/revoke", map[string]string{"token": token})
		ts.Check(err)
	}
	s.leaks.Remember("the token $"+args[0], token)
	ts.Setenv(args[0], token)
}

// cmdSeal seals the Vault.
//
//	vault-seal
func cmdSeal(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 0, "vault-seal")
	ts.Check(storyOf(ts).noTokenLeft())
	ts.Check(storyOf(ts).vault.Seal())
}

// cmdStop ends the Vault and what stands before it: nobody listens any more.
//
//	vault-stop
func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 0, "vault-stop")
	ts.Check(storyOf(ts).end())
}

// cmdWrite sends any request with the root token, to set Vault up.
//
//	vault-write PATH '{"json": "object"}'
func cmdWrite(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 2, `vault-write PATH '{"json": "object"}'`)
	_, err := storyOf(ts).vault.Do("POST", args[0], args[1])
	ts.Check(err)
}

// cmdNoLeak asserts that no value that was seeded, no token and no JWT stands in
// what the last command wrote to stderr, and with names of files (stdout is
// one) in those as well.
//
//	no-leak [FILE…]
func cmdNoLeak(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, true, "no-leak [FILE…]")
	for _, name := range append([]string{"stderr"}, args...) {
		if found := storyOf(ts).leaks.In(ts.ReadFile(name)); len(found) > 0 {
			ts.Fatalf("%s shows %s", name, strings.Join(found, "; "))
		}
	}
}

// plain checks that a command is used as it is meant.
func plain(ts *testscript.TestScript, neg, ok bool, usage string) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}
