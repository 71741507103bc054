package testbed

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kube is a running kube-apiserver with its etcd: real RBAC, TokenRequest and
// TokenReview, no controllers.
type Kube struct {
	*process
	// Address as in https://127.0.0.1:6443, and the file of its CA.
	Address, CAFile string
	// Kubeconfig is a file with an administrator's credentials.
	Kubeconfig string

	dir    string
	client *http.Client
}

// StartKube starts a kube-apiserver from the binary that KubeProgram builds,
// with its state in dir. It takes about 2 seconds, 300 MB, and 120 MB in dir.
func StartKube(binary, dir string) (*Kube, error) {
	p, err := start(binary, "-dir", dir)
	if err != nil {
		return nil, err
	}
	k := &Kube{process: p, Address: p.ready["addr"], CAFile: p.ready["ca"], Kubeconfig: p.ready["kubeconfig"], dir: dir}
	admin, err := tls.LoadX509KeyPair(filepath.Join(dir, "admin.crt"), filepath.Join(dir, "admin.key"))
	if err != nil {
		k.Stop()
		return nil, err
	}
	ca, err := os.ReadFile(k.CAFile)
	if err != nil {
		k.Stop()
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	k.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{admin}}}}
	return k, nil
}

// create posts an object; one that is there already is fine.
func (k *Kube) create(path string, object any) (json.RawMessage, error) {
	body, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	answer, err := k.client.Post(k.Address+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 && answer.StatusCode != http.StatusConflict {
		return nil, fmt.Errorf("POST %s: %s %s", path, answer.Status, text)
	}
	return text, nil
}

type object map[string]any

// ServiceAccount makes a service account and its namespace.
func (k *Kube) ServiceAccount(namespace, name string) error {
	if _, err := k.create("/api/v1/namespaces", object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": namespace}}); err != nil {
		return err
	}
	_, err := k.create("/api/v1/namespaces/"+namespace+"/serviceaccounts",
		object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": name}})
	return err
}

// Token requests a token of a service account.
func (k *Kube) Token(namespace, name string, audiences ...string) (string, error) {
	spec := object{"expirationSeconds": 3600}
	if len(audiences) > 0 {
		spec["audiences"] = audiences
	}
	text, err := k.create("/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token",
		object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec})
	if err != nil {
		return "", err
	}
	var answer struct {
		Status struct{ Token string }
	}
	err = json.Unmarshal(text, &answer)
	return answer.Status.Token, err
}

// WhoseToken has the API server review a token that is to be for an audience, and
// returns whose it is; "" where it is none.
func (k *Kube) WhoseToken(token, audience string) string {
	text, err := k.create("/apis/authentication.k8s.io/v1/tokenreviews", object{
		"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": object{"token": token, "audiences": []string{audience}},
	})
	var review struct {
		Status struct {
			Authenticated bool
			User          struct{ Username string }
		}
	}
	if err != nil || json.Unmarshal(text, &review) != nil || !review.Status.Authenticated {
		return ""
	}
	return review.Status.User.Username
}

// Annotate adds annotations to a service account.
func (k *Kube) Annotate(namespace, name string, annotations map[string]string) error {
	body, err := json.Marshal(object{"metadata": object{"annotations": annotations}})
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPatch, k.Address+"/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/merge-patch+json")
	answer, err := k.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("annotating %s/%s: %s", namespace, name, answer.Status)
	}
	return nil
}

// Delegate lets a service account have other accounts' tokens reviewed, which
// is what Vault's kubernetes method does with it.
func (k *Kube) Delegate(namespace, name string) error {
	_, err := k.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": object{"name": "delegate-" + namespace + "-" + name},
		"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator"},
		"subjects": []object{{"kind": "ServiceAccount", "name": name, "namespace": namespace}},
	})
	return err
}

// Create creates an object in its namespace, or with dryRun tells whether that could
// be created. Fields that the API server does not know are an error.
func (k *Kube) Create(apiVersion, namespace, kind string, all any, dryRun bool) error {
	path := "/apis/"
	if !strings.Contains(apiVersion, "/") {
		path = "/api/"
	}
	path += apiVersion + "/namespaces/" + namespace + "/" + strings.ToLower(kind) + "s?fieldValidation=Strict"
	if dryRun {
		path += "&dryRun=All"
	}
	_, err := k.create(path, all)
	return err
}

// MayRequestToken lets one service account request tokens of another.
func (k *Kube) MayRequestToken(namespace, name, ofNamespace, ofName string) error {
	role := "token-of-" + ofName
	rbac := "/apis/rbac.authorization.k8s.io/v1/namespaces/" + ofNamespace
	if _, err := k.create(rbac+"/roles", object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": object{"name": role},
		"rules": []object{{"apiGroups": []string{""}, "resources": []string{"serviceaccounts/token"}, "resourceNames": []string{ofName}, "verbs": []string{"create"}}},
	}); err != nil {
		return err
	}
	_, err := k.create(rbac+"/rolebindings", object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": object{"name": role},
		"roleRef":  object{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
		"subjects": []object{{"kind": "ServiceAccount", "name": name, "namespace": namespace}},
	})
	return err
}

// Issuer is who signs the tokens of service accounts.
const Issuer = "https://kubernetes.default.svc.cluster.local"

// Forgery says in what a token differs from one that TokenRequest grants: that
// grants none that is shorter than 10 minutes, or begins later.
type Forgery struct {
	// Begins is when it does, from now on; it ends 10 minutes later.
	Begins time.Duration
	// Issuer, or "" for the cluster's own.
	Issuer string
	// OtherKey signs it with another key than the API server's.
	OtherKey bool
}

// ForgedToken signs a token of a service account as the API server would.
func (k *Kube) ForgedToken(namespace, name string, forgery Forgery, audiences ...string) (string, error) {
	key, err := k.signingKey()
	if forgery.OtherKey {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return "", err
	}
	begins := time.Now().Add(forgery.Begins).Unix()
	if len(audiences) == 0 {
		audiences = []string{Issuer}
	}
	claims, err := json.Marshal(object{
		"iss": cmp.Or(forgery.Issuer, Issuer), "aud": audiences, "sub": Subject(namespace, name),
		"iat": begins, "nbf": begins, "exp": begins + 600,
		"kubernetes.io": object{"namespace": namespace, "serviceaccount": object{"name": name, "uid": "made-up"}},
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return signed + "." + encode(signature), err
}

// Subject is that of a service account's tokens.
func Subject(namespace, name string) string { return "system:serviceaccount:" + namespace + ":" + name }

// PublicKey is the key, in PEM form, that service accounts' tokens can be checked
// with by whoever asks nobody: Vault's jwt method.
func (k *Kube) PublicKey() (string, error) {
	key, err := k.signingKey()
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

// signingKey is what the API server signs service accounts' tokens with.
func (k *Kube) signingKey() (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(filepath.Join(k.dir, "sa.key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}

// TrustKube lets service accounts of the cluster log in to Vault with the
// kubernetes method, at auth/kubernetes, checked by the API server itself. The
// reviewer is a service account made for it.
func (v *Vault) TrustKube(k *Kube) error {
	const namespace, reviewer = "kube-system", "vault-reviewer"
	if err := k.ServiceAccount(namespace, reviewer); err != nil {
		return err
	}
	if err := k.Delegate(namespace, reviewer); err != nil {
		return err
	}
	token, err := k.Token(namespace, reviewer)
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(k.CAFile)
	if err != nil {
		return err
	}
	if _, err := v.Write("sys/auth/kubernetes", object{"type": "kubernetes"}); err != nil && !strings.Contains(err.Error(), "already in use") {
		return err
	}
	_, err = v.Write("auth/kubernetes/config", object{
		"kubernetes_host": k.Address, "kubernetes_ca_cert": string(ca), "token_reviewer_jwt": token, "disable_local_ca_jwt": true,
	})
	return err
}
