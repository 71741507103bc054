package main

import (
	"maps"
	"runtime/debug"
	"testing"
)

func TestLabelsSayWhatTheBinaryIsBuiltFrom(t *testing.T) {
	const revision, when = "0123456789abcdef0123456789abcdef01234567", "2026-01-02T03:04:05Z"
	commit := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.time", Value: when}, {Key: "vcs.modified", Value: modified}}
	}
	for _, tc := range []struct {
		name, version string
		settings      []debug.BuildSetting
		want          map[string]string
	}{
		{"from a commit", "v1.2.3", commit("false"), map[string]string{labelVersion: "v1.2.3", labelRevision: revision, labelCreated: when}},
		{"from a commit with changes", "v1.2.4-0.20260102030405-0123456789ab+dirty", commit("true"), map[string]string{labelVersion: "v1.2.4-0.20260102030405-0123456789ab+dirty"}},
		{"from files", "", nil, map[string]string{labelVersion: "(devel)"}},
	} {
		got := labelsOf(&debug.BuildInfo{Main: debug.Module{Version: tc.version}, Settings: tc.settings})
		if !maps.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}
