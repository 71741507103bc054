package tests

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// The hosts that are built when a script asks for them.
var (
	kptBinary    = sync.OnceValues(func() (string, error) { return testbed.KptProgram.Build(os.Stderr) })
	argocdBinary = sync.OnceValues(func() (string, error) { return testbed.ArgoCDProgram.Build(os.Stderr) })
)

// cmpServerLog is where a script finds what argocd-cmp-server logs.
const cmpServerLog = "cmp-server.log"

// cmdCMPStart starts argocd-cmp-server with a plugin.yaml, in place of one that
// the script has started before. Beside the script's PATH it has the environment
// that is given, and nothing else.
//
// With an image it runs in a container, with files mounted into it.
//
//	cmp-start [-image IMAGE [-mount HOST:CONTAINER]…] PLUGIN.YAML [NAME=VALUE…]
func cmdCMPStart(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "cmp-start [-image IMAGE [-mount HOST:CONTAINER]…] PLUGIN.YAML [NAME=VALUE…]"
	var in *testbed.Sidecar
	for ; len(args) > 1 && strings.HasPrefix(args[0], "-"); args = args[2:] {
		switch args[0] {
		case "-image":
			in = &testbed.Sidecar{Image: args[1]}
		case "-mount":
			plain(ts, neg, in != nil, usage)
			in.Mounts = append(in.Mounts, args[1])
		}
	}
	plain(ts, neg, len(args) > 0, usage)
	environment := []string{"PATH=" + ts.Getenv("PATH")}
	for _, variable := range args[1:] {
		plain(ts, neg, strings.Contains(variable, "="), usage)
		environment = append(environment, variable)
	}
	binary, err := argocdBinary()
	ts.Check(err)
	s := storyOf(ts)
	if s.cmp != nil {
		s.cmp.Stop()
	}
	s.cmp, err = testbed.StartCMPServer(binary, ts.ReadFile(args[0]), environment, ts.MkAbs(cmpServerLog), in)
	ts.Check(err)
	ts.Defer(s.cmp.Stop)
	ts.Setenv("ARGOCD_PLUGINSOCKFILEPATH", s.cmp.Sockets)
}

// cmdCMPGenerate has the manifests of a folder generated as the repo-server does
// it. They are the stdout, as JSON, one a line; the error that the Application
// would show is the stderr.
//
//	[!] cmp-generate [-plugin NAME] [-env NAME=VALUE]… [-parameter NAME=VALUE]… [-root FOLDER] [-timeout 60s] FOLDER
func cmdCMPGenerate(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, len(args) > 0, "[!] cmp-generate [-plugin NAME] [-env NAME=VALUE]… [-parameter NAME=VALUE]… [-root FOLDER] [-timeout 60s] FOLDER")
	if storyOf(ts).cmp == nil {
		ts.Fatalf("no argocd-cmp-server: cmp-start starts one")
	}
	binary, err := argocdBinary()
	ts.Check(err)
	switch err := ts.Exec(binary, append([]string{"generate"}, args...)...); {
	case err != nil && !neg:
		ts.Fatalf("argocd generate: %v", err)
	case err == nil && neg:
		ts.Fatalf("argocd generate has made manifests")
	}
}

// TestHostCommandsFail shows that what asserts can fail.
func TestHostCommandsFail(t *testing.T) {
	const makes = "cmp-start p.yaml\n%scmp-generate -plugin p app\n-- app/app.yaml --\n{}\n-- p.yaml --\n" +
		"{apiVersion: argoproj.io/v1alpha1, kind: ConfigManagementPlugin, metadata: {name: p}, spec: {generate: {command: [sh, -c, '%s']}}}\n"
	for name, tc := range map[string]struct{ script, says string }{
		"no server":             {"cmp-generate app\n", `no argocd-cmp-server`},
		"a plugin that fails":   {fmt.Sprintf(makes, "", "exit 3"), `failed exit status 3`},
		"one that does not":     {fmt.Sprintf(makes, "! ", "true"), `argocd generate has made manifests`},
		"no plugin":             {"cmp-start p.yaml\n-- p.yaml --\n{}\n", `invalid plugin configuration file`},
		"a script's own values": {fmt.Sprintf(makes, "env MINE=1\n", "test -n \"$MINE\""), `failed exit status 1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fails(t, tc.script, tc.says)
		})
	}
}
