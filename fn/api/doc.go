// Package api holds the shapes that esfn reads: ExternalSecret,
// ClusterExternalSecret, SecretStore and ClusterSecretStore of the group
// external-secrets.io (v1 and v1beta1), and esfn's own functionConfig,
// RenderExternalSecrets.
//
// Decoding is strict, since a field that is silently ignored is a Secret that
// is silently wrong. Decode refuses, each with its field path:
//
//   - a field that the shape does not have, with the nearest one that it has;
//   - a value of another type than the field's. Strings follow YAML 1.1, as
//     kubectl reads manifests: an unquoted yes, on or 1.10 is no string;
//   - a field given twice, a required one left out, a value outside an enum.
//
// What only a controller in a cluster acts on (refreshInterval, syncWindows…) is
// accepted and left alone ([Ignored], or judged and left alone). Defaults are those
// of the operator's CRDs. Rules over several fields, those of its admission webhook,
// are in [ExternalSecret.Problems], [ClusterExternalSecret.Problems] and
// [Store.Problems]; what is known only together with the store is in
// [RemoteRef.ProblemsWith] and [Find.ProblemsWith].
//
// docs/compatibility.md has a row for every field of the operator's kinds here, and a
// test that keeps it so: a new field needs a new row.
//
// The package knows nothing of where a document came from: names of resources,
// files and hints about the environment are the caller's.
package api
