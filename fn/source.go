package fn

import (
	"context"

	"github.com/esfn/esfn/fn/secret"
)

// Source is where values come from. Package vaultsrc has the one for Vault.
type Source interface {
	// Admit judges all connections of a run before anything is sent: may this
	// credential go to this server? It returns all that it refuses, and sends
	// nothing.
	Admit(connections []Connection) []Refusal
	// Read returns what stands at ref. It is called from many goroutines, and
	// often with the same ref; the source decides what that costs. An error is
	// a *[Fault].
	Read(ctx context.Context, ref Ref) (Answer, error)
}

// Refusal is what a Source has against a connection.
type Refusal struct {
	// Connection is the index in what Admit was given.
	Connection int
	Fault      *Fault
}

// Engine is a version of Vault's KV secrets engine.
type Engine string

// The two KV engines, as spec.provider.vault.version names them.
const (
	KV1 Engine = "v1"
	KV2 Engine = "v2"
)

// Part is what a Ref reads.
type Part string

const (
	// SecretPart is a secret's fields.
	SecretPart Part = ""
	// MetadataPart is what KV v2 keeps about a secret: as fields, all of them
	// texts, created_time, current_version and delete_version_after, and over
	// them the secret's custom_metadata.
	MetadataPart Part = "metadata"
	// FolderPart is the names of what stands in a folder.
	FolderPart Part = "folder"
)

// Ref is one secret at one version, as an entry names it, or what is known about
// it, or a folder.
type Ref struct {
	Connection Connection
	Part       Part
	Engine     Engine
	// Mount is spec.provider.vault.path; HasMount is false where the store has
	// none and Key begins with the mount.
	Mount    string
	HasMount bool
	// Key is remoteRef.key, as written. Of a folder it is what stands below the
	// mount, and never repeats the mount.
	Key string
	// Version of a KV v2 secret, or "" for the latest.
	Version string
}

// Answer is what was read.
type Answer struct {
	// Fields is the JSON object of the secret's fields, or of its metadata.
	Fields secret.Value
	// Names of the secrets in a folder, and, with a slash at the end, of the
	// folders in it.
	Names []string
	// Version that was read; 0 where the engine has none.
	Version int
	// Path that was read, below /v1/, for messages.
	Path string
}

// Scope says how much a Fault spoils.
type Scope int

const (
	// EntryScope is a fault of the one secret that was asked for.
	EntryScope Scope = iota
	// StoreScope is a fault that every read through the store has: it is
	// reported once, at the store.
	StoreScope
	// RunScope is a fault of the run's environment: it is reported once, and
	// Field is the variable's name.
	RunScope
)

// Fault is why a Source did not answer. Its texts never hold a value.
type Fault struct {
	Scope Scope
	// Field of the store, or the name of the environment variable; empty in
	// EntryScope, where the entry knows its own.
	Field string
	// Missing tells that there is no such secret or version: the one fault
	// that a deletionPolicy other than Retain tolerates (NoSecretErr in ESO).
	Missing bool
	// Cause says what went wrong, Hint what to do.
	Cause, Hint string
}

// Error is the cause alone: place and hint are a [Problem]'s.
func (f *Fault) Error() string { return f.Cause }
