package workload

import (
	"fmt"
	"strings"
)

// The same Secrets, written for the peers as their documentation has it. Each has
// the value of every field of one secret.

func secret(i int, annotations string, value func(field string) string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: made-%d\n%stype: Opaque\nstringData:\n", i, annotations)
	for j := range Fields {
		fmt.Fprintf(&text, "  %s: %s\n", Field(j), value(Field(j)))
	}
	return text.String()
}

// AVPInline is a Secret with a placeholder for each value
// (https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/#inline-path-placeholders).
func AVPInline(i int) string {
	return secret(i, "", func(field string) string { return fmt.Sprintf("<path:%s/data/%s#%s>", Mount, Key(i), field) })
}

// AVPAnnotated is a Secret that has the path once, as an annotation
// (https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/#generic-placeholders).
func AVPAnnotated(i int) string {
	path := fmt.Sprintf("  annotations:\n    avp.kubernetes.io/path: %s/data/%s\n", Mount, Key(i))
	return secret(i, path, func(field string) string { return "<" + field + ">" })
}

// Vals is a Secret with a reference for each value
// (https://github.com/helmfile/vals#vault).
func Vals(i int) string {
	return secret(i, "", func(field string) string { return fmt.Sprintf("ref+vault://%s/%s#/%s", Mount, Key(i), field) })
}

// KubernetesList is one document with all of them: vals has a cache and a login for
// each document, and takes what is in a list in its order.
func KubernetesList(documents ...string) string {
	return strings.Replace(List(documents...), "apiVersion: config.kubernetes.io/v1\nkind: ResourceList", "apiVersion: v1\nkind: List", 1)
}
