package tests

import (
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// story is what a script has for itself.
type story struct {
	vault    *testbed.Vault
	recorder *testbed.Recorder
	leaks    *testbed.Leaks
	ldap     *testbed.LDAP // once ldap-start has started it
}

type storyKey struct{}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func newStory() (*story, error) {
	vault, err := testbed.StartVault(programs.vault)
	if err != nil {
		return nil, err
	}
	leaks := &testbed.Leaks{}
	leaks.Remember("the root token", testbed.RootToken)
	recorder, err := testbed.NewRecorder(vault.Address, leaks)
	if err != nil {
		vault.Stop()
		return nil, err
	}
	return &story{vault: vault, recorder: recorder, leaks: leaks}, nil
}

func (s *story) end() {
	s.recorder.Close()
	s.vault.Stop()
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
