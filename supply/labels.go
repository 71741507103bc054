package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"runtime/debug"
)

// The labels that depend on the build; the Dockerfile has the others.
const (
	labelVersion  = "org.opencontainers.image.version"
	labelRevision = "org.opencontainers.image.revision"
	labelCreated  = "org.opencontainers.image.created"
)

// labelsOf is what an image with a binary is to say of it. What was built from files
// that are in no commit has no revision, and none has the time of the build, so that
// the same commit has the same labels.
func labelsOf(info *debug.BuildInfo) map[string]string {
	labels := map[string]string{labelVersion: versionOf(info)}
	if revision := setting(info, "vcs.revision", ""); revision != "" && setting(info, "vcs.modified", "") == "false" {
		labels[labelRevision] = revision
		labels[labelCreated] = setting(info, "vcs.time", "")
	}
	return labels
}

// printLabels prints them as arguments for docker build.
func printLabels(out io.Writer, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	labels := labelsOf(info)
	for _, name := range []string{labelVersion, labelRevision, labelCreated} {
		if value, ok := labels[name]; ok {
			fmt.Fprintf(out, "--label %s=%s\n", name, value)
		}
	}
	return nil
}
