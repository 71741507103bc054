package tests

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// certificates are the authorities of the test process, made when the first
// Vault starts.
var certificates sharedCertificates

type sharedCertificates struct {
	once sync.Once
	err  error
	// ca issues what is right, other what nobody trusts.
	ca, other *testbed.CA
	// caFile and otherFile are their own certificates.
	caFile, otherFile string
	// ofServer is the configuration of a server, and ofVault the flags of a
	// Vault, with a certificate for serverNames.
	ofServer *tls.Config
	ofVault  []string
}

// serverNames are where tests find a server: on loopback, and where a proxy
// says that vault.test is.
var serverNames = []string{"127.0.0.1", "::1", "localhost", "vault.test"}

func (c *sharedCertificates) start() (*sharedCertificates, error) {
	c.once.Do(func() { c.err = c.make(filepath.Join(programs.folder, "certificates")) })
	return c, c.err
}

func (c *sharedCertificates) make(folder string) (err error) {
	if err = os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, one := range []struct {
		ca   **testbed.CA
		file *string
		name string
	}{{&c.ca, &c.caFile, "ca"}, {&c.other, &c.otherFile, "other-ca"}} {
		if *one.ca, err = testbed.NewCA("made-up " + one.name); err != nil {
			return err
		}
		*one.file = filepath.Join(folder, one.name+".crt")
		if err = os.WriteFile(*one.file, (*one.ca).PEM, 0o644); err != nil {
			return err
		}
	}
	pair, err := c.ca.Issue(testbed.Certificate{CommonName: "vault", Names: serverNames, Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	if err != nil {
		return err
	}
	if c.ofServer, err = pair.Config(); err != nil {
		return err
	}
	certificate, key, err := pair.Write(folder, "vault")
	c.ofVault = testbed.WithTLS(certificate, key)
	return err
}

// setVariables tells a script of the authorities: their files, and their
// certificates in forms that have no line break.
func (c *sharedCertificates) setVariables(setenv func(name, value string)) {
	setenv("CA", c.caFile)
	setenv("CA_BASE64", base64.StdEncoding.EncodeToString(c.ca.PEM))
	setenv("CA_PEM", strings.ReplaceAll(string(c.ca.PEM), "\n", `\n`))
	setenv("OTHER_CA", c.otherFile)
	setenv("OTHER_CA_BASE64", base64.StdEncoding.EncodeToString(c.other.PEM))
}

// issue issues a certificate for what the flags of a command say, and returns the
// arguments that are no such flags.
func (c *sharedCertificates) issue(what testbed.Certificate, args []string) (testbed.KeyPair, []string, error) {
	from := c.ca
	var rest []string
	for _, arg := range args {
		switch arg {
		case "-expired":
			what.From, what.Until = testbed.LongAgo, testbed.LongAgo.AddDate(0, 0, 1)
		case "-not-yet":
			what.From, what.Until = testbed.FarOff, testbed.FarOff.AddDate(0, 0, 1)
		case "-other-ca":
			from = c.other
		case "-wrong-usage":
			what.Usage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
		default:
			rest = append(rest, arg)
		}
	}
	pair, err := from.Issue(what)
	return pair, rest, err
}

// cmdClientCertificate makes a client's certificate and key: the files NAME.crt
// and NAME.key, and in base64 the variables $NAME_CRT and $NAME_KEY.
//
//	client-certificate NAME [-cn COMMON-NAME] [-expired|-not-yet] [-other-ca] [-wrong-usage]
func cmdClientCertificate(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "client-certificate NAME [-cn COMMON-NAME] [-expired|-not-yet] [-other-ca] [-wrong-usage]"
	plain(ts, neg, len(args) > 0, usage)
	name := args[0]
	what := testbed.Certificate{CommonName: name, Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if args = args[1:]; len(args) > 1 && args[0] == "-cn" {
		what.CommonName, args = args[1], args[2:]
	}
	pair, rest, err := certificates.issue(what, args)
	ts.Check(err)
	plain(ts, neg, len(rest) == 0, usage)
	_, _, err = pair.Write(ts.MkAbs("."), name)
	ts.Check(err)
	variable := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	ts.Setenv(variable+"_CRT", base64.StdEncoding.EncodeToString(pair.Certificate))
	ts.Setenv(variable+"_KEY", base64.StdEncoding.EncodeToString(pair.Key))
	storyOf(ts).leaks.RememberLines("the key "+name+".key", string(pair.Key))
}

// cmdFront has the recorder serve at one more address, in a variable: with TLS
// and a certificate that may be wrong in some way, or below a path.
//
//	vault-front VARIABLE [-tls] [-name NAME] [-expired|-not-yet] [-other-ca] [-needs-client] [-prefix /PATH]
func cmdFront(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "vault-front VARIABLE [-tls] [-name NAME] [-expired|-not-yet] [-other-ca] [-needs-client] [-prefix /PATH]"
	plain(ts, neg, len(args) > 0, usage)
	variable, what := args[0], testbed.Certificate{CommonName: "vault", Names: serverNames, Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	var front testbed.Front
	var flags []string
	secure, needsClient := false, false
	for args = args[1:]; len(args) > 0; args = args[1:] {
		switch {
		case args[0] == "-prefix" && len(args) > 1:
			front.Prefix, args = args[1], args[1:]
		case args[0] == "-name" && len(args) > 1:
			what.Names, args, secure = []string{args[1]}, args[1:], true
		case args[0] == "-tls":
			secure = true
		case args[0] == "-needs-client":
			needsClient, secure = true, true
		default:
			flags, secure = append(flags, args[0]), true
		}
	}
	if secure {
		pair, rest, err := certificates.issue(what, flags)
		ts.Check(err)
		plain(ts, neg, len(rest) == 0, usage)
		front.TLS, err = pair.Config()
		ts.Check(err)
		if needsClient {
			front.TLS.ClientAuth, front.TLS.ClientCAs = tls.RequireAndVerifyClientCert, certificates.ca.Pool()
		}
	}
	address, err := storyOf(ts).recorder.Open(front)
	ts.Check(err)
	ts.Setenv(variable, address)
}
