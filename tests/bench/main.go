// Bench measures esfn against its peers, as ratios, in one run on one machine, and
// writes the table to docs/benchmarks.md:
//
//	go run ./tests/bench [-rounds 5] [-only ROW] [-o FILE]
//
// It asserts nothing: machines are noisy. What is exact (requests and connections) is
// asserted in the tests.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/esfn/esfn/tests/bench/workload"
	"github.com/esfn/esfn/tests/testbed"
)

// bench is what the rows are made of.
type bench struct {
	programs programs
	vault    *testbed.Vault
	proxy    *proxy
	access   workload.Access
	launcher launcher
	calm     calm
	image    string
	progress io.Writer

	// folder has the files that the commands read, the token's among them.
	folder, tokenFile string
	// unwritten is why one of them could not be written.
	unwritten error
}

// processors are those that Go is to have for the proxy, however many there are. A nap
// holds one until the runtime sees that it is a long one, for up to 10 ms: with two, two
// naps would hold up every other request.
const processors = 64

func main() {
	rounds := flag.Int("rounds", 5, "how often each command is run; slow peers less often")
	only := flag.Int("only", 0, "the one row to measure")
	output := flag.String("o", "", "the file to write to; "+page+", or none with -only")
	patience := flag.Duration("patience", 3*time.Minute, "how long to wait, in all, for a machine that does nothing else")
	image := flag.String("image", "esfn:dev", "the image whose size is shown, if there is one")
	flag.Parse()
	runtime.GOMAXPROCS(processors)
	if *output == "" && *only == 0 {
		*output = page
	}
	if err := run(*rounds, *only, *output, *image, *patience); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rounds, only int, output, image string, patience time.Duration) error {
	b := &bench{image: image, progress: os.Stderr, calm: calm{left: patience}}
	var err error
	if b.folder, err = os.MkdirTemp("", "esfn-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	removeWhenEnded(b.folder)
	if err := b.prepare(); err != nil {
		return err
	}
	defer b.vault.Stop()
	defer b.proxy.close()
	on := machine(b.programs.esfn)
	floor, err := b.launcher.floor()
	if err != nil {
		return err
	}
	var measured []row
	for _, r := range b.rows() {
		if only != 0 && r.number != only {
			continue
		}
		measured = append(measured, r)
	}
	if len(measured) == 0 {
		return fmt.Errorf("there is no row %d", only)
	}
	if b.unwritten != nil {
		return b.unwritten
	}
	for _, r := range measured {
		if r.rounds == 0 {
			r.rounds = rounds
		}
		if err := b.measure(r.lines, r.rounds); err != nil {
			return err
		}
	}
	on += "- waited for a calm machine: " + b.calm.String() + "\n"
	text := table(measured)
	fmt.Print(on, "\n", text)
	if output == "" {
		return nil
	}
	return keep(output, document(on, text, measured, floor))
}

// removeWhenEnded removes the folder where a signal ends the run: it holds some 60 MB,
// and a token. Vault ends with this process.
func removeWhenEnded(folder string) {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-ended
		_ = os.RemoveAll(folder)
		os.Exit(1)
	}()
}

// prepare builds and starts all that is there before anything is measured.
func (b *bench) prepare() (err error) {
	if b.programs, err = build(b.folder, b.progress); err != nil {
		return err
	}
	b.launcher = launcher{binary: b.programs.launch, folder: b.folder}
	if b.vault, err = testbed.StartVault(b.programs.vault); err != nil {
		return err
	}
	if b.access, err = workload.Seed(b.vault); err == nil {
		b.proxy, err = startProxy(b.vault.Address)
	}
	if err != nil {
		b.vault.Stop()
		return err
	}
	b.tokenFile = b.file("token", b.access.Token)
	return b.unwritten
}
