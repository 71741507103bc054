package tests

import (
	"net/url"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdKubeStart makes service accounts in the one kube-apiserver of the tests,
// lets Vault check their tokens there, and sets $KUBE to a kubeconfig that may
// do everything, and $KUBE_CA, $KUBE_HOST and $KUBE_PORT to what a pod of the
// cluster would be told.
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

// cmdKubeToken writes a token of a service account to a file.
//
//	kube-token FILE NAMESPACE/NAME [-expired|-audience AUDIENCE]
func cmdKubeToken(ts *testscript.TestScript, neg bool, args []string) {
	expired := len(args) == 3 && args[2] == "-expired"
	plain(ts, neg, len(args) == 2 || expired || len(args) == 4 && args[2] == "-audience", "kube-token FILE NAMESPACE/NAME [-expired|-audience AUDIENCE]")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	namespace, name, _ := strings.Cut(args[1], "/")
	token := ""
	if expired {
		token, err = kube.ExpiredToken(namespace, name)
	} else {
		token, err = kube.Token(namespace, name, args[min(3, len(args)):]...)
	}
	ts.Check(err)
	storyOf(ts).leaks.Remember("the token of "+args[1], token)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(token+"\n"), 0o600))
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
