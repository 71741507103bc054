package tests

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// story is what a script has for itself.
type story struct {
	vault    *testbed.Vault
	recorder *testbed.Recorder
	leaks    *testbed.Leaks
	ldap     *testbed.LDAP // once ldap-start has started it
	// https is the recorder's address with TLS.
	https string

	sts     *testbed.FakeSTS   // nil until it is started
	foreign *testbed.Foreign   // nil until it is started
	proxy   *testbed.Proxy     // nil until it is started
	cmp     *testbed.CMPServer // nil until it is started

	// mayStay are the accessors of tokens that a script has said will be left.
	mayStay map[string]string
}

type storyKey struct{}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func newStory() (*story, error) {
	tls, err := certificates.start()
	if err != nil {
		return nil, err
	}
	vault, err := testbed.StartVault(programs.vault, tls.ofVault...)
	if err != nil {
		return nil, err
	}
	s := &story{vault: vault, leaks: &testbed.Leaks{}}
	s.leaks.Remember("the root token", testbed.RootToken)
	if s.recorder, err = testbed.NewRecorder(vault.Address, s.leaks); err == nil {
		s.https, err = s.recorder.Open(testbed.Front{TLS: tls.ofServer})
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// storyFor is a story for a test that is no script.
func storyFor(t *testing.T) *story {
	t.Helper()
	s, err := newStory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// end stops what the story has started. It is an error if esfn, or whoever has
// logged in, left a token, and no script said that it would.
func (s *story) end() error {
	err := s.noTokenLeft()
	s.stop()
	return err
}

func (s *story) stop() {
	if s.recorder != nil {
		s.recorder.Close()
	}
	if s.foreign != nil {
		s.foreign.Close()
	}
	if s.proxy != nil {
		s.proxy.Close()
	}
	s.vault.Stop()
}

// noTokenLeft is fulfilled where the Vault can be asked no more: what ends it or
// seals it asks before.
func (s *story) noTokenLeft() error {
	if unsealed, err := s.vault.Unsealed(); !unsealed {
		return err
	}
	left, err := s.vault.LoginTokens()
	if err != nil {
		return err
	}
	var paths []string
	for accessor, path := range left {
		if _, ok := s.mayStay[accessor]; !ok {
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		slices.Sort(paths)
		return fmt.Errorf("%d tokens of logins were left and not revoked: %s; tokens-left N says that they stay", len(paths), strings.Join(paths, ", "))
	}
	return nil
}

// cluster is the one kube-apiserver of the test process, started by the first
// script that asks for it.
var cluster sharedKube

type sharedKube struct {
	once sync.Once
	kube *testbed.Kube
	err  error
}

func (c *sharedKube) start(progress interface{ Write([]byte) (int, error) }) (*testbed.Kube, error) {
	c.once.Do(func() {
		var binary string
		if binary, c.err = testbed.KubeProgram.Build(progress); c.err == nil {
			c.kube, c.err = testbed.StartKube(binary, programs.folder+"/kube")
		}
	})
	return c.kube, c.err
}

func (c *sharedKube) stop() {
	if c.kube != nil {
		c.kube.Stop()
	}
}
