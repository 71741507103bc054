package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
	"github.com/esfn/esfn/fn/resourcelist"
	"github.com/esfn/esfn/vaultsrc"
)

// readOperator reads what the environment gives besides the manifests:
// ESFN_STORES, ESFN_SECRETS_DIR and ESFN_PACKAGE_STORES. It returns all that is
// wrong with them, each problem at its variable; what stands in the files package
// fn judges.
func readOperator(getenv func(string) string, room *room) (fn.Operator, fn.Problems) {
	o, problems := readStores(getenv, room)
	report := func(variable, hint, cause string, args ...any) {
		problems = append(problems, fn.Problem{Field: variable, Cause: fmt.Sprintf(cause, args...), Hint: hint})
	}
	switch mode := getenv("ESFN_PACKAGE_STORES"); mode {
	case "", "allow":
	case "deny":
		o.DenyPackageStores = true
	default:
		report("ESFN_PACKAGE_STORES", "write allow or deny", "%q is neither allow nor deny", mode)
	}
	if written := getenv("ESFN_SECRETS_DIR"); written != "" {
		folder := vaultsrc.FileName(getenv, written)
		info, err := os.Stat(folder)
		switch {
		case !filepath.IsAbs(folder):
			report("ESFN_SECRETS_DIR", fromTheRoot, notFromTheRoot, written)
		case err != nil:
			report("ESFN_SECRETS_DIR", "", "%s: %s", written, fileFault(err))
		case !info.IsDir():
			report("ESFN_SECRETS_DIR", "it holds files NAMESPACE/NAME/KEY", "%s is no folder", written)
		default:
			o.Secrets = os.DirFS(folder)
		}
	}
	return o, problems
}

// Where esfn runs may be a folder of the package: kustomize runs a function in
// that of the kustomization. What stands there is not the operator's.
const (
	notFromTheRoot = "%s is no path from the root"
	fromTheRoot    = "write it in full: kustomize runs esfn in a folder of the package"
)

// readStores reads the files and folders of ESFN_STORES, which are separated as
// those of PATH are, in the way in which read reads those that are arguments.
func readStores(getenv func(string) string, room *room) (o fn.Operator, problems fn.Problems) {
	for _, written := range filepath.SplitList(getenv("ESFN_STORES")) {
		if written == "" {
			continue
		}
		list, entry := &resourcelist.List{}, filepath.Clean(vaultsrc.FileName(getenv, written))
		if !filepath.IsAbs(entry) {
			problems = append(problems, fn.Problem{Field: "ESFN_STORES", Cause: fmt.Sprintf(notFromTheRoot, written), Hint: fromTheRoot})
			continue
		}
		found := readFiles(list, entry, room)
		if len(found) == 0 && len(list.Items) == 0 && list.FunctionConfig == nil {
			found = fn.Problems{{Field: entry, Cause: resourcelist.ErrEmpty.Error()}}
		}
		for _, p := range found {
			file := written
			if p.Field != entry {
				file = shortName(entry, p.Field)
			}
			if p.Hint != "" && !room.isFull() { // to build a kustomization
				p.Hint = "name files that kustomize build has written"
			}
			problems = append(problems, fn.Problem{Field: "ESFN_STORES", Cause: file + ": " + p.Cause, Hint: p.Hint})
		}
		if list.FunctionConfig != nil { // fn says that it has no place there
			list.Items, list.Places = append(list.Items, manifest.New(list.FunctionConfig)), append(list.Places, list.ConfigPlace)
		}
		o.Items = append(o.Items, list.Items...)
		for _, place := range list.Places {
			o.Places = append(o.Places, fn.Place{File: shortName(entry, place.File), Line: place.Line})
		}
	}
	return o, problems
}

// shortName is a file's name from the last part of the entry that it stands in.
// Whoever reads the messages of a render need not know where the operator keeps
// files.
func shortName(entry, file string) string {
	below, err := filepath.Rel(entry, file)
	if err != nil {
		return filepath.Base(file)
	}
	return filepath.Join(filepath.Base(entry), below)
}
