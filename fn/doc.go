// Package fn is the function: it takes the items of a ResourceList and gives
// back the items with every ExternalSecret turned into its Secret.
//
// The data flows one way, and each step is a file:
//
//	items → package → plan → reads → values → Secrets → items
//
//	config.go    the functionConfig: settings, and items of its own
//	package.go   the typed view of the items: what there is, by kind and name
//	clusterexternalsecret.go
//	             one ExternalSecret for each namespace that is chosen
//	operator.go  what whoever runs the render gives, which comes before it
//	stores.go    which store an entry means; conditions.go: who may use it, and
//	             naming.go: what kustomize's renaming does to names;
//	             directory.go finds objects by all of them
//	connect.go   what a store says about reaching Vault, as a [Connection], and
//	             references.go, the Secrets and ConfigMaps that it refers to
//	plan.go      one entry per data[] and dataFrom[], with the [Ref] it reads
//	templates.go the target's templates, compiled
//	fetch.go     all reads, through the caller's [Source]
//	find.go      what a find chooses; walk.go: folders, metadata and secrets, side by side
//	values.go    from an answer to values under keys, by way of
//	fields.go    a secret's fields as bytes,
//	rewrite.go   operations on keys, and keys.go, their conversion, and
//	decoding.go  the encoding of values; paths.go, what a gjson path may make
//	render.go    from what was read to what goes into the Secret
//	targets.go   the Secrets to be, and who makes them
//	newsecret.go a Secret that is new, and existing.go, one that is added to
//	emit.go      the items, with Secrets in place of what was consumed, and
//	             kustomizemarks.go, what kustomize is asked for by annotations
//
//	amount.go    how much of all that there may be, and bytes.go, sizes in words
//	problems.go  what is wrong, and result.go, how it is said to a host
//
// run.go goes through all of it. uses.go goes as far as the plan, for who asks which
// stores there are and not what is in them.
//
// It decides what External Secrets Operator (ESO) decides, to the byte, for
// everything that shapes a Secret. Where it differs on purpose,
// docs/compatibility.md says so: it is stricter about input (package api says how)
// and about keys that Kubernetes would refuse.
//
// It refuses to do anything by halves: if one entry of one ExternalSecret has a
// problem, no Secret leaves [Run]. All problems of a run are reported at once: those
// that can be known without the source, and those that its answers bring for what
// is sound by itself. Where the environment or the source has something against
// the run, the source is asked for nothing.
//
// Objects that it does not act on are known by their headers alone (package
// manifest), and go through it as they are.
//
// It has no network, no environment and no clock; what a template asks of a clock
// or of chance, sprig's functions give it, and a warning says so. Secrets go
// through it as [secret.Value]; a test lists the files that reveal them.
package fn
