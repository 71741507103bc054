package workload

import (
	"fmt"
	"strings"
)

// otherKinds are what a package has most of, %[1]d a number and %[2]s annotations.
var otherKinds = []struct{ kind, text string }{
	{"ConfigMap", `apiVersion: v1
data:
  LOG_LEVEL: info
  settings.properties: |
    color=blue
    retries=%[1]d
kind: ConfigMap
metadata:
  annotations:
%[2]s  name: x-app-%[1]d
  namespace: shop
`},
	{"Deployment", `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
%[2]s  name: x-app-%[1]d
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-%[1]d
  template:
    metadata:
      labels:
        app: app-%[1]d
    spec:
      containers:
      - image: registry.example.com/app:v1.%[1]d
        name: app
        ports:
        - containerPort: 8080
`},
	{"Service", `apiVersion: v1
kind: Service
metadata:
  annotations:
%[2]s  name: x-app-%[1]d
  namespace: shop
spec:
  ports:
  - port: 80
    targetPort: 8080
  selector:
    app: app-%[1]d
`},
	{"ServiceAccount", `apiVersion: v1
automountServiceAccountToken: false
kind: ServiceAccount
metadata:
  annotations:
%[2]s  name: x-app-%[1]d
  namespace: shop
`},
}

// annotations are those that kustomize v5.8 gives a function, with one of the
// resource's own, where the kustomization has a namespace and a prefix for names.
const annotations = `internal.config.kubernetes.io/prefixes: x-
internal.config.kubernetes.io/previousKinds: %[1]s,%[1]s
internal.config.kubernetes.io/previousNames: app-%[2]d,app-%[2]d
internal.config.kubernetes.io/previousNamespaces: default,shop
kustomize.config.k8s.io/id: |
  kind: %[1]s
  name: x-app-%[2]d
  namespace: shop
  version: v1
team: shop
config.kubernetes.io/index: '%[2]d'
internal.config.kubernetes.io/index: '%[2]d'
internal.config.kubernetes.io/annotations-migration-resource-id: '%[2]d'
internal.config.kubernetes.io/id: '%[2]d'
config.k8s.io/id: '%[2]d'
`

// Others are so many resources that are none of esfn's, as kustomize gives them to a
// function: about 850 bytes each, with 11 annotations.
func Others(n int) (all []string) {
	for i := range n {
		of := otherKinds[i%len(otherKinds)]
		marks := "    " + strings.ReplaceAll(strings.TrimSuffix(fmt.Sprintf(annotations, of.kind, i), "\n"), "\n", "\n    ") + "\n"
		all = append(all, fmt.Sprintf(of.text, i, marks))
	}
	return all
}
