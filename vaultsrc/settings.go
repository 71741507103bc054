package vaultsrc

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// Settings are what whoever runs the render decides. The zero Settings are
// those of an empty environment, but for ReadFile, which is needed.
type Settings struct {
	// Address takes the place of every store's server (VAULT_ADDR).
	Address string
	// Token takes the place of every store's auth, and TokenFrom is the
	// variable that it came from (VAULT_TOKEN, VAULT_TOKEN_FILE).
	Token     secret.Value
	TokenFrom string
	// Namespace takes the place of every store's namespace (VAULT_NAMESPACE).
	Namespace string
	// Roots are the certificate authorities to trust (VAULT_CACERT); nil for
	// the system's.
	Roots *x509.CertPool
	// AllowedServers may be sent credentials of the environment
	// (ESFN_ALLOWED_SERVERS).
	AllowedServers []string
	// KubernetesTokenFile holds the JWT for logins by the kubernetes and the jwt method
	// (ESFN_KUBERNETES_TOKEN_FILE).
	KubernetesTokenFile string
	// Kubeconfig is a list of files as kubectl has it (KUBECONFIG); empty for
	// the cluster that esfn runs in.
	Kubeconfig string
	// AWS is what the environment says about AWS (AWS_…), and GCP about Google
	// Cloud, for logins by those.
	AWS AWSEnvironment
	GCP GCPEnvironment
	// Proxy gives the proxy for a request (HTTPS_PROXY, NO_PROXY); nil for none.
	Proxy func(*http.Request) (*url.URL, error)
	// Concurrency is how many reads are under way at a time at most, and how many
	// connections a server gets (ESFN_CONCURRENCY, 1 to 256); 0 for 16.
	Concurrency int
	// Timeout bounds the whole run (ESFN_TIMEOUT); 0 for 50 seconds, since
	// Argo CD gives a plugin 60.
	Timeout time.Duration
	// MaxAnswer bounds the answer to one read (ESFN_MAX_ANSWER); 0 for 8 MiB. MaxValues
	// bounds all of a run together (ESFN_MAX_VALUES); 0 for 128 MiB.
	MaxAnswer, MaxValues fn.Bytes
	// UserAgent is sent with every request; empty for Go's.
	UserAgent string
	// closeTimeout is for tests, on machines that are slower than they ought to
	// be; 0 for [closeTimeout].
	closeTimeout time.Duration
	// ReadFile reads a file that a setting or a login names.
	ReadFile func(name string) ([]byte, error)
}

const (
	defaultTimeout = 50 * time.Second
	// mostConcurrency is how many reads package fn wants at a time at most.
	mostConcurrency = 256
)

// ParseSettings reads the settings from the environment: what concerns Vault. The
// operator's stores and Secrets are manifests, and the caller's to read. It
// returns all that is wrong with the settings, each problem at its variable; they
// are not to be used then.
func ParseSettings(getenv func(string) string, readFile func(string) ([]byte, error)) (Settings, fn.Problems) {
	s := Settings{
		Address:             getenv("VAULT_ADDR"),
		Namespace:           getenv("VAULT_NAMESPACE"),
		KubernetesTokenFile: FileName(getenv, getenv("ESFN_KUBERNETES_TOKEN_FILE")),
		Kubeconfig:          fileNames(getenv, getenv("KUBECONFIG")),
		AWS:                 awsEnvironment(getenv),
		GCP:                 gcpEnvironment(getenv),
		Proxy:               proxyFrom(getenv),
		Timeout:             defaultTimeout,
		ReadFile:            readFile,
	}
	var problems fn.Problems
	report := func(variable, hint, cause string, args ...any) {
		problems = append(problems, fn.Problem{Field: variable, Cause: fmt.Sprintf(cause, args...), Hint: hint})
	}
	if s.Address != "" {
		if _, err := parseServer(s.Address); err != nil {
			report("VAULT_ADDR", "write it as in https://vault.example.com:8200", "%s", err)
		}
	}
	for _, server := range strings.FieldsFunc(getenv("ESFN_ALLOWED_SERVERS"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, err := parseServer(server); err != nil {
			report("ESFN_ALLOWED_SERVERS", "separate addresses with commas, each as in https://vault.example.com:8200", "%s", err)
			continue
		}
		s.AllowedServers = append(s.AllowedServers, server)
	}
	s.readToken(getenv, report)
	if file := getenv("VAULT_CACERT"); file != "" {
		pem, err := readFile(FileName(getenv, file))
		s.Roots = x509.NewCertPool()
		switch {
		case err != nil:
			report("VAULT_CACERT", "", "%s", fileFault(file, err))
		case !s.Roots.AppendCertsFromPEM(pem):
			report("VAULT_CACERT", "", "%s holds no certificate in PEM form", file)
		}
	}
	if text := getenv("ESFN_TIMEOUT"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			report("ESFN_TIMEOUT", "write it as in 30s or 2m", "%q is no time", text)
		}
		s.Timeout = d
	}
	if text := getenv("ESFN_CONCURRENCY"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostConcurrency {
			report("ESFN_CONCURRENCY", fmt.Sprintf("write a number from 1 to %d", mostConcurrency), "%q is no number of reads at a time", text)
		}
		s.Concurrency = n
	}
	return s, problems
}

func (s *Settings) readToken(getenv func(string) string, report func(variable, hint, cause string, args ...any)) {
	file := getenv("VAULT_TOKEN_FILE")
	s.Token, s.TokenFrom = secret.New(strings.TrimSpace(getenv("VAULT_TOKEN"))), "VAULT_TOKEN"
	if file == "" {
		return
	}
	if !s.Token.IsEmpty() {
		report("VAULT_TOKEN_FILE", "unset one of the two", "VAULT_TOKEN is set as well")
		return
	}
	s.TokenFrom = "VAULT_TOKEN_FILE"
	text, err := s.ReadFile(FileName(getenv, file))
	s.Token = secret.New(strings.TrimSpace(string(text)))
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(file, "~/") && getenv("HOME") == "":
		report("VAULT_TOKEN_FILE", "HOME is not set: write the path without ~", "%s", fileFault(file, err))
	case errors.Is(err, fs.ErrNotExist) && path.Base(file) == ".vault-token":
		report("VAULT_TOKEN_FILE", "vault login puts the token there", "%s", fileFault(file, err))
	case err != nil:
		report("VAULT_TOKEN_FILE", "", "%s", fileFault(file, err))
	case s.Token.IsEmpty():
		report("VAULT_TOKEN_FILE", "", "%s is empty", file)
	}
}

// FileName is the file that a variable means. A ~/ that no shell has expanded, as
// in an .env file or where kustomize sets the variable, stands for HOME.
func FileName(getenv func(string) string, written string) string {
	if below, ok := strings.CutPrefix(written, "~/"); ok && getenv("HOME") != "" {
		return filepath.Join(getenv("HOME"), below)
	}
	return written
}

// fileNames are the files that a list in a variable means.
func fileNames(getenv func(string) string, written string) string {
	names := filepath.SplitList(written)
	for i, name := range names {
		names[i] = FileName(getenv, name)
	}
	return strings.Join(names, string(filepath.ListSeparator))
}

// fileFault says why a file cannot be read, without Go's "open" before it.
func fileFault(name string, err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("%s cannot be read: %s", name, err)
}

// proxyFrom reads the proxy for https:// from the environment, in both ways to
// spell its variables. There is none for http://: it would see the token.
func proxyFrom(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	proxy := (&httpproxy.Config{
		HTTPSProxy: cmp.Or(getenv("HTTPS_PROXY"), getenv("https_proxy")),
		NoProxy:    cmp.Or(getenv("NO_PROXY"), getenv("no_proxy")),
	}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return proxy(r.URL) }
}
