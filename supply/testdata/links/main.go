// Links calls a function that is vulnerable by testdata/database, and imports a
// package of which it calls nothing that is.
package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

func main() {
	fmt.Println(semver.Compare(os.Args[0], os.Args[1]), module.CanonicalVersion(os.Args[1]))
}
