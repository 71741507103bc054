package secret

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhoRevealsSecrets lists the files in which a secret leaves its type. One
// more is to be a decision, not an accident.
func TestWhoRevealsSecrets(t *testing.T) {
	want := []string{
		"fn/decoding.go",               // to undo an encoding
		"fn/fields.go",                 // to find a field in a Vault secret
		"fn/newsecret.go",              // into the Secret
		"fn/references.go",             // to see that it is certificates
		"fn/render.go",                 // into templates
		"fn/templates.go",              // a template that stands in a Secret
		"vaultsrc/aws_container.go",    // into the header of a request
		"vaultsrc/aws_signing.go",      // to sign with
		"vaultsrc/aws_sts.go",          // into the form of a request
		"vaultsrc/certificate.go",      // to read it, and its key
		"vaultsrc/gcp_signing.go",      // to sign with
		"vaultsrc/login.go",            // to see that a token is one word
		"vaultsrc/login_approle.go",    // into the body of a login
		"vaultsrc/login_gcp.go",        // into the body of a login
		"vaultsrc/login_jwt.go",        // into the body of a login
		"vaultsrc/login_kubernetes.go", // into the body of a login
		"vaultsrc/login_ldap.go",       // into the body of a login
		"vaultsrc/login_userpass.go",   // into the body of a login
		"vaultsrc/revocation.go",       // to see that it can be revoked
		"vaultsrc/sent.go",             // to take it out of what a server says
		"vaultsrc/session.go",          // into the header of a request
		"vaultsrc/transport.go",        // to read certificates
	}
	const root = "../.."
	var got []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "testdata" {
			return fs.SkipDir // tests/secretflow has one that reveals in every way
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Reveal" && !slices.Contains(got, name) {
				got = append(got, name)
			}
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files that call Reveal (-want +got):\n%s", diff)
	}
}
