// Package vaultsrc is Vault as a source of values, and the only part of esfn
// that speaks HTTP.
//
// A read goes through these, each a file; [New] puts them together:
//
//	override   the operator's VAULT_ADDR, VAULT_TOKEN… in place of the store's
//	dedupe     one read for each distinct connection, part, path and version
//	limit      at most so many at a time, fewer where a server asks for that, and
//	           those again that came to nothing for now; turns.go says whose is next, and
//	           pace.go, how many a server bears
//	kv         one GET; answer.go, folder.go and metadata.go say what its answer
//	           means, and again.go whether another may mend that
//
// What it reads is a secret, what KV v2 knows about a secret, or the names in a
// folder: one Ref is one request, and walking through folders is package fn's.
//
// Below them, a session is one client and one login for each distinct address,
// namespace and auth of a run, made when first needed:
//
//	session    the login, shared; revocation.go revokes its token, and heard.go knows
//	           of those that never arrived
//	login      which method; a file for each, login_kubernetes.go and the like.
//	           serviceaccount.go has the JWT for two of them, which tokenrequest.go
//	           asks of the Kubernetes API server; aws_… and gcp_… are the clouds'
//	client     Vault's client, and transport.go the connections under it
//	faults     what a refusal means; faultplaces.go, where it is said;
//	           connectionfaults.go, why there is no answer;
//	           tlsfaults.go, why no TLS; sent.go keeps what was sent out of words
//
// [Source.Diagnose] goes the same way step by step (diagnose.go, reach.go, whoami.go).
//
// It decides who may send what where ([Source.Admit], rules.go), before anything is sent:
// manifests come from Git and may be a stranger's, the environment belongs to
// whoever runs the render. A credential from the environment (a token, a file, a
// service account's token) goes only to servers that the environment names, in
// VAULT_ADDR, ESFN_ALLOWED_SERVERS or a store of the operator's, loopback among
// them; plain http:// only to those or to loopback, and a socket is used only where
// it is listed. A credential that stands in the manifests goes where the manifests
// say. Redirects are followed under the same rule (redirects.go), and only with the
// very same request. Nothing but KV mounts is read: elsewhere Vault would show the
// token itself.
//
// It refuses to be configured by accident: of the environment it takes what
// [ParseSettings] lists, and no other VAULT_ variable has any effect.
//
// Tokens that it got by logging in are revoked by [Source.Close]; tokens that it
// was given are not. Nothing is written to disk. No error holds a value, a
// token, or more of an answer that succeeded than names and versions.
package vaultsrc
