package resourcelist

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/manifest"
)

// laughs are aliases of aliases: the last stands for 2 to the power of so many, and all
// of them for four times as much.
func laughs(levels int) string {
	text := "a0: &a0 [x, x]\n"
	for i := 1; i <= levels; i++ {
		text += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	return text
}

func TestAliasesStandForNoMoreThanTheyMay(t *testing.T) {
	const object = "apiVersion: v1\nkind: A\n"
	long := strings.Repeat("x", 1<<20)
	aliases := func(n int, of string) string { return "all: [" + strings.Repeat("*"+of+",", n) + "]\n" }
	for _, tc := range []struct {
		name, text string
		fails      bool
	}{
		{"laughs", object + laughs(40), true},
		{"some", object + laughs(16), false},
		{"in itself", object + "a: &a [*a]\n", true},
		{"a million", object + "a: &a [" + strings.Repeat("x,", 999) + "]\n" + aliases(1000, "a"), false},
		{"one more", object + "a: &a [" + strings.Repeat("x,", 999) + "]\n" + aliases(1000, "a") + "b: &b y\nmore: *b\n", true},
		{"64 MiB of text", object + "a: &a " + long + "\n" + aliases(64, "a"), false},
		{"more", object + "a: &a " + long + "\nb: &b y\n" + aliases(64, "a") + "more: *b\n", true},
		{"in two documents", object + laughs(16) + "---\n" + object + laughs(17), true},
		{"a list of one object", "apiVersion: v1\nkind: List\nx: &x {apiVersion: v1, kind: A, text: " + long + "}\nitems: [" + strings.Repeat("*x,", 65) + "]\n", true},
		{"merges", object + "a: &a {x: " + long + "}\nall: [" + strings.Repeat("{<<: *a},", 65) + "]\n", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Read([]byte(tc.text))
			if !tc.fails && err != nil {
				t.Fatal(err)
			}
			if tc.fails && (!errors.Is(err, errTooMuchAliased) || !strings.HasPrefix(err.Error(), "line ")) {
				t.Errorf("got %v", err)
			}
			// The same as an item that is cut out.
			item := "- " + strings.ReplaceAll(strings.TrimSuffix(tc.text, "\n"), "\n", "\n  ") + "\n"
			if strings.Contains(tc.text, "---") {
				item = strings.ReplaceAll(item, "---\n  ", "\n- ")
				item = strings.ReplaceAll(item, "  \n- ", "- ")
			}
			list, err := Read([]byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + item))
			if tc.fails != errors.Is(err, errTooMuchAliased) {
				t.Errorf("in a ResourceList: %v", err)
			}
			if !tc.fails && list.cutting == nil {
				t.Error("it was not cut")
			}
		})
	}
}

func TestObjectsAreNoMoreThanTheyMay(t *testing.T) {
	items := func(n int) []byte {
		return []byte(resourceListOf(strings.Repeat("- kind: A\n", n)))
	}
	if list, err := Read(items(maxObjects)); err != nil || len(list.Items) != maxObjects {
		t.Error(err)
	}
	inFlowStyle := "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [" + strings.Repeat("{},", maxObjects+1) + "]}"
	for name, text := range map[string][]byte{"items": items(maxObjects + 1), "in flow style": []byte(inFlowStyle)} {
		if _, err := Read(text); !errors.Is(err, errTooManyObjects) {
			t.Errorf("%s: %v", name, err)
		}
	}
	list := &List{Items: make([]*manifest.Object, maxObjects-1), Places: make([]fn.Place, maxObjects-1)}
	const document = "apiVersion: v1\nkind: A\n"
	if err := list.AddFile("a.yaml", []byte(document)); err != nil {
		t.Error(err)
	}
	if err := list.AddFile("b.yaml", []byte(document)); !errors.Is(err, errTooManyObjects) || !strings.HasPrefix(err.Error(), "line 1: ") {
		t.Error(err)
	}
}

func resourceListOf(items string) string {
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + items
}

// TestTheAnswerIsNoLargerThanItMay: JSON that is nested deeply becomes YAML whose
// indents are the square of it.
func TestTheAnswerIsNoLargerThanItMay(t *testing.T) {
	nested := func(depth int) string {
		return `{"apiVersion":"v1","kind":"A","a":` + strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth) + "}"
	}
	const object = "apiVersion: v1\nkind: A\n"
	for _, tc := range []struct {
		name, text string
		json       bool
	}{
		{"deep JSON", nested(900) + nested(900), false},
		{"as it was", object + "text: " + strings.Repeat("x", 1<<20) + "\n", false},
		{"cut", resourceListOf("- apiVersion: v1\n  kind: A\n  text: " + strings.Repeat("x", 1<<20) + "\n"), false},
		{"whole", "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [{text: " + strings.Repeat("x", 1<<20) + "}]}\n", false},
		{"as JSON", object + "a: &a " + strings.Repeat("x", 1<<19) + "\nb: [*a, *a]\n", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := Read([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			write := func(most fn.Bytes) ([]byte, error) {
				list.MaxOutput = most
				if tc.json {
					return list.JSON(list.Items)
				}
				return list.Answer(list.Items, nil)
			}
			whole, err := write(0)
			if err != nil || len(whole) < 1<<20 {
				t.Fatalf("%d bytes, %v", len(whole), err)
			}
			size := fn.Bytes(len(whole))
			separators := fn.Bytes(strings.Count(string(whole), "---\n") * 4)
			if strings.Contains(tc.text, "ResourceList") && list.cutting != nil {
				size = fn.Bytes(len(list.Items[0].Text())) // the list around the items is not counted
			}
			if _, err := write(size - separators); err != nil {
				t.Error(err)
			}
			var large *TooLarge
			if _, err := write(size - separators - 1); !errors.As(err, &large) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestWhatIsNestedDeeply ends with an error, and not with the stack.
func TestWhatIsNestedDeeply(t *testing.T) {
	const object = "apiVersion: v1\nkind: A\na: "
	for name, text := range map[string]string{
		"flow lists":    object + strings.Repeat("[", 1_000_000),
		"flow maps":     object + strings.Repeat("{a: ", 1_000_000),
		"block lists":   object + "\n" + strings.Repeat("- ", 1_000_000),
		"keys":          object + "\n " + strings.Repeat("? ", 1_000_000),
		"JSON":          `{"apiVersion":"v1","kind":"A","a":` + strings.Repeat(`[`, 1_000_000),
		"in an item":    resourceListOf("- a: " + strings.Repeat("[", 1_000_000) + "\n"),
		"closed":        object + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "\n",
		"JSON, closed":  `{"apiVersion":"v1","kind":"A","a":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "}",
		"items, closed": resourceListOf("- a: " + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), "not YAML") {
				t.Errorf("got %.200v", err)
			}
		})
	}
	for name, text := range map[string]string{
		"YAML": object + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n",
		"JSON": `{"apiVersion":"v1","kind":"A","a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}\n",
	} {
		list, err := Read([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, item := range list.Items { // written as a tree, too
			if _, err := list.Answer([]*manifest.Object{manifest.New(item.Node())}, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestALongLineIsRead(t *testing.T) {
	list, err := Read([]byte("apiVersion: v1\nkind: A\ntext: '" + strings.Repeat("x ", 8<<20) + "'\n"))
	if err != nil || len(list.Items) != 1 {
		t.Errorf("%v", err)
	}
}
