package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// judged is a history in which tenant-00's app was written anew an hour ago, and what a
// render of that tenant may write.
func judged() (h *history, p place, documents string, now time.Time) {
	now = time.Now()
	h = newHistory()
	long := version{began: now.Add(-3 * time.Hour), there: now.Add(-3 * time.Hour)}
	for _, path := range pathsOf("tenant-00") {
		h.of[path] = []version{long}
	}
	h.of["tenant-00/app"] = append(h.of["tenant-00/app"], version{began: now.Add(-time.Hour), there: now.Add(-time.Hour)})
	secret := func(name string, data ...string) {
		documents += fmt.Sprintf("---\nkind: Secret\nmetadata: {name: %s, namespace: tenant-00}\ndata:\n", name)
		for i := 0; i < len(data); i += 2 {
			documents += fmt.Sprintf("  %s: %s\n", data[i], base64.StdEncoding.EncodeToString([]byte(data[i+1])))
		}
	}
	app := func(field string) string { return valueOf("tenant-00/app", 2, field) }
	db := func(field string) string { return valueOf("tenant-00/db", 1, field) }
	secret("app", "user", app("user"), "password", app("password"))
	secret("db", "host", db("host"), "password", db("password"), "user", db("user"))
	secret("both", "of_app", app("host"), "of_db", db("host"), "url", app("host")+" "+db("host"))
	var found []string
	for i := range parts {
		path := fmt.Sprintf("tenant-00/parts/p%d", i)
		found = append(found, strings.ReplaceAll(path, "/", "_"),
			fmt.Sprintf(`{"host":"%s","password":"%s","user":"%s"}`, valueOf(path, 1, "host"), valueOf(path, 1, "password"), valueOf(path, 1, "user")))
	}
	secret("parts", found...)
	return h, place{tenants: []string{"tenant-00"}}, documents, now
}

// TestTheJudge sees what a load would hardly ever bring about.
func TestTheJudge(t *testing.T) {
	inBase64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	user := inBase64(valueOf("tenant-00/app", 2, "user"))
	became := func(value string) func(string) string {
		return func(documents string) string { return strings.Replace(documents, user, inBase64(value), 1) }
	}
	all := func(number int) func(string) string {
		return func(documents string) string {
			for _, field := range fields {
				documents = strings.ReplaceAll(documents, inBase64(valueOf("tenant-00/app", 2, field)), inBase64(valueOf("tenant-00/app", number, field)))
			}
			host := valueOf("tenant-00/db", 1, "host")
			return strings.ReplaceAll(documents, inBase64(valueOf("tenant-00/app", 2, "host")+" "+host), inBase64(valueOf("tenant-00/app", number, "host")+" "+host))
		}
	}
	for _, tc := range []struct {
		name   string
		change func(documents string) string
		says   string // "" for nothing
	}{
		{"as it has to be", func(d string) string { return d }, ""},
		{"another tenant's value", became(valueOf("tenant-01/app", 2, "user")), "it is user of tenant-01/app"},
		{"another secret's", became(valueOf("tenant-00/db", 1, "user")), "it is user of tenant-00/db"},
		{"another field", became(valueOf("tenant-00/app", 2, "host")), "it is host of"},
		{"two versions at once, of which each was there", became(valueOf("tenant-00/app", 1, "user")), "and another value of version"},
		{"a version that is old", all(1), "old"},
		{"a version that never was", all(3), "no such version"},
		{"something beside the value", became(valueOf("tenant-00/app", 2, "user") + " "), "beside"},
		{"no value", became(""), "it has 0 values"},
		{"no such Secret", func(d string) string { return strings.Replace(d, "name: db", "name: other", 1) }, "there is no Secret tenant-00/db"},
		{"one more", func(d string) string {
			return d + "---\nkind: Secret\nmetadata: {name: other, namespace: tenant-00}\n"
		}, "more Secrets"},
		{"one twice", func(d string) string { return d + d }, "twice"},
		{"one of another kind", func(d string) string { return strings.Replace(d, "kind: Secret", "kind: ExternalSecret", 1) }, "ExternalSecret"},
		{"a key too few", func(d string) string { return strings.Replace(d, "  user: "+user+"\n", "", 1) }, "has the keys"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, p, documents, now := judged()
			began := now.Add(-time.Second)
			if strings.Contains(tc.name, "each was there") {
				began = now.Add(-2 * time.Hour)
			}
			err := h.judge(p, tc.change(documents), began, now)
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
		})
	}
}
