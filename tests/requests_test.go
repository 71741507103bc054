package tests

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/esfn/esfn/tests/bench/workload"
	"github.com/esfn/esfn/tests/testbed"
)

// TestRequestsOfManySecrets asserts what is exact of what make bench measures: which
// requests a run makes, and over how many connections.
func TestRequestsOfManySecrets(t *testing.T) {
	const mostConnections = 16
	s := storyFor(t)
	access, err := workload.Seed(s.vault)
	if err != nil {
		t.Fatal(err)
	}
	onePath := func(int) string { return workload.Key(0) }
	for _, tc := range []struct {
		name     string
		items    []string
		mark     string
		values   int
		requests map[string]int
	}{
		{"a path for each", workload.ExternalSecrets(workload.Secrets, workload.Key), workload.ValueMarkBase64, workload.Secrets * workload.Fields,
			map[string]int{"reads": workload.Secrets, "lists": 0, "logins": 1, "revokes": 1}},
		{"one path", workload.ExternalSecrets(workload.Secrets, onePath), workload.ValueMarkBase64, workload.Secrets * workload.Fields,
			map[string]int{"reads": 1, "lists": 0, "logins": 1, "revokes": 1}},
		{"find", []string{workload.Find()}, "\n    f", workload.Secrets,
			map[string]int{"reads": workload.Secrets, "lists": workload.Folders + 1, "logins": 1, "revokes": 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.recorder.Forget()
			before := s.recorder.Connections("")
			list := workload.List(append(workload.AppRoleStore(s.recorder.Address, access), tc.items...)...)
			stdout, stderr, failed := pipe(t, list)
			if failed || stderr != "" {
				t.Fatalf("stderr:\n%s", stderr)
			}
			if n := strings.Count(stdout, tc.mark); n != tc.values {
				t.Errorf("%d values, want %d", n, tc.values)
			}
			got := map[string]int{}
			for _, kind := range testbed.Kinds {
				requests, err := s.recorder.Requests(testbed.Selection{Kind: kind})
				if err != nil {
					t.Fatal(err)
				}
				got[kind] = len(requests)
			}
			if diff := cmp.Diff(tc.requests, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if n := s.recorder.Connections("") - before; n == 0 || n > mostConnections {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// TestTheWorkloadIsWhatItSays looks at what the requests are counted with: had all
// secrets one path, one read would do.
func TestTheWorkloadIsWhatItSays(t *testing.T) {
	keys, values, folders := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range workload.Secrets {
		folder, _, _ := strings.Cut(workload.Key(i), "/")
		keys[workload.Key(i)], folders[folder] = true, true
		for j := range workload.Fields {
			values[workload.Value(i, j)] = true
		}
	}
	want := []int{workload.Secrets, workload.Secrets * workload.Fields, workload.Folders}
	if diff := cmp.Diff(want, []int{len(keys), len(values), len(folders)}); diff != "" {
		t.Errorf("keys, values, folders (-want +got):\n%s", diff)
	}
	others := workload.Others(400)
	size := len(strings.Join(others, "")) / len(others)
	if size < 800 || size > 900 {
		t.Errorf("other resources have %d bytes each", size)
	}
	for _, text := range others[:4] {
		node, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(node.GetAnnotations()); n != 11 {
			t.Errorf("%d annotations in:\n%s", n, text)
		}
	}
}
