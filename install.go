package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/esfn/esfn/fn"
)

// install copies this program into a folder, for init containers that have no shell
// to do it with. It returns the exit code.
func install(folders []string, stderr io.Writer) int {
	if problems := copyItself(folders); len(problems) > 0 {
		fmt.Fprintln(stderr, problems.Error())
		return 1
	}
	return 0
}

// copyItself has the copy there as a whole or not at all: another container may run
// it already.
func copyItself(folders []string) fn.Problems {
	if len(folders) != 1 {
		return fn.Problems{{Field: "install", Cause: "takes one folder", Hint: "esfn install /custom-tools"}}
	}
	folder := folders[0]
	fail := func(err error) fn.Problems {
		var path *fs.PathError
		var link *os.LinkError
		switch {
		case errors.As(err, &path):
			err = path.Err
		case errors.As(err, &link): // it names the file that is gone by then
			err = link.Err
		}
		return fn.Problems{{Field: "install", Cause: fmt.Sprintf("%s: %s", folder, err), Hint: "name a folder that is there, and where a file esfn may be written"}}
	}
	self, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	from, err := os.Open(self)
	if err != nil {
		return fail(err)
	}
	defer from.Close()
	to, err := os.CreateTemp(folder, ".esfn-")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(to.Name()) // of no effect once it is renamed
	_, err = io.Copy(to, from)
	err = errors.Join(err, to.Chmod(0o755), to.Sync(), to.Close())
	if err != nil {
		return fail(err)
	}
	if err := os.Rename(to.Name(), filepath.Join(folder, "esfn")); err != nil {
		return fail(err)
	}
	return nil
}
