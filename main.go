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
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	_ "golang.org/x/crypto/x509roots/fallback" // the image is FROM scratch
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/resourcelist"
	"github.com/esfn/esfn/vaultsrc"
)

const usage = `esfn renders ExternalSecrets into Secrets, with values from HashiCorp Vault.

Usage:
  esfn < resourcelist.yaml     as a KRM function: kustomize and kpt call it so
  helm template … | esfn       plain documents in, plain documents out
  esfn FILE|FOLDER…            the same, from files; folders with all below them
  esfn version                 print the version
  esfn --help                  print this

ExternalSecret, SecretStore and ClusterSecretStore (external-secrets.io/v1 and
v1beta1) are read as External Secrets Operator reads them. Each ExternalSecret is
replaced by its Secret; everything else passes through. If anything is wrong,
esfn says all of it on stderr, writes no Secret, and exits with 1.

Environment:
  VAULT_ADDR                   in place of every store's server
  VAULT_TOKEN                  in place of every store's auth
  VAULT_TOKEN_FILE             the same, from a file
  VAULT_NAMESPACE              in place of every store's namespace
  VAULT_CACERT                 file with the CA certificates to trust
  ESFN_ALLOWED_SERVERS         addresses, separated by commas, that credentials
                               of this environment may be sent to
  ESFN_KUBERNETES_TOKEN_FILE   service account token for kubernetes auth
  KUBECONFIG                   API server to ask for service account tokens;
                               without it, that of the cluster esfn runs in
  ESFN_TIMEOUT                 time for the whole run (50s)
  HTTPS_PROXY, NO_PROXY        as everywhere

https://github.com/esfn/esfn
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without its process; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 {
		switch args[0] {
		case "-h", "--help", "help":
			return write(stdout, stderr, []byte(usage))
		case "version", "--version":
			return write(stdout, stderr, []byte("esfn "+version()+"\n"))
		}
	}
	list, err := read(args, stdin)
	if err != nil {
		fmt.Fprintln(stderr, fn.Problems{*err}.Error())
		return 1
	}
	output, problems, warnings := render(list)
	if len(problems) > 0 {
		return fail(list, problems, stdout, stderr)
	}
	answer, encodeErr := list.Answer(output.Items, output.Warnings.Results(framework.Warning))
	if encodeErr != nil {
		return fail(list, fn.Problems{{Cause: encodeErr.Error()}}, stdout, stderr)
	}
	if warnings = append(output.Warnings, warnings...); len(warnings) > 0 {
		fmt.Fprintln(stderr, warnings.Warnings())
	}
	return write(stdout, stderr, answer)
}

// render runs the function over the list. Tokens that were got for it are
// revoked before it returns, whatever happened: warnings tell which were not.
func render(list *resourcelist.List) (output fn.Output, problems, warnings fn.Problems) {
	settings, known := vaultsrc.ParseSettings(os.Getenv, os.ReadFile)
	settings.UserAgent = "esfn/" + version()
	// Vault's client library looks at some twenty variables on its own; what
	// esfn takes from the environment it has by now.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VAULT_") {
			_ = os.Unsetenv(name)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, settings.Timeout)
	defer cancel()

	source := vaultsrc.New(settings)
	output, problems = fn.Run(ctx, fn.Input{
		Items:          list.Items,
		FunctionConfig: list.FunctionConfig,
		Files:          list.Files,
		Known:          known,
	}, source)
	for _, sentence := range source.Close() {
		warnings = append(warnings, fn.Problem{Cause: sentence})
	}
	return output, problems, warnings
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

// read reads the files and folders named, or stdin where none is.
func read(args []string, stdin io.Reader) (*resourcelist.List, *fn.Problem) {
	if len(args) > 0 {
		return readFiles(args)
	}
	const hint = "pipe manifests in, or name files and folders; esfn --help tells more"
	data, err := io.ReadAll(stdin)
	if err != nil {
		return nil, &fn.Problem{Field: "stdin", Cause: err.Error(), Hint: hint}
	}
	list, err := resourcelist.Read(data)
	if err != nil {
		return nil, &fn.Problem{Field: "stdin", Cause: err.Error(), Hint: hint}
	}
	return list, nil
}

// readFiles reads each file on its own, and of folders all .yaml, .yml and
// .json files below them, in the order of their names, but for hidden ones.
func readFiles(args []string) (*resourcelist.List, *fn.Problem) {
	list := &resourcelist.List{}
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			return nil, &fn.Problem{Field: arg, Cause: "no such option", Hint: "esfn --help lists what there is"}
		}
		err := filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
			switch hidden := path != arg && strings.HasPrefix(entry.Name(), "."); {
			case err != nil:
				return err
			case entry.IsDir() && hidden:
				return fs.SkipDir
			case entry.IsDir() || hidden:
				return nil
			case path != arg && !isManifest(path):
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := list.AddFile(path, data); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return nil
		})
		if err != nil {
			return nil, &fn.Problem{Cause: strings.TrimPrefix(err.Error(), "lstat ")}
		}
	}
	if len(list.Items) == 0 {
		return nil, &fn.Problem{Field: strings.Join(args, " "), Cause: resourcelist.ErrEmpty.Error()}
	}
	return list, nil
}

func isManifest(path string) bool {
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// version is that of the module where esfn was installed from one, else the
// commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v + " " + info.GoVersion
}
