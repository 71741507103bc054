// Package resourcelist reads what hosts and people give a KRM function, and
// writes the answer in the same form: a ResourceList (KRM functions
// specification, config.kubernetes.io v1, v1beta1 or v1alpha1) for hosts, plain
// YAML documents for a pipe and for files.
//
// What is not esfn's business comes out as it came in: a plain document with the
// very text that it was read from, an item of a ResourceList with its fields in
// their order, its comments and its quotes. Among plain documents a kind: List is
// taken apart, and annotations that hosts leave for each other are removed, since
// no host will.
//
// It refuses empty input: a host takes an empty answer for "delete everything".
// It refuses text that is YAML by accident: each document has to be a map.
package resourcelist
