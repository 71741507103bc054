package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const madeUp = "made-up-hunter2"

// holder has a Value where fmt may call its methods and where it may not.
type holder struct {
	Open   Value
	hidden Value
	nested struct{ deep []Value }
	byName map[string]Value
}

func printed(t *testing.T) map[string]string {
	t.Helper()
	v := New(madeUp)
	h := holder{Open: v, hidden: v, byName: map[string]Value{"k": v}}
	h.nested.deep = []Value{v}
	out := map[string]string{"string": v.String(), "error": errors.Join(fmt.Errorf("wrapped: %w", fmt.Errorf("%v", v))).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%c", "%U", "%e", "%08b"} {
		out["value "+verb] = fmt.Sprintf(verb, v)
		out["pointer "+verb] = fmt.Sprintf(verb, &v)
		out["holder "+verb] = fmt.Sprintf(verb, h)
		out["holder pointer "+verb] = fmt.Sprintf(verb, &h)
	}
	asJSON, err := json.Marshal(map[string]any{"v": v, "h": h, "m": map[Value]int{v: 1}})
	if err != nil {
		t.Fatal(err)
	}
	out["json"] = string(asJSON)
	asYAML, err := yaml.Marshal(map[string]any{"v": v})
	if err != nil {
		t.Fatal(err)
	}
	out["yaml"] = string(asYAML)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v, "h", h)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v, "h", h)
	out["slog"] = log.String()
	return out
}

func TestNoWayToPrintAValue(t *testing.T) {
	hex := fmt.Sprintf("%x", madeUp)
	for how, text := range printed(t) {
		if strings.Contains(text, madeUp) || strings.Contains(strings.ToLower(text), hex) {
			t.Errorf("%s shows the secret", how)
		}
	}
	if got := fmt.Sprintf("%v %d", New(madeUp), New("")); got != "[redacted] [redacted]" {
		t.Errorf("got %q", got)
	}
}

func TestValuesCompareByTheirBytes(t *testing.T) {
	if New(madeUp) != New("made-up-"+"hunter2") {
		t.Error("equal secrets differ")
	}
	if New(madeUp) == New("other") {
		t.Error("different secrets are equal")
	}
	if New("") != (Value{}) || !New("").IsEmpty() || New("").Reveal() != "" {
		t.Error("the empty secret is not the zero Value")
	}
	if New(madeUp).Reveal() != madeUp {
		t.Error("Reveal does not give the secret back")
	}
}
