package fn

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/canary"
)

// refused are manifests that are wrong in a way of their own, which no single change to a
// good one makes: fields under the names that people write for them, with a value where
// somebody would put one, and fields that do not go together.
func (c *canaryRun) refused() {
	m := c.marks
	mark := func(what string) string { return m.Text("refused: " + what) }
	source := &fake{secrets: map[string]string{"s": `{"f":"` + mark("read") + `"}`, "d/a": `{"f":"` + mark("found") + `"}`}}
	plain := es("app", `data: [{secretKey: k, remoteRef: {key: s, property: f}}]`)
	const login, token = `{name: login, key: token}`, `auth: {tokenSecretRef: {name: login, key: token}}`
	store := c.store("")
	stores := map[string]string{}
	for name, auth := range map[string]string{
		"misnamed": "{token: " + mark("token") + ", aws: {x: " + mark("aws") + "}, oidc: {x: " + mark("oidc") + "}, secretRef: {x: " + mark("secretRef") + "}, tokenSecretRef: " + login + "}", "kubernetes": "{kubernetes: {path: " + mark("path") + ", role: r}}", "jwt": "{jwt: {path: jwt, role: r, mountPath: " + mark("mountPath") + ", serviceAccountRef: {name: " + mark("serviceAccountRef") + "}}}",
		"no JWT": "{jwt: {path: jwt, role: r}}", "a short life": "{jwt: {path: jwt, kubernetesServiceAccountToken: {serviceAccountRef: {name: sa, audiences: [\"a\\nb\"]}, expirationSeconds: 5}}}", "iam": "{iam: {vaultRole: r, serviceAccountRef: {x: " + mark("account of iam") + "}}}", "gcp": "{gcp: {role: r, vaultRole: " + mark("vaultRole") + "}}", "cert": "{cert: {role: " + mark("role") + ", mountPath: " + mark("mountPath of cert") + ", clientCert: " + login + ", secretRef: " + login + "}}",
		"keys of iam": "{iam: {vaultRole: r, secretRef: {accessKeyIDSecretRef: {name: login}, secretAccessKeySecretRef: {name: login}, sessionTokenSecretRef: {name: login}}}}", "keys of appRole": "{appRole: {path: approle, roleRef: {name: login}, secretRef: {name: login}}}", "two lines": "{userPass: {path: userpass, username: \"a\\nb\", secretRef: " + login + "}}", "appRole": "{appRole: {path: approle, roleId: r, secretId: " + mark("secretId") + ", secretRef: " + login + "}}", "ldap": "{ldap: {path: ldap, username: ada, password: " + mark("password") + ", secretRef: " + login + "}}",
	} {
		stores["auth, "+name] = strings.Replace(store, token, "auth: "+auth, 1)
	}
	key := canary.Base64("-----BEGIN RSA PRIVATE KEY-----\n" + canary.Base64(mark("a key as caBundle")) + "\n-----END RSA PRIVATE KEY-----\n")
	for name, more := range map[string]string{
		"misnamed": "address: " + mark("address") + ", mount: " + mark("mount") + ", token: " + mark("token of vault") + ", ca: " + mark("ca") + ", tls: {clientCert: " + mark("clientCert") + ", secretRef: {x: " + mark("secretRef of tls") + "}}, ", "versions": "version: v1, checkAndSet: {required: true}, ", "no key": "caProvider: {type: Secret, name: login}, ",
		"elsewhere": "tls: {certSecretRef: {name: login, namespace: other}, keySecretRef: {name: login, namespace: other}}, ", "headers": "headers: {\"a b\": " + mark("a header") + ", X-Vault-Token: " + mark("a token's header") + ", Authorization: Bearer " + mark("a bearer") + ", Host: " + mark("a host") + ", X-Line: \"" + mark("a line") + "\\nx\"}, ", "a key": "caBundle: " + key + ", ", "a text": "caBundle: " + canary.Base64(mark("a text as caBundle")) + ", ",
	} {
		stores["vault, "+name] = c.store(more)
		stores["vault of a cluster, "+name] = strings.Replace(c.store(more), "kind: SecretStore", "kind: ClusterSecretStore", 1)
	}
	for name, with := range map[string][2]string{
		"above": {"spec: {provider", "spec: {vault: {token: " + mark("above") + "}, provider"}, "beside": {"provider: {vault:", "provider: {server: " + mark("beside") + ", valt: {token: " + mark("mistyped") + "}, vault:"},
		"less than none": {"spec: {provider", "spec: {retrySettings: {maxRetries: 1, retryInterval: -1s}, provider"},
	} {
		stores[name] = strings.Replace(store, with[0], with[1], 1)
	}
	for name, one := range stores {
		of := plain
		if strings.Contains(one, "ClusterSecretStore") {
			of = strings.Replace(plain, "{name: vault}", "{name: vault, kind: ClusterSecretStore}", 1)
		}
		c.in("a store refused: "+name, one+of, source)
		c.byOperator("a store refused: "+name, one, of, source)
	}
	const generator = `generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: p}`
	for _, spec := range []string{
		"data: [{secretKey: k, remoteRef: {key: s}, sourceRef: {" + generator + "}}]", "dataFrom: [{extract: {key: s}, find: {path: d}}]", "dataFrom: [{extract: {key: s}, sourceRef: {storeRef: {name: vault}, " + generator + "}}]", "dataFrom: [{key: " + mark("key") + ", property: " + mark("property") + ", version: " + mark("version") + "}]",
		"dataFrom: [{extract: {key: s}, rewrite: [{regexp: {source: 'a{1000}b{1000}c{1000}d{1000}e{1000}f{1000}g{1000}h{1000}i{1000}j{1000}k{1000}', target: a}}]}]", "data: [{secretKey: k, remoteRef: {key: s}}]\nsyncWindows: {kind: allow, windows: []}", "data: [{secretKey: 'a b', remoteRef: {key: s}}]\ntarget: {manifest: {apiVersion: v1, kind: Secret}}",
		"data: [{secretKey: k, remoteRef: {key: s}}]\ntarget: {template: {type: bootstrap.kubernetes.io/token, data: {'a b': '{{ .k }}'}}}", "data: [{secretKey: k, remoteRef: {key: s}}]\ntarget: {creationPolicy: hvs." + mark("a token for a policy") + "}", "dataFrom: [{find: {path: d, name: {regexp: .}, tags: {a: b}}}]", "dataFrom: [{sourceRef: {storeRef: {name: vault}}}]",
		"data: [{secretKey: k, remoteRef: {key: s, metadataPolicy: Fetch}}]", "dataFrom: [{find: {path: d}}]", "dataFrom: [{find: {name: {regexp: .}}}]", "data: [{secretKey: k, remoteRef: {key: s, property: '{a,b,c}.{a,b,c}.{d,e,f}.{g,h,i}|@pretty|@pretty|@pretty'}}]", "data: [{secretKey: k, remoteRef: {key: s, property: 'f|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr|@tostr'}}]",
	} {
		one := es("app", spec)
		noMount := strings.Replace(store, "path: kv, ", "", 1)
		for name, documents := range map[string]string{
			"": store + one, "no mount": noMount + one, "no mount of KV v1": strings.Replace(noMount, "vault: {", "vault: {version: v1, ", 1) + one, "no store": strings.Replace(store+one, "secretStoreRef: {name: vault}\n  ", "", 1),
		} {
			c.in("refused, "+name+": "+spec, documents, source)
		}
	}
	c.configured(plain, store, source)
}

// configured are functionConfigs, and what hosts give, that nothing can be made of.
func (c *canaryRun) configured(plain, store string, source Source) {
	m := c.marks
	local := func(kind, rest string) string {
		return kind + "metadata: {name: c, annotations: {" + localConfig + ": \"true\"}}\n" + rest
	}
	const ours, config = "apiVersion: esfn.krm/v1alpha1\nkind: RenderExternalSecrets\n", "apiVersion: v1\nkind: ConfigMap\n"
	of := strings.Replace(plain, "metadata: {name: app}", "metadata: {name: app, annotations: {"+localConfig+": \"true\"}}", 1)
	marked := "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {a: " + m.Text("among resources") + "}\n"
	ignoring := strings.Replace(plain, "{name: app}", "{name: app, annotations: {esfn.krm/ignore: \"true\"}}", 1)
	resources := func(documents ...string) string {
		text := "spec:\n  resources:\n"
		for _, one := range documents {
			text += "  - " + strings.ReplaceAll(strings.TrimSpace(one), "\n", "\n    ") + "\n"
		}
		return text
	}
	for name, text := range map[string]string{
		"resources in a ConfigMap": local(config, "data: {resources: "+m.Text("resources in a ConfigMap")+"}\n"), "nothing": local(ours, "spec: {}\n"), "a ConfigMap with nothing": local(config, ""), "an ExternalSecret": of,
		"an ignored one": local(ours, resources(ignoring, marked)), "no store": local(ours, resources(plain, marked)), "all": local(ours, resources(append(strings.Split(store, "---\n")[:2], plain)...)),
	} {
		c.with("a generator: "+name, Input{Items: items(c.T, text), FunctionConfig: yaml.MustParse(text)}, source)
		c.with("beside others: "+name, Input{Items: items(c.T, store+plain), FunctionConfig: yaml.MustParse(text)}, source)
		c.with("alone: "+name, Input{FunctionConfig: yaml.MustParse(text)}, source)
	}
	change := func(text string, oldNew ...string) string { return strings.NewReplacer(oldNew...).Replace(text) }
	id := func(text string) string {
		return change(text, "metadata: {", "metadata: {annotations: {kustomize.config.k8s.io/id: x}, ")
	}
	placed := func(text string) string {
		return change(text, "metadata: {", "metadata: {annotations: {config.kubernetes.io/path: app.yaml, internal.config.kubernetes.io/path: app.yaml, internal.config.kubernetes.io/index: \"3\"}, ")
	}
	login := c.login()
	renamed := "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: a-vault, annotations: {internal.config.kubernetes.io/previousNames: vault, internal.config.kubernetes.io/previousKinds: SecretStore, internal.config.kubernetes.io/previousNamespaces: default}}\nspec: {provider: {vault: {server: \"https://vault.example\", path: kv}}}\n---\n"
	many := "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: %s}\nspec:\n  externalSecretName: app\n  namespaces: [default, shop]\n  externalSecretSpec:\n    secretStoreRef: {name: vault}\n    data: [{secretKey: k, remoteRef: {key: s}}]\n---\n"
	for name, documents := range map[string]string{
		"neither": store + change(plain, "{name: app}", "{name: app, annotations: {esfn.krm/ignore: perhaps}}"), "left and made": store + plain + "---\n" + change(ignoring, "name: app,", "name: other,") + "  target: {name: app}\n", "kustomize, no store": id(login + plain), "kpt, no store": placed(login + plain), "two stores": renamed + change(renamed, "a-vault", "b-vault") + plain, "two stores, and their names": renamed + change(renamed, "a-vault", "b-vault", "server:", "namespace: "+m.Text("a namespace of Vault")+", server:") + id(plain),
		"kpt, a place": placed(store) + placed(plain) + "---\n" + placed(plain), "another's": store + change(plain, "external-secrets.io/v1", "kubernetes-client.io/v1"), "a list": "apiVersion: external-secrets.io/v1\nkind: ExternalSecretList\nmetadata: {name: l}\nitems: [" + m.Text("in a list of ours") + "]\n", "mistyped": store + change(plain, "kind: ExternalSecret", "kind: ExternalSecert"), "nobody's": change(store, "kind: SecretStore", "kind: SecretStores") + plain,
		"two of them": change(store, "kind: SecretStore", "kind: SecretStore") + strings.Replace(many, "%s", "one", 1) + strings.Replace(many, "%s", "two", 1), "both controllers'": store + change(strings.TrimPrefix(store, login), "{name: vault}", "{name: vault, namespace: shop}", "spec: {", "spec: {controller: theirs, ") + strings.Replace(many, "%s", "both", 1), "conditions": change(store, "kind: SecretStore", "kind: ClusterSecretStore", "spec: {", "spec: {conditions: [{namespaces: [none]}], ") + change(plain, "{name: vault}", "{name: vault, kind: ClusterSecretStore}"),
		"aliases": change(store, "name: vault}", "name: vault, labels: &l {a: b, c: d}, annotations: *l}") + plain, "twice": store + plain + "---\n" + plain,
	} {
		c.in("from a host: "+name, documents, source)
		c.with("from a host, kept: "+name, Input{Items: items(c.T, documents), FunctionConfig: yaml.MustParse(local(ours, "spec: {consumed: Keep}"))}, source)
		c.with("from files: "+name, Input{Items: items(c.T, documents), Plain: true, Places: []Place{{"a.yaml", 1}, {"b.yaml", 7}, {"b.yaml", 30}, {"c.yaml", 2}}}, source)
	}
	c.with("nothing at all", Input{}, source)
}
