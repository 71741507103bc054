package vaultsrc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// answer takes what was asked for out of a body that came with a 200 or a 404,
// and tells the bodies without it apart. What counts as a secret that is not there
// (Missing, which deletionPolicy acts on) is what ESO takes for it: readSecret in
// its providers/v1/vault/client_get.go, over Logical().Read and ParseSecret of
// Vault's client. No part of the body but names and versions is in any error.
func (at location) answer(notFound bool, body []byte) (fn.Answer, error) {
	var e envelope
	var data map[string]json.RawMessage
	if !e.parse(body) {
		status := "200"
		if notFound {
			status = "404"
		}
		return fn.Answer{}, at.at.serverFault(strangersHint, fmt.Sprintf("the answer for %s is not Vault's: %s, and not its JSON", at.path, status))
	}
	if e.LeaseID != "" || e.MountType != "" && e.MountType != "kv" && e.MountType != "generic" {
		return fn.Answer{}, at.foreign()
	}
	if !isNull(e.Data) && json.Unmarshal(e.Data, &data) != nil {
		return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("what %s holds has no fields", at.path)}
	}
	switch {
	case notFound && len(data) == 0 && len(e.Warnings.items) == 0:
		return fn.Answer{}, at.absent(e)
	case at.part == fn.FolderPart:
		return at.folder(e, data)
	case at.part == fn.MetadataPart:
		return at.metadata(e, data)
	case at.engine == fn.KV1 && data == nil:
		if e.warns("Invalid path for a versioned K/V") {
			return fn.Answer{}, at.missing("the mount is KV v2; set the store's spec.provider.vault.version: v2")
		}
		return fn.Answer{}, at.missing("")
	case at.engine == fn.KV1:
		return fn.Answer{Fields: secret.New(string(e.Data)), Path: at.path}, nil
	}
	return at.versioned(e, data)
}

// versioned takes the secret out of what KV v2 wraps around it.
func (at location) versioned(e envelope, data map[string]json.RawMessage) (fn.Answer, error) {
	var m versionMetadata
	_ = json.Unmarshal(data["metadata"], &m) // for messages alone
	object, there := data["data"]
	switch {
	case !there:
		return fn.Answer{}, at.notVersioned(e, "secret")
	case isNull(object):
		return fn.Answer{}, at.gone(m)
	case !bytes.HasPrefix(object, []byte("{")):
		return fn.Answer{}, &fn.Fault{Cause: fmt.Sprintf("what %s holds has no fields", at.path)}
	}
	return fn.Answer{Fields: secret.New(string(object)), Version: m.Version, Path: at.path}, nil
}

// notVersioned is the fault of an answer without what KV v2 would put there.
func (at location) notVersioned(e envelope, what string) *fn.Fault {
	switch {
	case e.warns("Invalid path for a versioned K/V"):
		return &fn.Fault{Cause: fmt.Sprintf("%s is no path that KV v2 reads", at.path),
			Hint: "a mount with a / in its name has to be the store's spec.provider.vault.path"}
	case e.warns("root of a K/V v2 mount"):
		return &fn.Fault{Cause: fmt.Sprintf("%s is the mount itself, and no secret", at.path),
			Hint: "name the secret below it, as in: key: app/db"}
	}
	return &fn.Fault{Cause: fmt.Sprintf("%s holds no %s as KV v2 has it", at.path, what),
		Hint: "is the mount KV v1? Then the store needs spec.provider.vault.version: v1"}
}

// absent is the fault of a 404 with nothing in it.
func (at location) absent(e envelope) *fn.Fault {
	if strings.Contains(fmt.Sprint(e.Errors.items...), "no handler for route") {
		mount, _, _ := strings.Cut(at.path, "/")
		return &fn.Fault{Missing: true, Cause: fmt.Sprintf("no secrets engine is mounted where %s is read", at.path),
			Hint: fmt.Sprintf("is %q the mount? The store's spec.provider.vault.path names it", mount)}
	}
	switch at.part {
	case fn.FolderPart:
		return at.noFolder()
	case fn.MetadataPart:
		return at.noMetadata()
	}
	return at.missing("")
}

// missing is the fault of a secret, or a version of it, that is not there.
func (at location) missing(hint string) *fn.Fault {
	what := "no secret at " + at.path
	if at.version != "" {
		what = fmt.Sprintf("no version %s of the secret at %s", at.version, at.path)
		if hint == "" {
			hint = "is the version right? vault kv metadata get lists those there are"
		}
	}
	if hint == "" && at.engine == fn.KV2 {
		hint = "a KV v1 mount read as v2 looks the same; then set the store's spec.provider.vault.version: v1"
	}
	return &fn.Fault{Missing: true, Cause: what, Hint: hint}
}

// gone is the fault of a version that was deleted or destroyed.
func (at location) gone(m versionMetadata) *fn.Fault {
	switch {
	case m.Destroyed:
		return &fn.Fault{Missing: true, Cause: fmt.Sprintf("version %d of %s is destroyed", m.Version, at.path),
			Hint: "name a version that is left with remoteRef.version, or write a new one"}
	case m.DeletionTime != "":
		cause := fmt.Sprintf("version %d of %s was deleted", m.Version, at.path)
		if at, err := time.Parse(time.RFC3339, m.DeletionTime); err == nil {
			cause += " on " + at.Format(time.DateOnly)
		}
		return &fn.Fault{Missing: true, Cause: cause, Hint: "undelete it, or name another version with remoteRef.version"}
	}
	return at.missing("the version that is there was written without data")
}

// envelope is what Vault wraps around every answer, as far as it is looked at.
type envelope struct {
	RequestID string          `json:"request_id"`
	Data      json.RawMessage `json:"data"`
	Warnings  list[string]    `json:"warnings"`
	Errors    list[any]       `json:"errors"`
	LeaseID   string          `json:"lease_id"`
	// MountType is what answered; Vault says so since 1.17.
	MountType string `json:"mount_type"`
}

// parse reads an envelope; ok is false for anything else. ESO takes a body
// without an envelope for a secret, and an empty one for a secret that is not
// there: a gateway's 404 would become a Secret, or delete one.
//
// Others have a "data" as well: a Secret as the Kubernetes API server shows it, which
// kubectl proxy gives to whoever reaches its port. Beside Vault's there is always the
// request_id.
func (e *envelope) parse(body []byte) (ok bool) {
	if json.Unmarshal(body, e) != nil {
		return false
	}
	if e.Data != nil {
		return e.RequestID != ""
	}
	return e.Errors.given || e.Warnings.given
}

// list is one of an envelope, and whether it is there, if only as null.
type list[T any] struct {
	given bool
	items []T
}

// UnmarshalJSON is called with null, too.
func (l *list[T]) UnmarshalJSON(text []byte) error {
	l.given = true
	return json.Unmarshal(text, &l.items)
}

func (e envelope) warns(words string) bool {
	return strings.Contains(strings.Join(e.Warnings.items, " "), words)
}

// versionMetadata comes with a version of a KV v2 secret.
type versionMetadata struct {
	Version      int    `json:"version"`
	DeletionTime string `json:"deletion_time"`
	Destroyed    bool   `json:"destroyed"`
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
