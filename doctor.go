package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/vaultsrc"
)

// doctor says of each store that the manifests use where it leads, who logs in
// there and by what, and whether that works. It reads no secret. What is wrong with
// the files or the settings is said in its place. It returns the exit code: 0 where
// nothing is wrong.
func doctor(signalled context.Context, g given, stdout, stderr io.Writer) (code int) {
	if problems := append(g.unreadable, g.misset...); len(problems) > 0 {
		fmt.Fprintln(stderr, problems.Error())
		return 1
	}
	told := &untilFailed{to: stdout}
	warnings := withSource(signalled, g.settings, func(ctx context.Context, source *vaultsrc.Source) {
		told.run = ctx
		code = examine(ctx, g.input(), source, told, stderr)
	})
	warn(warnings, stderr)
	switch {
	case signalled.Err() != nil:
		return say(stderr, interrupted)
	case told.err != nil:
		return say(stderr, notWhole(told.err))
	}
	return code
}

// examine looks at one store after the other. What it finds goes to stdout as it is
// found; what is wrong with the manifests, which keeps a store from being looked at,
// to stderr.
func examine(ctx context.Context, in fn.Input, source *vaultsrc.Source, stdout, stderr io.Writer) int {
	uses, problems := fn.Uses(in)
	if len(uses) == 0 && len(problems) == 0 {
		problems = fn.Problems{{Cause: "there is no store to look at", Hint: "give esfn doctor the manifests with the ExternalSecrets and their stores"}}
	}
	connections := make([]fn.Connection, len(uses))
	for i, use := range uses {
		connections[i] = use.Connection
	}
	refused, stops := map[int][]*fn.Fault{}, false
	for _, refusal := range source.Admit(connections) {
		if refusal.Fault.Scope == fn.RunScope {
			stops = true
			problems = append(problems, uses[refusal.Connection].Problem(refusal.Fault))
			continue
		}
		refused[refusal.Connection] = append(refused[refusal.Connection], refusal.Fault)
	}
	if len(problems) > 0 {
		fmt.Fprintln(stderr, problems.Error())
	}
	failed := 0
	for i, use := range uses {
		fmt.Fprintln(stdout, fn.OneLine(heading(use)))
		works := !stops
		tell := func(check vaultsrc.Check) {
			works = works && check.Fault == nil
			fmt.Fprint(stdout, line(check))
		}
		for _, check := range source.Describe(use.Connection) {
			tell(check)
		}
		for _, fault := range refused[i] {
			tell(vaultsrc.Check{Name: "allowed", Fault: fault})
		}
		if works {
			source.Diagnose(ctx, use.Connection, use.Refs, tell)
		}
		if !works {
			failed++
		}
		fmt.Fprintln(stdout)
	}
	if len(uses) > 0 {
		fmt.Fprintf(stdout, "%d of %d work\n", len(uses)-failed, len(uses))
	}
	if failed > 0 || len(problems) > 0 {
		return 1
	}
	return 0
}

// heading names a store, where it stands, and who uses it.
func heading(use fn.StoreUse) string {
	s := use.Store.String()
	if use.Store.File != "" {
		s += " (" + use.Store.Place() + ")"
	}
	if len(use.Users) == 0 {
		return s + ", which no ExternalSecret uses"
	}
	return fmt.Sprintf("%s, used from namespace %s by %s", s, use.Namespace, counted(len(use.Users), "ExternalSecret"))
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// line gives a check, its name in a column of its own.
func line(check vaultsrc.Check) string {
	const column = 13
	says := check.Says
	if check.Fault != nil {
		says = "FAILED: " + check.Fault.Cause
		if check.Fault.Field != "" {
			says = "FAILED: " + check.Fault.Field + ": " + check.Fault.Cause
		}
		if check.Fault.Hint != "" {
			says += "\nhint: " + check.Fault.Hint
		}
	}
	var b strings.Builder
	name := check.Name + ":"
	for text := range strings.SplitSeq(says, "\n") {
		fmt.Fprintf(&b, "  %-*s%s\n", column, name, fn.OneLine(text))
		name = ""
	}
	return b.String()
}
