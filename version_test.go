package main

import (
	"runtime/debug"
	"testing"
)

func TestTheVersionIsThatOfTheModuleOrOfTheCommit(t *testing.T) {
	commit := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.modified", Value: "false"}}
	changed := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.modified", Value: "true"}}
	for _, tc := range []struct {
		name, module, want string
		settings           []debug.BuildSetting
	}{
		{"installed as a module", "v1.2.3", "v1.2.3 go1.26", nil},
		{"built from a commit", "v0.0.0-20261124-0123abc", "v0.0.0-20261124-0123abc go1.26", commit},
		{"built from a commit, without a version", "(devel)", "0123abc go1.26", commit},
		{"built from a commit with changes", "v0.0.0-20261124-0123abc+dirty", "v0.0.0-20261124-0123abc+dirty go1.26", changed},
		{"built from a commit with changes, without a version", "(devel)", "0123abc+dirty go1.26", changed},
		{"installed as a module, with changes beside it", "v1.2.3", "v1.2.3 go1.26", changed},
		{"built from files", "(devel)", "(devel) go1.26", nil},
		{"built in a test", "", "(devel) go1.26", nil},
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: tc.module}, Settings: tc.settings}
		if got := versionOf(info); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
