package main

import (
	"cmp"
	"runtime/debug"
)

// version is that of this binary, with Go's.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

// versionOf is the version of the module where esfn was installed from one, else
// the commit that it was built from, marked as Go marks a version where files were
// changed since.
func versionOf(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v + " " + info.GoVersion
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+dirty"
		}
	}
	return cmp.Or(commit+changed, "(devel)") + " " + info.GoVersion
}
