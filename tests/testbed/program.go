package testbed

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Program is a main package of a module of its own.
type Program struct {
	// Name of the binary.
	Name string
	// Dir of the module, below esfn's.
	Dir string
	// FirstBuild says how long the first build takes, on two cores.
	FirstBuild string
	// Package to build, as the module in Dir knows it; the one in Dir itself if empty.
	Package string
	// Tags to build it with, separated by commas.
	Tags string
}

// The programs that there are.
var (
	VaultProgram     = Program{Name: "vault", Dir: "tests/servers/vault", FirstBuild: "3 minutes"}
	KubeProgram      = Program{Name: "kube", Dir: "tests/servers/kube", FirstBuild: "8 minutes"}
	LDAPProgram      = Program{Name: "ldap", Dir: "tests/servers/ldap", FirstBuild: "half a minute"}
	KustomizeProgram = Program{Name: "kustomize", Dir: "tests/hosts/kustomize", FirstBuild: "a minute"}
	HelmProgram      = Program{Name: "helm", Dir: "tests/hosts/helm", FirstBuild: "2 minutes"}
	KptProgram       = Program{Name: "kpt", Dir: "tests/hosts/kpt", FirstBuild: "2 minutes"}
	ArgoCDProgram    = Program{Name: "argocd", Dir: "tests/hosts/argocd", FirstBuild: "3 minutes"}
	// Programs are all of them, in the order in which to build them.
	Programs = []Program{KustomizeProgram, HelmProgram, LDAPProgram, VaultProgram, KptProgram, ArgoCDProgram, KubeProgram}
)

// The peers that esfn is measured against. No test needs them, so they are none of
// Programs.
var (
	AVPProgram = Program{Name: "argocd-vault-plugin", Dir: "tests/peers/avp", FirstBuild: "2 minutes"}
	// ValsProgram has Vault alone of the providers, as vals' README builds it: it
	// starts in a tenth of the time that all of them take.
	ValsProgram = Program{Name: "vals", Dir: "tests/peers/vals", FirstBuild: "a minute",
		Package: "github.com/helmfile/vals/cmd/vals", Tags: "custom_providers,vault"}
)

// Build returns the path of the program's binary, and builds it first where the
// cache (ESFN_TEST_CACHE, or esfn-tests in the user's cache folder) does not
// have it. What it does is written to progress, as soon as it takes time.
// Processes that build the same program at once build it once.
func (p Program) Build(progress io.Writer) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	sources := filepath.Join(root, p.Dir)
	hash, err := hashOf(sources, p.Package, p.Tags)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	// The binary has its own name in a folder of its own, so that the folder
	// can be put on a PATH.
	folder := filepath.Join(cache, p.Name+"-"+hash)
	binary := filepath.Join(folder, p.Name)
	unlock, err := lock(filepath.Join(cache, p.Name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	began := time.Now()
	fmt.Fprintf(progress, "building %s from %s: the first time takes about %s on two cores\n", p.Name, p.Dir, p.FirstBuild)
	done := make(chan struct{})
	defer close(done)
	go signOfLife(progress, began, done)
	unfinished := binary + ".unfinished"
	if err := goBuild(sources, unfinished, cmp.Or(p.Package, "."), "-tags", p.Tags); err != nil {
		return "", err
	}
	fmt.Fprintf(progress, "built %s in %s\n", p.Name, time.Since(began).Round(time.Second))
	return binary, os.Rename(unfinished, binary)
}

// signOfLife says every half minute that it still goes on.
func signOfLife(progress io.Writer, began time.Time, done <-chan struct{}) {
	for {
		select {
		case <-time.After(30 * time.Second):
			fmt.Fprintf(progress, "  … %s\n", time.Since(began).Round(time.Second))
		case <-done:
			return
		}
	}
}

// BuildEsfn builds esfn itself, as it is now, into a folder.
func BuildEsfn(folder string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "esfn")
	return binary, GoBuild(root, binary)
}

// GoBuildBelow builds a main package of esfn's own module, in a folder below it.
func GoBuildBelow(folder, binary string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	return GoBuild(filepath.Join(root, folder), binary)
}

// GoBuild builds the main package of the module in dir, as a static binary.
func GoBuild(dir, binary string) error { return goBuild(dir, binary, ".") }

func goBuild(dir, binary, pkg string, flags ...string) error {
	flags = append([]string{"build", "-trimpath", "-ldflags", "-s -w", "-o", binary}, flags...)
	build := exec.Command("go", append(flags, pkg)...)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build in %s: %w\n%s", dir, err, output)
	}
	return nil
}

// hashOf is a hash of all files below dir, their names, Go's version, and what of
// flags is not empty.
func hashOf(dir string, flags ...string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, flag := range flags {
		fmt.Fprint(sum, flag)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
		return err
	})
	return fmt.Sprintf("%x", sum.Sum(nil)[:8]), err
}

func cacheDir() (string, error) {
	dir := os.Getenv("ESFN_TEST_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(user, "esfn-tests")
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// lock waits until no other process has the file locked.
func lock(name string) (unlock func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// moduleRoot is the folder of esfn's own go.mod, at or above the working folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/esfn/esfn\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("the working folder is not in esfn's module")
		}
		dir = parent
	}
}
