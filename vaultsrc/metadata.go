package vaultsrc

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// systemFields are those of KV v2's own that stand beside the custom ones.
var systemFields = []string{"created_time", "current_version", "delete_version_after"}

// metadata makes fields of what KV v2 knows about a secret, all of them texts
// (readSecretMetadata in ESO's providers/v1/vault/client_get.go). A custom field
// takes the place of a system field of its name.
func (at location) metadata(e envelope, data map[string]json.RawMessage) (fn.Answer, error) {
	fields := map[string]string{}
	for _, name := range systemFields {
		if raw := data[name]; !isNull(raw) {
			fields[name] = printed(raw)
		}
	}
	var custom map[string]json.RawMessage
	if raw := data["custom_metadata"]; !isNull(raw) && json.Unmarshal(raw, &custom) != nil {
		return fn.Answer{}, at.notVersioned(e, "metadata")
	}
	for name, raw := range custom {
		fields[name] = printed(raw)
	}
	// KV v2 always tells the first two. What has none of them is likely a secret
	// of KV v1, in a folder metadata.
	if len(fields) == 0 {
		return fn.Answer{}, at.notVersioned(e, "metadata")
	}
	object, err := json.Marshal(fields)
	if err != nil {
		panic(err) // texts always encode
	}
	return fn.Answer{Fields: secret.New(string(object)), Path: at.path}, nil
}

// printed is a value as ESO prints it: a text as it is, a number with its digits,
// and anything else as Go's %v has it.
func printed(raw json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // raw is a whole value of an answer that was decoded
	return fmt.Sprint(value)
}

// noMetadata is the fault of a secret that KV v2 knows nothing about.
func (at location) noMetadata() *fn.Fault {
	return &fn.Fault{Missing: true, Cause: "no metadata at " + at.path,
		Hint: "is there such a secret, and is the mount KV v2? KV v1 keeps no metadata"}
}
