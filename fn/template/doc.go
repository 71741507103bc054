// Package template is ESO's template engine v2: Go's text/template with sprig's
// functions and those of ESO itself, over the values of one ExternalSecret.
//
//	template.go   a template: parsed once, executed over values or a key
//	functions.go  which functions there are
//	guard.go      what every function is wrapped in
//	bounds.go     how much a template may make
//	costs.go      what one call may take, and iterations.go, of a PKCS#12 archive
//	rounds.go     how often it may go through a loop, and checks of what has no guard
//	date.go       dates, in UTC whatever the machine's time zone is
//	pem.go        filterPEM, filterCertChain, certSANs
//	chain.go      which certificate is whose issuer
//	pkcs12.go     PKCS#12 archives to PEM and back
//	jwk.go        JSON Web Keys to PEM
//	rsa.go        rsaDecrypt
//	yaml.go       toYaml, fromYaml, and rendered text as keys and values
//	unstable.go   which functions give something else in every run
//	error.go      what is said of what fails
//	words.go      from text/template's words to ours
//
// A template gives the bytes that it gives in ESO, whose containers run in UTC
// and have no part in the machine's environment. There is no env and no DNS.
//
// It refuses a template that makes more than any Secret could hold, and one that
// does not come to an end. What a call is given is measured before it, as printed:
// a list that is in another one twice counts twice. What has no guard, a method or
// text/template's own functions, is measured behind it. A call whose time a library decides
// is bounded by what it is given.
//
// It has plain strings in its hands, not secret.Values: its caller reveals them.
// In return no [Error] holds a value, nor what a library says of one, and the
// template's own text, which may come from a Secret, stands in one field of it
// that is not a part of its message.
package template
