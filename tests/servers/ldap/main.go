// Ldap is a real directory server, glauth, on loopback, for tests. Its users
// and groups are given by flags; it prints one READY line when it answers.
//
// A user NAME of a group GROUP is cn=NAME,ou=GROUP,ou=users,BASE, and a member of
// ou=GROUP,ou=groups,BASE.
//
// Where glauth 2.3.2 is laxer than other directories, nothing is to be learnt
// from it: a star in a filter's value matches anything even when it is escaped,
// and StartTLS without a certificate ends the server. Releases after 2.3.2
// import a module that the Go module proxy does not have.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/glauth/glauth/v2/pkg/config"
	"github.com/glauth/glauth/v2/pkg/server"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace/noop"
)

func main() {
	t0 := time.Now()
	base := flag.String("base", "dc=example,dc=com", "DN of the directory's root")
	port := flag.Int("port", 0, "port on loopback; 0 picks one")
	level := flag.String("log-level", "error", "log level on stderr")
	var d directory
	const entry = "NAME:GROUP:PASSWORD of a user; "
	flag.Func("user", entry+"may log in (repeated)", func(v string) error { return d.add(v) })
	flag.Func("searcher", entry+"may search the directory, too (repeated)", func(v string) error {
		return d.add(v, config.Capability{Action: "search", Object: "*"})
	})
	flag.Parse()
	if *port == 0 {
		*port = free()
	}
	addr := fmt.Sprintf("127.0.0.1:%d", *port)
	logLevel, err := zerolog.ParseLevel(*level)
	check(err)

	s, err := server.NewServer(
		server.Config(&config.Config{
			LDAP:     config.LDAP{Enabled: true, Listen: addr},
			Backends: []config.Backend{{Datastore: "config", BaseDN: *base, NameFormat: "cn", GroupFormat: "ou"}},
			Users:    d.users, Groups: d.groups,
		}),
		server.Logger(zerolog.New(os.Stderr).Level(logLevel)),
		server.Monitor(noMetrics{}),
		server.Tracer(noop.NewTracerProvider().Tracer("")),
	)
	check(err)
	go func() { check(s.ListenAndServe()) }()
	for {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			break
		}
		if time.Since(t0) > 30*time.Second {
			check(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Printf("READY addr=ldap://%s base=%s start_ms=%d\n", addr, *base, time.Since(t0).Milliseconds())
	select {}
}

// directory is what stands in it.
type directory struct {
	users  []config.User
	groups []config.Group
}

// add adds the user NAME:GROUP:PASSWORD, and the group where it is new.
func (d *directory) add(entry string, may ...config.Capability) error {
	parts := strings.SplitN(entry, ":", 3)
	// glauth lets a user without a password in with any.
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return fmt.Errorf("want NAME:GROUP:PASSWORD")
	}
	// It compares DNs in lower case, and neither escapes nor unescapes them.
	if name := parts[0] + parts[1]; name != strings.ToLower(name) || strings.ContainsAny(name, `,=+"\<>;`) {
		return fmt.Errorf("NAME and GROUP are lower case, without what a DN escapes")
	}
	password := sha256.Sum256([]byte(parts[2]))
	d.users = append(d.users, config.User{
		Name: parts[0], PrimaryGroup: d.group(parts[1]), UIDNumber: 5001 + len(d.users),
		PassSHA256: hex.EncodeToString(password[:]), Capabilities: may,
	})
	return nil
}

// group returns the number of the group of that name.
func (d *directory) group(name string) int {
	for _, g := range d.groups {
		if g.Name == name {
			return g.GIDNumber
		}
	}
	g := config.Group{Name: name, GIDNumber: 5501 + len(d.groups)}
	d.groups = append(d.groups, g)
	return g.GIDNumber
}

// noMetrics is glauth's monitoring, off.
type noMetrics struct{}

func (noMetrics) SetResponseTimeMetric(map[string]string, float64) error { return nil }
func (noMetrics) SetLDAPMetric(map[string]string, float64) error         { return nil }

func free() int {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "ldap:", err)
		os.Exit(1)
	}
}
