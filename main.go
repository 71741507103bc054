// Esfn renders ExternalSecrets into Secrets, with the values from HashiCorp
// Vault, while manifests are being rendered. See the usage below, and
// https://github.com/esfn/esfn.
//
// This file is the program: it chooses the mode, reads the input and the
// environment, wires package fn to package vaultsrc, and writes the answer. What
// to make of an ExternalSecret is fn's to decide; who may be sent what, and
// everything about HTTP, vaultsrc's.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	_ "golang.org/x/crypto/x509roots/fallback" // the image is FROM scratch
	"k8s.io/klog/v2"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
	"github.com/esfn/esfn/vaultsrc"
)

const usage = `esfn renders ExternalSecrets into Secrets, with values from HashiCorp Vault.

Usage:
  esfn < resourcelist.yaml     as a KRM function: kustomize and kpt run it so
  helm template … | esfn       plain documents in, plain documents out
  esfn FILE|FOLDER|-…          the same, from files, stdin (-), and all .yaml,
                               .yml and .json files below folders that are not
                               hidden; a kustomization is kustomize's to build
  esfn doctor [FILE|FOLDER|-…] say of each store of the manifests where it leads,
                               who logs in there by what, and whether that works;
                               reads no secret
  esfn version                 print the version
  esfn --help                  print this

ExternalSecret, ClusterExternalSecret, SecretStore and ClusterSecretStore
(external-secrets.io/v1 and v1beta1) are read as External Secrets Operator reads
them; what esfn does not do yet it refuses by name. Each ExternalSecret is replaced
by the Secret that it makes, the stores that it used are dropped (kpt: both are
kept), and everything else passes through. If anything is wrong, esfn says all of
it on stderr, writes no Secret, and exits with 1.

A functionConfig is only needed to set "consumed: Keep" or "Drop", under spec of
  apiVersion: esfn.krm/v1alpha1
  kind: RenderExternalSecrets
or in the data of a ConfigMap. Among plain documents it may stand as one of them.

Environment:
  VAULT_ADDR                   in place of every store's server
  VAULT_TOKEN                  in place of every store's auth
  VAULT_TOKEN_FILE             the same, from a file, such as ~/.vault-token of
                               vault login
  VAULT_NAMESPACE              in place of every store's namespace
  VAULT_CACERT                 file with the CA certificates to trust
  ESFN_ALLOWED_SERVERS         addresses, separated by commas, that credentials
                               of this environment may be sent to
  ESFN_STORES                  files and folders, separated as in PATH, of stores
                               that win over those of the manifests, and of the
                               Secrets, ConfigMaps and Namespaces they need
  ESFN_SECRETS_DIR             folder with Secrets that stores refer to, as files
                               NAMESPACE/NAME/KEY
  ESFN_PACKAGE_STORES          deny refuses stores that come with the manifests
                               (allow)
  ESFN_KUBERNETES_TOKEN_FILE   service account token for kubernetes and jwt auth
  KUBECONFIG                   API server to ask for service account tokens;
                               without it, that of the cluster esfn runs in
                               (KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT)
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                               keys for iam auth; else AWS_WEB_IDENTITY_TOKEN_FILE
                               with AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME, else
                               AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI
                               with AWS_CONTAINER_AUTHORIZATION_TOKEN or _TOKEN_FILE
  AWS_ENDPOINT_URL_STS         the STS to ask for roles
  GOOGLE_APPLICATION_CREDENTIALS
                               file with a service account's key for gcp auth;
                               else the machine's own, from GCE_METADATA_HOST
  ESFN_TIMEOUT                 time for the whole run (50s)
  HTTPS_PROXY, NO_PROXY        proxy for https:// addresses; lower case, too
  SSL_CERT_FILE, SSL_CERT_DIR  the system's CA certificates

https://github.com/esfn/esfn
`

func main() {
	// Libraries that log write what is not theirs to show: net/http the beginning of
	// an answer that nobody asked for.
	log.SetOutput(io.Discard)
	klog.SetLogger(logr.Discard())
	time.Local = time.UTC // what a template makes of a date is the same everywhere
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without its process; it returns the exit code.
func run(args []string, stdin *os.File, stdout, stderr io.Writer) (code int) {
	defer func() {
		if fault := recover(); fault != nil {
			// What a panic says may hold a value; its stack holds none.
			stack := debug.Stack()
			if crash, ok := fault.(*fn.Crash); ok {
				stack = crash.Stack
			}
			fmt.Fprintf(stderr, "error: esfn failed by a fault of its own; please report it with what follows\n%s", stack)
			code = 1
		}
	}()
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch {
	case command == "help", slices.Contains(args, "--help"), slices.Contains(args, "-h"):
		return write(stdout, stderr, []byte(usage))
	case command == "version", command == "--version":
		return write(stdout, stderr, []byte("esfn "+version()+"\n"))
	}
	settings, known := vaultsrc.ParseSettings(os.Getenv, os.ReadFile)
	settings.UserAgent = "esfn/" + version()
	if command == "doctor" {
		args = args[1:]
	}
	list, found := read(args, stdin)
	operator, wrong := readOperator(os.Getenv)
	found = append(found, wrong...)
	switch {
	case command == "doctor" && len(found)+len(known) > 0:
		fmt.Fprintln(stderr, append(found, known...).Error())
		return 1
	case len(found) > 0:
		return fail(list, append(found, known...), stdout, stderr)
	}
	in := fn.Input{
		Items:          list.Items,
		FunctionConfig: list.FunctionConfig,
		Operator:       operator,
		Plain:          !list.IsResourceList(),
		Places:         list.Places,
		Known:          known,
	}
	if command == "doctor" {
		warnings := withSource(settings, func(ctx context.Context, source *vaultsrc.Source) { code = doctor(ctx, in, source, stdout, stderr) })
		warn(warnings, stderr)
		return code
	}
	var output fn.Output
	var problems fn.Problems
	warnings := withSource(settings, func(ctx context.Context, source *vaultsrc.Source) { output, problems = fn.Run(ctx, in, source) })
	// Also of a run that failed: a token that was not revoked is to be known.
	warn(append(output.Warnings, warnings...), stderr)
	if len(problems) > 0 {
		return fail(list, problems, stdout, stderr)
	}
	answer, err := list.Answer(output.Items, output.Warnings.Results(framework.Warning))
	if err != nil {
		return fail(list, fn.Problems{{Cause: err.Error()}}, stdout, stderr)
	}
	return write(stdout, stderr, answer)
}

// withSource lets use have a source. Tokens that were got for it are revoked
// before it returns, whatever happened: the warnings tell which were not.
func withSource(settings vaultsrc.Settings, use func(context.Context, *vaultsrc.Source)) (warnings fn.Problems) {
	// Vault's client library looks at some twenty variables on its own; what
	// esfn takes from the environment it has by now.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VAULT_") {
			_ = os.Unsetenv(name)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	ctx, cancel := context.WithTimeout(ctx, settings.Timeout)
	defer cancel()

	source := vaultsrc.New(settings)
	defer func() {
		for _, sentence := range source.Close() {
			warnings = append(warnings, fn.Problem{Cause: sentence})
		}
	}()
	use(ctx, source)
	return nil
}

func warn(warnings fn.Problems, stderr io.Writer) {
	if len(warnings) > 0 {
		fmt.Fprintln(stderr, warnings.Warnings())
	}
}

// fail says what is wrong, on stderr and, where there is a place for it, in the
// results of a ResourceList whose items are as they came.
func fail(list *resourcelist.List, problems fn.Problems, stdout, stderr io.Writer) int {
	fmt.Fprintln(stderr, problems.Error())
	if list.IsResourceList() {
		answer, err := list.Answer(list.Items, problems.Results(framework.Error))
		if err != nil {
			fmt.Fprintln(stderr, fn.Problems{{Cause: err.Error()}}.Error())
			return 1
		}
		write(stdout, stderr, answer)
	}
	return 1
}

// write puts a finished answer on stdout, in one piece.
func write(stdout, stderr io.Writer, answer []byte) int {
	if _, err := stdout.Write(answer); err != nil {
		fmt.Fprintln(stderr, fn.Problems{{Cause: "stdout: " + err.Error()}}.Error())
		return 1
	}
	return 0
}

// version is that of this binary, with Go's.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

// versionOf is the version of the module where esfn was installed from one, else
// the commit that it was built from.
func versionOf(info *debug.BuildInfo) string {
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	return cmp.Or(v, "(devel)") + " " + info.GoVersion
}
