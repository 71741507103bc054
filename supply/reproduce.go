package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// built is what has to be the same in both clones.
var built = []string{"bin/esfn", "bin/esfn.spdx.json", "bin/licences.txt"}

// reproduce clones the last commit into two folders, builds in both, and compares.
// The second build has a cache of its own: with one for both, the second would be the
// first's, whatever it is made of. That cache is kept, so that a run takes half a
// minute after the first.
func reproduce(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "esfn-reproduce-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	cache, err := secondCache()
	if err != nil {
		return err
	}
	clones := []struct{ folder, cache string }{
		{filepath.Join(folder, "one"), ""},
		{filepath.Join(folder, "another", "with-a-longer-name"), cache},
	}
	for _, clone := range clones {
		if err := runIn(ctx, root, nil, "git", "clone", "-q", ".", clone.folder); err != nil {
			return err
		}
		var environment []string
		if clone.cache != "" {
			environment = []string{"GOCACHE=" + clone.cache}
		}
		if err := runIn(ctx, clone.folder, environment, "make", "-s", "build", "sbom"); err != nil {
			return err
		}
	}
	return compareBuilds(os.Stdout, clones[0].folder, clones[1].folder)
}

// compareBuilds says the hash of each file, or that it has two.
func compareBuilds(out io.Writer, one, another string) error {
	for _, file := range built {
		a, err := os.ReadFile(filepath.Join(one, file))
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(another, file))
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return fmt.Errorf("%s is not the same in two clones: %d bytes with SHA-256 %x, and %d bytes with %x", file, len(a), sha256.Sum256(a), len(b), sha256.Sum256(b))
		}
		fmt.Fprintf(out, "%x  %s (from two clones)\n", sha256.Sum256(a), file)
	}
	return nil
}

// secondCache is a cache of Go's builds beside the usual one, with the tests' binaries.
func secondCache() (string, error) {
	folder := os.Getenv("ESFN_TEST_CACHE")
	if folder == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		folder = filepath.Join(user, "esfn-tests")
	}
	return filepath.Abs(filepath.Join(folder, "reproduce"))
}

func runIn(ctx context.Context, dir string, environment []string, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), environment...)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v in %s: %w\n%s", name, args, dir, err, output)
	}
	return nil
}
