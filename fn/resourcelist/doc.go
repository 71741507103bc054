// Package resourcelist reads what hosts and people give a KRM function, and
// writes the answer in the same form: a ResourceList (KRM functions
// specification, config.kubernetes.io v1, v1beta1 or v1alpha1) for hosts, plain
// YAML documents for a pipe and for files.
//
// What is not esfn's business comes out as it came in, with the very text that it was
// read from: a plain document, and an item of a ResourceList (cut.go) where it can be
// told by its lines, as in what hosts write. In other ResourceLists, in flow style or
// with an alias to another item for two, an item keeps its fields in their order, its
// comments and its quotes. Among plain documents a kind: List is
// taken apart, and annotations that hosts leave for each other are removed, since
// no host will.
//
// It refuses empty input: a host takes an empty answer for "delete everything".
// It refuses text that is YAML by accident: each document has to be a map.
package resourcelist
