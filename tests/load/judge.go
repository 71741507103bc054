package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// judge tells what is wrong with the documents of a render at a place that went on from
// one time to another: each has to be there, once and whole, with its own tenant's values,
// and all values of a secret have to be of one version, which was there then.
func (h *history) judge(p place, documents string, from, to time.Time) error {
	found, err := secretsIn(documents)
	if err != nil {
		return err
	}
	seen := map[string]int{} // the version of each path
	for _, t := range p.tenants {
		for name, keys := range keysOf(t) {
			data, ok := found[t+"/"+name]
			if !ok {
				return fmt.Errorf("there is no Secret %s/%s", t, name)
			}
			delete(found, t+"/"+name)
			if got := slices.Sorted(maps.Keys(data)); !slices.Equal(got, keys) {
				return fmt.Errorf("Secret %s/%s has the keys %q, want %q", t, name, got, keys)
			}
			for key, value := range data {
				if err := h.judgeValue(t, name, key, value, seen, from, to); err != nil {
					return fmt.Errorf("Secret %s/%s, key %q: %w", t, name, key, err)
				}
			}
		}
		delete(found, t+"/login") // that of the package passes through
	}
	if len(found) > 0 {
		return fmt.Errorf("there are more Secrets than there should be: %q", slices.Sorted(maps.Keys(found)))
	}
	return nil
}

// secretsIn are the data of the Secrets among documents, by namespace/name. All have to
// be Secrets.
func secretsIn(documents string) (map[string]map[string]string, error) {
	found := map[string]map[string]string{}
	for decoder := yaml.NewDecoder(strings.NewReader(documents)); ; {
		var object struct {
			Kind     string
			Metadata struct{ Namespace, Name string }
			Data     map[string]string
		}
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("what was written is no YAML: %w", err)
		}
		name := object.Metadata.Namespace + "/" + object.Metadata.Name
		if _, twice := found[name]; twice || object.Kind != "Secret" {
			return nil, fmt.Errorf("%s %s is there twice, or should not be there", object.Kind, name)
		}
		found[name] = object.Data
		for key, value := range object.Data {
			plain, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				return nil, fmt.Errorf("Secret %s, key %q: no base64", name, key)
			}
			object.Data[key] = string(plain)
		}
	}
}

var made = regexp.MustCompile(`made-up:([a-z0-9/-]+):(\d+):([a-z]+)`)

// wanted is which secret's fields each key has, in their order.
func wanted(tenant, secret, key string) (path string, from []string) {
	switch {
	case secret == "app", secret == "db":
		return tenant + "/" + secret, []string{key}
	case secret == "parts":
		return tenant + "/parts/" + strings.TrimPrefix(key, tenant+"_parts_"), []string{"host", "password", "user"}
	case key == "of_app":
		return tenant + "/app", []string{"host"}
	}
	return tenant + "/db", []string{"host"}
}

func (h *history) judgeValue(tenant, secret, key, value string, seen map[string]int, from, to time.Time) error {
	if key == "url" {
		one, other, _ := strings.Cut(value, " ")
		return errors.Join(h.judgeValue(tenant, secret, "of_app", one, seen, from, to), h.judgeValue(tenant, secret, "of_db", other, seen, from, to))
	}
	path, of := wanted(tenant, secret, key)
	parts := made.FindAllStringSubmatch(value, -1)
	if len(parts) != len(of) {
		return fmt.Errorf("it has %d values, want %d", len(parts), len(of))
	}
	whole := map[string]string{}
	for i, part := range parts {
		number, _ := strconv.Atoi(part[2])
		if part[1] != path || part[3] != of[i] {
			return fmt.Errorf("it is %s of %s, want %s of %s", part[3], part[1], of[i], path)
		}
		if before, known := seen[path]; known && before != number {
			return fmt.Errorf("it is of version %d of %s, and another value of version %d", number, path, before)
		}
		seen[path] = number
		if why := h.had(path, number, from, to); why != "" {
			return fmt.Errorf("it is of version %d of %s: %s", number, path, why)
		}
		whole[of[i]] = part[0]
	}
	// And nothing beside it.
	if secret == "parts" {
		document, _ := json.Marshal(whole)
		if value != string(document) {
			return fmt.Errorf("it is not the whole secret, or more")
		}
	} else if value != whole[of[0]] {
		return fmt.Errorf("there is something beside the value")
	}
	return nil
}
