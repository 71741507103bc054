// Esfn renders ExternalSecrets into Secrets, with the values from HashiCorp
// Vault, while manifests are being rendered. See usage.go, and
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
	"log"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/parallel"
	"github.com/esfn/esfn/fn/resourcelist"
	"github.com/esfn/esfn/vaultsrc"
)

func main() {
	leaveNoCoreDump()
	// Libraries that log write what is not theirs to show: net/http the beginning of
	// an answer that nobody asked for.
	log.SetOutput(io.Discard)
	klog.SetLogger(logr.Discard())
	time.Local = time.UTC // what a template makes of a date is the same everywhere
	if _, said := os.LookupEnv("GOGC"); !said {
		debug.SetGCPercent(300) // a run is short: a quarter less time for a third more memory
	}
	outlivePipes()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without its process; it returns the exit code.
func run(args []string, stdin *os.File, stdout, stderr io.Writer) (code int) {
	signalled, stop := untilSignal(stderr)
	defer stop()
	defer func() {
		if fault := recover(); fault != nil {
			// What a panic says may hold a value; its stack holds none.
			stack := debug.Stack()
			if crash, ok := fault.(*parallel.Crash); ok {
				stack = crash.Stack
			}
			fmt.Fprintf(stderr, "error: esfn failed by a fault of its own; please report it with what follows\n%s", stack)
			code = 1
		}
	}()
	args, json, problems := outputForm(args)
	if len(problems) > 0 {
		fmt.Fprintln(stderr, problems.Error())
		return 1
	}
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	if json && slices.Contains([]string{"doctor", "install", "version"}, command) {
		fmt.Fprintln(stderr, fn.Problems{{Field: "-o", Cause: "is for manifests, and " + command + " writes none", Hint: "leave it out"}}.Error())
		return 1
	}
	switch {
	case command == "help", slices.Contains(args, "--help"), slices.Contains(args, "-h"):
		return write(signalled, stdout, stderr, []byte(usage))
	case command == "version", command == "--version":
		return write(signalled, stdout, stderr, []byte("esfn "+version()+"\n"))
	case command == "install":
		stop() // it has no token, and ends at once
		return install(args[1:], stderr)
	case command == "doctor":
		return doctor(signalled, gather(signalled, func(_ time.Duration, room *room) (*resourcelist.List, fn.Problems) {
			return readUntil(signalled, args[1:], stdin, room)
		}), stdout, stderr)
	case command == "build":
		return render(signalled, gather(signalled, func(timeout time.Duration, room *room) (*resourcelist.List, fn.Problems) {
			return build(signalled, timeout, args[1:], room)
		}), json, stdout, stderr)
	}
	return render(signalled, gather(signalled, func(_ time.Duration, room *room) (*resourcelist.List, fn.Problems) {
		return readUntil(signalled, args, stdin, room)
	}), json, stdout, stderr)
}

// given is what a run has to work with: the manifests, and what whoever runs it
// gives besides.
type given struct {
	list     *resourcelist.List
	operator fn.Operator
	settings vaultsrc.Settings
	bounds   bounds
	// unreadable is what is wrong with files, and misset with settings.
	unreadable, misset fn.Problems
}

// gather reads the manifests and the environment. What time the manifests take is
// the run's.
func gather(signalled context.Context, manifests func(timeout time.Duration, room *room) (*resourcelist.List, fn.Problems)) (g given) {
	g.settings, g.misset = vaultsrc.ParseSettings(os.Getenv, os.ReadFile)
	g.settings.UserAgent = "esfn/" + version()
	var problems fn.Problems
	g.bounds, problems = readBounds(os.Getenv)
	g.misset = append(g.misset, problems...)
	if _, said := os.LookupEnv("GOMEMLIMIT"); !said {
		debug.SetMemoryLimit(g.bounds.memory())
	}
	g.settings.MaxAnswer, g.settings.MaxValues = g.bounds.answer, g.bounds.values
	began := time.Now()
	g.list, g.unreadable = manifests(g.settings.Timeout, newRoom(g.bounds.input))
	g.settings.Timeout = max(time.Second, g.settings.Timeout-time.Since(began))
	if signalled.Err() != nil && len(g.unreadable) == 0 {
		g.unreadable = fn.Problems{interrupted}
	}
	operator, problems := readOperator(os.Getenv, newRoom(g.bounds.input))
	g.operator, g.unreadable = operator, append(g.unreadable, problems...)
	return g
}

// input is all of it that package fn is to know.
func (g given) input() fn.Input {
	return fn.Input{
		Items:          g.list.Items,
		FunctionConfig: g.list.FunctionConfig,
		Operator:       g.operator,
		Plain:          !g.list.IsResourceList(),
		Places:         g.list.Places,
		Known:          g.misset,
		MaxValues:      g.bounds.values,
	}
}

// render is the function: the manifests, with Secrets in place of ExternalSecrets.
// It returns the exit code.
func render(signalled context.Context, g given, json bool, stdout, stderr io.Writer) int {
	if len(g.unreadable) > 0 {
		return fail(signalled, g.list, append(g.unreadable, g.misset...), stdout, stderr)
	}
	var output fn.Output
	var problems fn.Problems
	input := g.input()
	warnings := withSource(signalled, g.settings, func(ctx context.Context, source *vaultsrc.Source) {
		if isWatched(stderr, g.list.IsResourceList(), os.Getenv) {
			input.Progress = &fn.Progress{}
			defer show(stderr, input.Progress)()
		}
		output, problems = fn.Run(ctx, input, source)
	})
	if signalled.Err() != nil && len(problems) == 0 {
		problems = fn.Problems{interrupted}
	}
	// Also of a run that failed: a token that was not revoked is to be known.
	warn(append(output.Warnings, warnings...), stderr)
	if len(problems) > 0 {
		return fail(signalled, g.list, problems, stdout, stderr)
	}
	g.list.MaxOutput = g.bounds.output
	var answer []byte
	var err error
	if json {
		answer, err = g.list.JSON(output.Items)
	} else {
		answer, err = g.list.Answer(output.Items, output.Warnings.Results(fn.WarningSeverity))
	}
	if err != nil {
		return fail(signalled, g.list, fn.Problems{{Cause: err.Error(), Hint: hintFor(err)}}, stdout, stderr)
	}
	return write(signalled, stdout, stderr, answer)
}

// withSource lets use have a source until the run's time is over or a signal came.
// Tokens that were got for it are revoked before it returns, whatever happened: the
// warnings tell which were not.
func withSource(signalled context.Context, settings vaultsrc.Settings, use func(context.Context, *vaultsrc.Source)) (warnings fn.Problems) {
	// Vault's client library looks at some twenty variables on its own; what
	// esfn takes from the environment it has by now.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VAULT_") {
			_ = os.Unsetenv(name)
		}
	}
	ctx, cancel := context.WithTimeout(signalled, settings.Timeout)
	defer cancel()

	source := vaultsrc.New(settings)
	defer context.AfterFunc(signalled, source.Hurry)()
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
func fail(signalled context.Context, list *resourcelist.List, problems fn.Problems, stdout, stderr io.Writer) int {
	fmt.Fprintln(stderr, problems.Error())
	if list.IsResourceList() && signalled.Err() == nil {
		answer, err := list.Answer(list.Items, problems.Results(fn.ErrorSeverity))
		if err != nil {
			return say(stderr, fn.Problem{Cause: err.Error()})
		}
		write(signalled, stdout, stderr, answer)
	}
	return 1
}
