// Package testbed builds and runs the real programs that esfn is tested
// against: Vault, kube-apiserver with etcd, kustomize, kpt, and what Argo CD has
// of a config management plugin. Their sources are nested modules below
// tests/servers and tests/hosts, since they pin other generations of the
// dependencies than esfn does.
//
// A program is built once into a cache, under a name that holds the hash of its
// sources. A process dies with the process that started it, also when that is
// killed. Everything listens on loopback, on ports that are free.
//
// The package knows nothing of testing.T: the demo uses it, too.
package testbed
