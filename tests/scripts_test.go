package tests

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// programs are the binaries that the scripts run, by absolute path.
var programs struct{ folder, docs, vault, ldap, kustomize, helm string }

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "vault" {
		os.Exit(vaultStandIn(os.Args[1:], os.Stdin))
	}
	os.Exit(prepared(m))
}

// prepared builds esfn, and what is not in the cache, and runs the tests.
func prepared(m *testing.M) int {
	folder, err := os.MkdirTemp("", "esfn-tests-")
	if err == nil {
		defer os.RemoveAll(folder)
		programs.folder = folder
		programs.docs, err = filepath.Abs(docsFolder)
	}
	if err == nil {
		_, err = testbed.BuildEsfn(folder)
	}
	if err == nil {
		var self string
		if self, err = os.Executable(); err == nil {
			err = os.Symlink(self, filepath.Join(folder, "vault"))
		}
	}
	if err == nil {
		programs.vault, err = testbed.VaultProgram.Build(os.Stderr)
	}
	if err == nil {
		programs.ldap, err = testbed.LDAPProgram.Build(os.Stderr)
	}
	if err == nil {
		programs.kustomize, err = testbed.KustomizeProgram.Build(os.Stderr)
	}
	if err == nil {
		programs.helm, err = testbed.HelmProgram.Build(os.Stderr)
	}
	if err == nil {
		google, err = testbed.NewFakeGoogle(folder)
	}
	if err == nil {
		err = os.Setenv("GOOGLE_APPLICATION_CREDENTIALS", google.CredentialsFile) // for Vault
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	cluster.stop()
	google.Close()
	return code
}

// TestScripts plays the stories that need no cluster, each against a Vault of
// its own.
func TestScripts(t *testing.T) { play(t, "scripts") }

// TestKubeScripts plays those that log in with service accounts of a real
// kube-apiserver.
func TestKubeScripts(t *testing.T) { play(t, "kube") }

// TestHostScripts plays those that run in kpt and in Argo CD.
func TestHostScripts(t *testing.T) { playWithKpt(t, "hosts") }

// TestContainerScripts plays those that run the image that ESFN_TEST_IMAGE
// names; without it there is nothing to run.
func TestContainerScripts(t *testing.T) {
	if os.Getenv("ESFN_TEST_IMAGE") == "" {
		t.Skip("ESFN_TEST_IMAGE names no image: make test sets it where there is a Docker engine")
	}
	if os.Getenv("ESFN_TEST_ARGOCD_IMAGE") == "" {
		t.Fatal("ESFN_TEST_ARGOCD_IMAGE names no image: make image-argocd builds esfn-argocd:dev")
	}
	playWithKpt(t, "container")
}

// playWithKpt plays stories with kpt on the PATH, too.
func playWithKpt(t *testing.T, folder string) {
	kpt, err := kptBinary()
	if err != nil {
		t.Fatal(err)
	}
	p := params()
	p.Dir = filepath.Join("testdata", folder)
	p.Setup = func(env *testscript.Env) error {
		err := setup(env)
		env.Setenv("PATH", filepath.Dir(kpt)+":"+env.Getenv("PATH"))
		return err
	}
	testscript.Run(t, p)
}

func play(t *testing.T, folder string) {
	p := params()
	p.Dir = filepath.Join("testdata", folder)
	testscript.Run(t, p)
}

func params() testscript.Params {
	return testscript.Params{
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"expand":                    cmdExpand,
			"example":                   cmdExample,
			"readme":                    cmdReadme,
			"vault-seed":                cmdSeed,
			"vault-delete":              cmdDelete,
			"vault-policy":              cmdPolicy,
			"vault-token":               cmdToken,
			"vault-seal":                cmdSeal,
			"vault-stop":                cmdStop,
			"vault-write":               cmdWrite,
			"vault-approle":             cmdAppRole,
			"vault-front":               cmdFront,
			"client-certificate":        cmdClientCertificate,
			"fake-answer":               cmdFakeAnswer,
			"fake-redirect":             cmdFakeRedirect,
			"fake-header":               cmdFakeHeader,
			"requests":                  cmdRequests,
			"forget-requests":           cmdForgetRequests,
			"request-header":            cmdRequestHeader,
			"protocol":                  cmdProtocol,
			"connections":               cmdConnections,
			"tokens-left":               cmdTokensLeft,
			"foreign-start":             cmdForeignStart,
			"foreign-saw-nothing":       cmdForeignSawNothing,
			"foreign-saw-no-credential": cmdForeignSawNoCredential,
			"proxy-start":               cmdProxyStart,
			"proxied":                   cmdProxied,
			"proxy-saw-no-credential":   cmdProxySawNoCredential,
			"agent-start":               cmdAgentStart,
			"standby-start":             cmdStandbyStart,
			"no-leak":                   cmdNoLeak,
			"kube-start":                cmdKubeStart,
			"kube-create":               cmdKubeCreate,
			"kube-token":                cmdKubeToken,
			"login-token":               cmdLoginToken,
			"kube-may-request-token":    cmdKubeMayRequestToken,
			"vault-kubernetes-role":     cmdKubernetesRole,
			"ldap-start":                cmdLDAPStart,
			"ldap-stop":                 cmdLDAPStop,
			"sts-start":                 cmdSTSStart,
			"sts-user":                  cmdSTSUser,
			"sts-role":                  cmdSTSRole,
			"sts-requests":              cmdSTSRequests,
			"vault-aws-role":            cmdVaultAWSRole,
			"kube-annotate":             cmdKubeAnnotate,
			"google-start":              cmdGoogleStart,
			"google-delete-keys":        cmdGoogleDeleteKeys,
			"google-run-as":             cmdGoogleRunAs,
			"vault-gcp-role":            cmdVaultGCPRole,
			"cmp-start":                 cmdCMPStart,
			"cmp-generate":              cmdCMPGenerate,
		},
	}
}

// setup gives a script a clean environment with esfn and kustomize on its PATH,
// and $VAULT, the address of a Vault of its own. The script fails at its end if
// a login's token is left in that Vault.
func setup(env *testscript.Env) error {
	s, err := newStory()
	if err != nil {
		return err
	}
	env.Defer(func() {
		if err := s.end(); err != nil {
			env.T().Fatal(err)
		}
	})
	env.Values[storyKey{}] = s
	env.Setenv("VAULT", s.recorder.Address)
	env.Setenv("VAULT_HTTPS", s.https)
	env.Setenv("VAULT_TLS", s.vault.TLSAddress)
	certificates.setVariables(env.Setenv)
	env.Setenv("PATH", programs.folder+":"+filepath.Dir(programs.kustomize)+":"+filepath.Dir(programs.helm)+":"+os.Getenv("PATH"))
	env.Setenv("HOME", env.WorkDir)
	examples, err := filepath.Abs("../examples")
	if err != nil {
		return err
	}
	env.Setenv("EXAMPLES", examples)
	if image := os.Getenv("ESFN_TEST_IMAGE"); image != "" {
		env.Setenv("IMAGE", image)
		env.Setenv("ARGOCD_IMAGE", os.Getenv("ESFN_TEST_ARGOCD_IMAGE"))
	}
	return nil
}

// TestHostsAreReal keeps the tests of hosts from passing with something else.
func TestHostsAreReal(t *testing.T) {
	for _, host := range []struct {
		binary        func() (string, error)
		path, version string
	}{
		{kptBinary, "github.com/kptdev/kpt", "v1.0.0-beta.60"},
		{argocdBinary, "github.com/argoproj/argo-cd/v3", "v3.2.12"},
	} {
		binary, err := host.binary()
		if err != nil {
			t.Fatal(err)
		}
		info, err := buildinfo.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(info.Deps, func(m *debug.Module) bool {
			return m.Path == host.path && m.Version == host.version && m.Replace == nil
		}) {
			t.Errorf("%s is not built from %s %s", binary, host.path, host.version)
		}
	}
}

// TestTheProgramsAreReal keeps the tests from passing with something else on
// the PATH.
func TestTheProgramsAreReal(t *testing.T) {
	out, err := exec.Command(programs.kustomize, "version").Output()
	if err != nil || string(out) != "v5.8.2\n" {
		t.Errorf("kustomize version: %q, %v", out, err)
	}
	s := storyFor(t)
	health, err := s.vault.Do("GET", "sys/health", "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(health), `"version":"1.21.4"`) {
		t.Errorf("Vault says: %s", health)
	}
}
