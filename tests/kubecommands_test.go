package tests

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/yaml"

	"github.com/esfn/esfn/tests/testbed"
)

// cmdKubeStart makes service accounts in the one kube-apiserver of the tests,
// lets Vault check their tokens there, and sets $KUBE to a kubeconfig that may
// do everything, $KUBE_KEY_PEM and $KUBE_ISSUER to what the jwt method of Vault
// checks their tokens with, and $KUBE_CA, $KUBE_HOST and $KUBE_PORT to what a pod of
// the cluster would be told.
//
//	kube-start NAMESPACE/NAME…
func cmdKubeStart(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, true, "kube-start NAMESPACE/NAME…")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	for _, account := range args {
		namespace, name, ok := strings.Cut(account, "/")
		if !ok {
			ts.Fatalf("%q is not NAMESPACE/NAME", account)
		}
		ts.Check(kube.ServiceAccount(namespace, name))
	}
	ts.Check(storyOf(ts).vault.TrustKube(kube))
	ts.Setenv("KUBE", kube.Kubeconfig)
	address, err := url.Parse(kube.Address)
	ts.Check(err)
	key, err := kube.PublicKey()
	ts.Check(err)
	ts.Setenv("KUBE_KEY_PEM", strings.ReplaceAll(key, "\n", `\n`))
	ts.Setenv("KUBE_ISSUER", testbed.Issuer)
	ts.Setenv("KUBE_CA", kube.CAFile)
	ts.Setenv("KUBE_HOST", address.Hostname())
	ts.Setenv("KUBE_PORT", address.Port())
}

// cmdKubeMayRequestToken lets one service account request tokens of another.
//
//	kube-may-request-token NAMESPACE/NAME NAMESPACE/NAME
func cmdKubeMayRequestToken(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 2, "kube-may-request-token NAMESPACE/NAME NAMESPACE/NAME")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	namespace, name, _ := strings.Cut(args[0], "/")
	ofNamespace, ofName, _ := strings.Cut(args[1], "/")
	ts.Check(kube.MayRequestToken(namespace, name, ofNamespace, ofName))
}

// forgeries are what kube-token can be told to do to a token.
var forgeries = map[string]testbed.Forgery{
	"-expired":      {Begins: -time.Hour},
	"-not-yet":      {Begins: time.Hour},
	"-other-issuer": {Issuer: "https://kubernetes.example"},
	"-other-key":    {OtherKey: true},
}

// cmdKubeToken writes a token of a service account to a file: one that the API
// server grants, or one that is wrong in some way.
//
//	kube-token FILE NAMESPACE/NAME [-expired|-not-yet|-other-issuer|-other-key] [-audience AUDIENCE]
func cmdKubeToken(ts *testscript.TestScript, neg bool, args []string) {
	var forgery testbed.Forgery
	forged := false
	var audiences, rest []string
	for ; len(args) > 0; args = args[1:] {
		if wrong, ok := forgeries[args[0]]; ok {
			forgery, forged = wrong, true
		} else if args[0] == "-audience" && len(args) > 1 {
			args = args[1:]
			audiences = append(audiences, args[0])
		} else {
			rest = append(rest, args[0])
		}
	}
	plain(ts, neg, len(rest) == 2, "kube-token FILE NAMESPACE/NAME [-expired|-not-yet|-other-issuer|-other-key] [-audience AUDIENCE]")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	namespace, name, _ := strings.Cut(rest[1], "/")
	var token string
	if forged {
		token, err = kube.ForgedToken(namespace, name, forgery, audiences...)
	} else {
		token, err = kube.Token(namespace, name, audiences...)
	}
	ts.Check(err)
	storyOf(ts).leaks.Remember("the token of "+rest[1], token)
	ts.Check(os.WriteFile(ts.MkAbs(rest[0]), []byte(token+"\n"), 0o600))
}

// cmdLoginToken asserts that a login was made with a token of a service account,
// granted for so many seconds and just these audiences.
//
//	login-token NAMESPACE/NAME SECONDS AUDIENCE…
func cmdLoginToken(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) >= 3, "login-token NAMESPACE/NAME SECONDS AUDIENCE…")
	namespace, name, _ := strings.Cut(args[0], "/")
	want := fmt.Sprintf("%s, %s seconds, for %q", testbed.Subject(namespace, name), args[1], args[2:])
	var got []string
	for _, request := range requests(ts, testbed.Selection{Kind: "logins"}) {
		claims, err := request.Claims()
		ts.Check(err)
		got = append(got, fmt.Sprintf("%s, %d seconds, for %q", claims.Subject, claims.Expires-claims.Issued, claims.Audiences))
	}
	if !slices.Contains(got, want) {
		ts.Fatalf("no login with a token of %s; there were those of:\n%s", want, strings.Join(got, "\n"))
	}
}

// cmdKubeCreate creates the objects in files, which have a namespace; with -dry-run
// the API server says whether it would.
//
//	kube-create [-dry-run] FILE…
func cmdKubeCreate(ts *testscript.TestScript, neg bool, args []string) {
	dryRun := len(args) > 0 && args[0] == "-dry-run"
	if dryRun {
		args = args[1:]
	}
	plain(ts, neg, len(args) > 0, "kube-create [-dry-run] FILE…")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	for _, name := range args {
		for _, document := range strings.Split(ts.ReadFile(name), "\n---\n") {
			var object map[string]any
			ts.Check(yaml.Unmarshal([]byte(document), &object))
			kind, _ := object["kind"].(string)
			apiVersion, _ := object["apiVersion"].(string)
			metadata, _ := object["metadata"].(map[string]any)
			namespace, _ := metadata["namespace"].(string)
			ts.Check(kube.Create(apiVersion, namespace, kind, object, dryRun))
		}
	}
}

// cmdKubernetesRole lets a service account log in to Vault with a role.
//
//	vault-kubernetes-role ROLE NAMESPACE/NAME POLICY [AUDIENCE]
func cmdKubernetesRole(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 3 || len(args) == 4, "vault-kubernetes-role ROLE NAMESPACE/NAME POLICY [AUDIENCE]")
	namespace, name, _ := strings.Cut(args[1], "/")
	role := map[string]string{
		"bound_service_account_names": name, "bound_service_account_namespaces": namespace, "token_policies": args[2], "token_ttl": "1h",
	}
	if len(args) == 4 {
		role["audience"] = args[3]
	}
	_, err := storyOf(ts).vault.Write("auth/kubernetes/role/"+args[0], role)
	ts.Check(err)
}
