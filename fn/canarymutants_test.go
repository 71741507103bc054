package fn

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/fn/manifest"
)

// wholeExternalSecret has every field of one that shapes the Secret.
const wholeExternalSecret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app, namespace: default, labels: {a: b}, annotations: {a: b}}
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  refreshInterval: 1h
  data:
  - secretKey: k
    remoteRef: {key: s, property: f, version: "1", conversionStrategy: Default, decodingStrategy: None, metadataPolicy: None, nullBytePolicy: Ignore}
    sourceRef: {storeRef: {name: vault, kind: SecretStore}}
  dataFrom:
  - extract: {key: s, property: "", version: "", conversionStrategy: Default, decodingStrategy: None, metadataPolicy: None}
    rewrite: [{regexp: {source: a, target: b}}, {transform: {template: "{{ .value }}"}}, {merge: {into: x, strategy: JSON, priority: [f], priorityPolicy: Strict, conflictPolicy: Error}}]
  - find: {path: d, name: {regexp: ".*"}, tags: {a: b}, conversionStrategy: Default, decodingStrategy: None}
    sourceRef: {storeRef: {name: vault, kind: SecretStore}}
  - sourceRef: {generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: p}}
  target:
    name: there
    creationPolicy: Owner
    deletionPolicy: Retain
    immutable: false
    template:
      type: Opaque
      engineVersion: v2
      mergePolicy: Replace
      metadata: {labels: {a: b}, annotations: {a: b}, finalizers: [a/b]}
      data: {k: "{{ .k }}"}
      templateFrom:
      - {target: Data, literal: "a: b"}
      - {configMap: {name: c, items: [{key: k, templateAs: Values}]}, valuesDecodingStrategy: None}
      - {target: Labels, secret: {name: login, items: [{key: token, templateAs: KeysAndValues}]}}
`

// wholeStores is a store for each login, with everything else that a store can say
// about a connection.
func (c *canaryRun) wholeStores() map[string]string {
	ref := `{name: login, key: token, namespace: default}`
	account := `{name: sa, namespace: default, audiences: [vault]}`
	stores := map[string]string{}
	for method, auth := range map[string]string{
		"tokenSecretRef": ref,
		"appRole":        `{path: approle, roleId: ` + c.marks.Text("roleId") + `, roleRef: ` + ref + `, secretRef: ` + ref + `}`,
		"kubernetes":     `{mountPath: kubernetes, role: r, serviceAccountRef: ` + account + `, secretRef: ` + ref + `}`,
		"ldap":           `{path: ldap, username: ada, secretRef: ` + ref + `}`,
		"userPass":       `{path: userpass, username: ada, secretRef: ` + ref + `}`,
		"jwt":            `{path: jwt, role: r, secretRef: ` + ref + `, kubernetesServiceAccountToken: {serviceAccountRef: ` + account + `, audiences: [vault], expirationSeconds: 600}}`,
		"cert":           `{path: cert, vaultRole: r, clientCert: ` + ref + `, secretRef: ` + ref + `}`,
		"iam":            `{path: aws, region: eu-west-1, role: r, externalID: x, vaultRole: v, vaultAwsIamServerID: h, secretRef: {accessKeyIDSecretRef: ` + ref + `, secretAccessKeySecretRef: ` + ref + `, sessionTokenSecretRef: ` + ref + `}, jwt: {serviceAccountRef: ` + account + `}}`,
		"gcp":            `{path: gcp, role: r, projectID: p, secretRef: {secretAccessKeySecretRef: ` + ref + `}, workloadIdentity: {clusterName: made-up}}`,
	} {
		stores[method] = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: default}
spec:
  controller: ""
  refreshInterval: 60
  retrySettings: {maxRetries: 3, retryInterval: 1s}
  conditions: [{namespaces: [default], namespaceRegexes: [".*"], namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [b]}]}}]
  provider:
    vault:
      server: https://vault.example
      path: kv
      version: v2
      namespace: ns
      caBundle: ` + c.marks.Text("caBundle") + `
      caProvider: {type: Secret, name: login, key: token, namespace: default}
      tls: {certSecretRef: ` + ref + `, keySecretRef: ` + ref + `}
      headers: {X-Made-Up: ` + c.marks.Text("a header") + `, Authorization: "` + c.marks.Text("a header that is refused") + `\n"}
      readYourWrites: true
      forwardInconsistent: true
      checkAndSet: {required: true}
      auth:
        namespace: ns
        ` + method + ": " + auth + "\n"
	}
	return stores
}

// mutants are copies of a document, each with one thing wrong with it: something else
// in a place, where what it is holds a mark, unless it is a text, which messages may
// quote; nothing at all there; or something beside it that has no place.
func (c *canaryRun) mutants(document string, each func(name string, mutant *manifest.Object)) {
	mark := func(what string) *yaml.Node {
		return yaml.NewStringRNode(c.marks.Text("in place of a field: " + what)).YNode()
	}
	tagged := mark("a tagged text")
	tagged.Tag, tagged.Style = "!!made-up", yaml.TaggedStyle
	instead := []*yaml.Node{list([]string{mark("a list").Value}), {Kind: yaml.MappingNode, Content: []*yaml.Node{text("a"), mark("a map")}}, tagged, yaml.MustParse(c.marks.Number("in place of a field")).YNode()}
	for _, plain := range []string{`""`, `" "`, `made up!`, `../x`, `(`, `{{ .none }}`, `null`, `yes`, `-1`, `.5`, `Merge`} {
		instead = append(instead, yaml.MustParse(plain).YNode())
	}
	original := yaml.MustParse(document)
	for i, at := range places(original.YNode()) {
		change := func(how string, in func(place)) {
			mutant := original.Copy()
			in(places(mutant.YNode())[i])
			each(at.path+" "+how, manifest.New(mutant))
		}
		for j, other := range instead {
			if j > 0 || !isOfNames[at.name] {
				change(fmt.Sprint("as ", j), func(p place) { *p.value = *other })
			}
		}
		if at.in.Kind == yaml.MappingNode {
			change("and unknown ones", func(p place) {
				p.in.Content = append(p.in.Content, text("madeUp"), mark("an unknown field"), text("password"), list([]string{mark("an unknown list").Value}))
			})
			change("twice", func(p place) { p.in.Content = append(p.in.Content, text(p.name), mark("a field given twice")) })
			change("left out", func(p place) { remove(p.in, p.name) })
		}
	}
}

// isOfNames are fields that are lists of names, which messages quote.
var isOfNames = map[string]bool{"namespaces": true, "namespaceRegexes": true, "priority": true, "audiences": true, "finalizers": true, "values": true}

// place is a value in a document, but for its name: in this map or list.
type place struct {
	path, name string
	in, value  *yaml.Node
}

func places(n *yaml.Node) (all []place) {
	var walk func(path string, n *yaml.Node)
	walk = func(path string, n *yaml.Node) {
		for i, child := range n.Content {
			at := place{fmt.Sprintf("%s[%d]", path, i), "", n, child}
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				at.name = n.Content[i-1].Value
				at.path = path + "." + at.name
			}
			if strings.HasPrefix(at.path, ".metadata.labels") || strings.HasPrefix(at.path, ".metadata.annotations") || strings.HasPrefix(at.path, ".spec") {
				all = append(all, at)
			}
			walk(at.path, child)
		}
	}
	walk("", n)
	return all
}

// manifests are ExternalSecrets and stores with one thing wrong with them.
func (c *canaryRun) manifests() {
	source := &fake{secrets: map[string]string{"s": `{"f":"` + c.marks.Text("read by a mutant") + `","k":{"a":"` + c.marks.Text("a map read by a mutant") + `"}}`, "d/a": `{"f":"` + c.marks.Text("found by a mutant") + `"}`}}
	beside := items(c.T, c.store(""))
	c.mutants(wholeExternalSecret, func(name string, mutant *manifest.Object) {
		// A template may put what a Secret holds into labels.
		c.over("ExternalSecret "+name, append(slices.Clone(beside), mutant), source, "labels", "annotations")
	})
	beside = items(c.T, c.login()+es("app", `data: [{secretKey: k, remoteRef: {key: s}}]`))
	for method, store := range c.wholeStores() {
		c.mutants(store, func(name string, mutant *manifest.Object) {
			if strings.Contains(name, ".auth.") || method == "tokenSecretRef" { // the rest is the same in all
				c.over(method+" "+name, append(slices.Clone(beside), mutant), source)
			}
		})
	}
}
