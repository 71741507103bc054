// Package fn is the function: it takes the items of a ResourceList and gives
// back the items with every ExternalSecret turned into its Secret.
//
// The data flows one way, and each step is a file:
//
//	items → package → plan → reads → values → Secrets → items
//
//	package.go   the typed view of the items: what there is, by kind and name
//	stores.go    which store an entry means
//	connect.go   what a store says about reaching Vault, as a [Connection]
//	plan.go      one entry per data[] and dataFrom[], with the [Ref] it reads
//	fetch.go     all reads, through the caller's [Source]
//	fields.go    from a Vault secret's fields to bytes
//	keys.go      from a Vault field's name to a Secret's key
//	target.go    the Secret
//	emit.go      the items, with Secrets in place of what was consumed
//
// It decides what External Secrets Operator (ESO) decides, to the byte, for
// everything that shapes a Secret. It is on purpose stricter about input
// (package api says how) and about keys that Kubernetes would refuse.
//
// It refuses to do anything by halves: if one entry of one ExternalSecret has a
// problem, no Secret leaves [Run]. All problems of a run are reported at once: those
// that can be known without the source, and those that its answers bring for what
// is sound by itself. Where the environment or the source has something against
// the run, the source is asked for nothing.
//
// It has no network, no environment and no clock. Secrets go through it as
// [secret.Value]; they are revealed in fields.go, to find a field, and in
// target.go, to put it into a Secret, and nowhere else.
package fn
