package vaultsrc

import (
	"crypto/x509"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// trustBundled has Mozilla's authorities trusted where the system has none: the image
// is FROM scratch. It is called before anything may ask the system's, and not before
// that: to parse them takes as long as all else that esfn does to start.
var trustBundled = sync.OnceFunc(func() {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			continue // one that this version of Go does not take
		}
		if root.Constraint == nil {
			pool.AddCert(certificate)
		} else {
			pool.AddCertWithConstraint(certificate, root.Constraint)
		}
	}
	x509.SetFallbackRoots(pool)
})
