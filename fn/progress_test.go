package fn

import (
	"context"
	"fmt"
	"testing"
)

// looking is a source that looks at the progress while it is asked.
type looking struct {
	fake
	progress *Progress
}

func (l *looking) Read(ctx context.Context, ref Ref) (Answer, error) {
	l.mu.Lock()
	done, known := l.progress.Count()
	l.mu.Unlock()
	if done >= known {
		return Answer{}, &Fault{Cause: fmt.Sprintf("%d of %d are read while one is", done, known)}
	}
	return l.fake.Read(ctx, ref)
}

func TestProgressCountsSecretsAndFolders(t *testing.T) {
	for _, tc := range []struct {
		name, spec string
		want       int
	}{
		{"fields of one secret", "data: [{secretKey: a, remoteRef: {key: app, property: a}}, {secretKey: b, remoteRef: {key: app, property: a}}]", 1},
		{"two secrets", "data: [{secretKey: a, remoteRef: {key: app, property: a}}, {secretKey: b, remoteRef: {key: other, property: a}}]", 2},
		{"two folders and the secrets in them, chosen or not", "dataFrom: [{find: {path: dev, name: {regexp: x}}, rewrite: [{regexp: {source: /, target: _}}]}]", 5},
		{"a secret that is not there", "target: {deletionPolicy: Merge}\ndata: [{secretKey: a, remoteRef: {key: gone, property: a}}]", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			progress := &Progress{}
			source := &looking{progress: progress, fake: fake{secrets: map[string]string{"app": `{"a":"made-up"}`, "other": `{"a":"made-up"}`,
				"dev/x": `{"a":"made-up"}`, "dev/y": `{"a":"made-up"}`, "dev/in/x": `{"a":"made-up"}`}}}
			_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", tc.spec)), Progress: progress}, source)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if done, known := progress.Count(); done != tc.want || known != tc.want {
				t.Errorf("%d of %d, want %d", done, known, tc.want)
			}
		})
	}
}
