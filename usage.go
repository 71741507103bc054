package main

// usage is what esfn --help prints, to stdout: kpt fn doc shows it.
const usage = `esfn renders ExternalSecrets into Secrets, with values from HashiCorp Vault.

Usage:
  esfn < resourcelist.yaml     as a KRM function: kustomize and kpt run it so
  helm template … | esfn       plain documents in, plain documents out
  esfn FILE|FOLDER|-…          the same, from files, stdin (-), and all .yaml,
                               .yml and .json files below folders that are not
                               hidden; a kustomization is kustomize's to build
  esfn build FOLDER            the same, from what kustomize build makes of the
                               folder, or from its files where it has no
                               kustomization; no function of a kustomization is run
  esfn doctor [FILE|FOLDER|-…] say of each store of the manifests where it leads,
                               who logs in there by what, and whether that works;
                               reads no secret
  esfn install FOLDER          copy esfn there, for init containers
  esfn version                 print the version
  esfn --help                  print this
With -o json plain documents come out as JSON, an object on each line.

ExternalSecret, ClusterExternalSecret, SecretStore and ClusterSecretStore
(external-secrets.io/v1 and v1beta1) are read as External Secrets Operator reads
them; what esfn does not do yet it refuses by name. Each ExternalSecret is replaced
by the Secret that it makes, the stores that it used are dropped (kpt: both are
kept), and everything else passes through. If anything is wrong, esfn says all of
it on stderr, writes no Secret, and exits with 1.

A functionConfig is needed for settings only. They stand under spec of
  apiVersion: esfn.krm/v1alpha1
  kind: RenderExternalSecrets
or, but for resources, in the data of a ConfigMap. Among plain documents it may
stand as one of them.
  consumed: Drop|Keep          what becomes of ExternalSecrets and stores
  suffixHash: true             have kustomize add a hash to the Secrets' names
  outputPath: FOLDER           where kpt writes Secrets (.rendered-secrets)
  resources: [OBJECT…]         ExternalSecrets and stores besides those given;
                               a generator of kustomize's has no others

An ExternalSecret with the annotation esfn.krm/ignore: "true" passes through, with
the stores that it needs.

Environment:
  VAULT_ADDR                   in place of every store's server
  VAULT_TOKEN                  in place of every store's auth
  VAULT_TOKEN_FILE             the same, from a file, such as ~/.vault-token of
                               vault login
  VAULT_NAMESPACE              in place of every store's namespace
  VAULT_CACERT                 file with the CA certificates to trust
  ESFN_ALLOWED_SERVERS         addresses, separated by commas, that credentials
                               of this environment may be sent to
  ESFN_STORES                  files and folders, separated as in PATH, of stores
                               that win over those of the manifests, and of the
                               Secrets, ConfigMaps and Namespaces they need
  ESFN_SECRETS_DIR             folder with Secrets that stores refer to, as files
                               NAMESPACE/NAME/KEY
  ESFN_PACKAGE_STORES          deny refuses stores that come with the manifests
                               (allow)
  ESFN_KUBERNETES_TOKEN_FILE   service account token for kubernetes and jwt auth
  KUBECONFIG                   API server to ask for service account tokens;
                               without it, that of the cluster esfn runs in
                               (KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT)
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                               keys for iam auth; else AWS_WEB_IDENTITY_TOKEN_FILE
                               with AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME, else
                               AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI
                               with AWS_CONTAINER_AUTHORIZATION_TOKEN or _TOKEN_FILE
  AWS_ENDPOINT_URL_STS         the STS to ask for roles
  GOOGLE_APPLICATION_CREDENTIALS
                               file with a service account's key for gcp auth;
                               else the machine's own, from GCE_METADATA_HOST
  ESFN_TIMEOUT                 time for the whole run (50s)
  ESFN_CONCURRENCY             reads under way at a time at most (16); fewer where
                               a Vault asks for that
  ESFN_MAX_INPUT               size of all manifests at most (64Mi)
  ESFN_MAX_ANSWER              size of an answer of Vault's at most (8Mi)
  ESFN_MAX_VALUES              size of all answers, and of all values, at most (128Mi)
  ESFN_MAX_OUTPUT              size of what is written at most (256Mi)
  HTTPS_PROXY, NO_PROXY        proxy for https:// addresses; lower case, too
  SSL_CERT_FILE, SSL_CERT_DIR  the system's CA certificates
  GOGC, GOMEMLIMIT             as any program in Go has them; GOGC is 300 here, and
                               GOMEMLIMIT 12 times ESFN_MAX_VALUES, at least 1536MiB
  TERM, CI                     dumb, or set to anything: no progress on a terminal

https://github.com/esfn/esfn
`
