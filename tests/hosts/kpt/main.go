// Kpt is the real kpt, for tests: its own fn commands (render, eval, source,
// sink, doc), at the version that go.mod pins, and its own way to print an error.
// The rest of kpt is left out: its own main package does not build from the Go
// module proxy.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kptdev/kpt/commands/fn"
	kpterrors "github.com/kptdev/kpt/pkg/lib/errors"
	"github.com/kptdev/kpt/pkg/lib/errors/resolver"
	"github.com/kptdev/kpt/pkg/printer"
	"github.com/spf13/cobra"
)

func main() {
	ctx := printer.WithContext(context.Background(), printer.New(os.Stdout, os.Stderr))
	root := &cobra.Command{Use: "kpt", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(fn.GetCommand(ctx, "kpt"))
	if err := root.ExecuteContext(ctx); err != nil {
		os.Exit(fail(err))
	}
}

// fail says what went wrong as handleErr in kpt's main.go does, and returns the
// exit code.
func fail(err error) int {
	if known, ok := resolver.ResolveError(err); ok {
		if known.Message != "" {
			fmt.Fprintln(os.Stderr, known.Message)
		}
		return known.ExitCode
	}
	var own *kpterrors.Error
	if errors.As(err, &own) {
		if inner, ok := kpterrors.UnwrapErrors(own); ok {
			err = inner
		}
	}
	fmt.Fprintln(os.Stderr, "Error:", err)
	return 1
}
