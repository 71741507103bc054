package fn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/esfn/esfn/fn/secret"
)

func tree() *fake {
	return &fake{secrets: map[string]string{
		"dev/config": `{"v":"dev"}`, "dev/db/main": `{"v":"<main>","n":1.50}`, "prod/config": `{"v":"prod"}`, "top": `{"v":"top"}`,
		"gone": "", "weird key!": `{}`,
	}, metadata: map[string]string{
		"dev/config":  `{"env":"dev","team":"a","current_version":"2"}`,
		"dev/db/main": `{"env":"dev","current_version":"1"}`,
		"prod/config": `{"env":"prod","current_version":"1"}`,
		"top":         `{"current_version":"1"}`, "gone": `{"current_version":"1"}`, "weird key!": `{"current_version":"1"}`,
	}}
}

const (
	dev, main, prod, top = `{"v":"dev"}`, `{"n":1.50,"v":"\u003cmain\u003e"}`, `{"v":"prod"}`, `{"v":"top"}`

	nothing = "warning: makes no Secret: there is nothing to put into it"
)

func TestFindBringsSecretsUnderTheirFullNames(t *testing.T) {
	all := map[string]string{"dev_config": dev, "dev_db_main": main, "prod_config": prod, "top": top, "weird_key_": "{}"}
	devs := map[string]string{"dev_config": dev, "dev_db_main": main}
	find := func(how string) string { return "dataFrom: [{find: {" + how + "}}]" }
	testSpecs(t, tree(), vaultStore, []specCase{
		{"all by name, but for one without a version", find("name: {regexp: .*}"), all, ""},
		{"an empty name is all names", find("name: {}"), all, ""},
		{"neither name nor tags", find(""), all, ""},
		{"no tags", find("tags: {}"), all, ""},
		{"a name is looked for anywhere", find("name: {regexp: db|^to}"), map[string]string{"dev_db_main": main, "top": top}, ""},
		{"a folder", find("path: dev"), devs, ""},
		{"names begin with the folder", find("path: dev, name: {regexp: ^config}"), nil, nothing},
		{"they do, as it is written", find("path: dev/, name: {regexp: ^dev//c}"), map[string]string{"dev__config": dev}, ""},
		{"with its slash", find("path: /dev, name: {regexp: config}"), map[string]string{"_dev_config": dev}, ""},
		{"an empty folder is a slash", find("path: '', name: {regexp: top}"), map[string]string{"_top": top}, ""},
		{"the mount is no folder", find("path: kv/dev"), nil, "error: spec.dataFrom[0].find: no secret at kv/data/kv/dev/"},
		{"a secret is no folder", find("path: top"), nil, "error: spec.dataFrom[0].find: no secret at kv/data/top/"},
		{"a folder that is missing, which may be", "target: {deletionPolicy: Merge}\n" + find("path: none"), map[string]string{},
			"warning: spec.dataFrom[0].find: no secret at kv/data/none/, so this is left out: deletionPolicy is Merge"},
		{"nothing of the name", find("name: {regexp: nope}"), nil, nothing},
		{"nothing of the name, and an empty Secret", "target: {deletionPolicy: Merge}\n" + find("name: {regexp: nope}"), map[string]string{}, ""},
		{"a tag", find("tags: {env: dev}"), devs, ""},
		{"two tags", find("tags: {env: dev, team: a}"), map[string]string{"dev_config": dev}, ""},
		{"a tag of the system's", find("tags: {current_version: '2'}"), map[string]string{"dev_config": dev}, ""},
		{"tags in a folder", find("path: prod, tags: {env: dev}"), nil, nothing},
		{"a name and tags", find("name: {regexp: .}, tags: {env: dev}"), all,
			"warning: spec.dataFrom[0].find.tags: are not looked at beside name, as in ESO\n  hint: write one of the two"},
		{"names spelled out", find("path: dev, conversionStrategy: Unicode"), map[string]string{"dev_U002f_config": dev, "dev_U002f_db_U002f_main": main}, ""},
		{"each is one document to decode", find("path: prod, decodingStrategy: Base64"), nil,
			`error: spec.dataFrom[0].find.decodingStrategy: the value for "prod_config" is not Base64` + "\n  hint: Auto decodes what it can and leaves the rest"},
		{"a regexp that is none", find("name: {regexp: '('}"), nil,
			"error: spec.dataFrom[0].find.name.regexp: is no regular expression: missing closing ): `(`\n  hint: Go's syntax (RE2) is without look-around and back references"},
		{"out of the mount", find("path: ../other"), nil, "error: spec.dataFrom[0].find.path: leads out of its mount with ..\n  hint: write the path without it"},
	})
}

func TestTwoNamesOfOneKey(t *testing.T) {
	source := &fake{secrets: map[string]string{"a/b": `{}`, "a_b": `{"v":1}`}}
	testSpecs(t, source, vaultStore, []specCase{
		{"collide", "dataFrom: [{find: {}}]", nil,
			`error: spec.dataFrom[0].find: "a/b" and "a_b" both become the key "a_b"` + "\n  hint: name them one by one under spec.data, each with the secretKey it is to have, or change their keys with rewrite"},
		{"do not, spelled out", "dataFrom: [{find: {conversionStrategy: Unicode}}]", map[string]string{"a_U002f_b": `{}`, "a_b": `{"v":1}`}, ""},
	})
}

func TestANameThatBeginsLikeTheMountIsReadAsESOReadsIt(t *testing.T) {
	const warning = `warning: spec.dataFrom[0].find: "kv/x" begins like its mount, and is read as "x", as in ESO` + "\n  hint: name it under spec.data, with key: /kv/x"
	testSpecs(t, &fake{secrets: map[string]string{"kv/x": `{"v":"in"}`, "x": `{"v":"out"}`}}, vaultStore, []specCase{
		{"another secret", "dataFrom: [{find: {path: kv}}]", map[string]string{"kv_x": `{"v":"out"}`}, warning},
	})
	testSpecs(t, &fake{secrets: map[string]string{"kv/x": `{"v":"in"}`, "y": `{"v":"out"}`}}, vaultStore, []specCase{
		{"none at all", "dataFrom: [{find: {}}]", map[string]string{"y": `{"v":"out"}`}, warning},
	})
}

// refs are what was asked, sorted.
func (f *fake) refs() []string {
	var all []string
	for _, ref := range f.read {
		all = append(all, asked(ref))
	}
	slices.Sort(all)
	return all
}

func TestFindReadsWhatItChoosesAndEachOnce(t *testing.T) {
	for _, tc := range []struct {
		find string
		want []string
	}{
		{"{path: dev}", []string{"dev/config", "dev/db/main", "folder dev", "folder dev/db"}},
		{"{path: dev, name: {regexp: config}, tags: {env: prod}}", []string{"dev/config", "folder dev", "folder dev/db"}},
		{"{path: dev, tags: {team: a}}", []string{"dev/config", "folder dev", "folder dev/db", "metadata dev/config", "metadata dev/db/main"}},
	} {
		source := tree()
		if _, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: "+tc.find+"}]"))}, source); len(problems) > 0 {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(tc.want, source.refs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.find, diff)
		}
	}
}

func TestWhatFailsInAFind(t *testing.T) {
	denied := &Fault{Cause: "403"}
	gone := &Fault{Missing: true, Cause: "404"}
	const merge = "target: {deletionPolicy: Merge}\n"
	const find, byTags = "dataFrom: [{find: {}}]", "dataFrom: [{find: {tags: {env: dev}}}]"
	const failed = "error: spec.dataFrom[0].find: "
	for _, tc := range []struct {
		name, spec string
		faults     map[string]*Fault
		says       string
	}{
		{"one secret", merge + find, map[string]*Fault{"top": denied}, failed + "403"},
		{"a folder", merge + find, map[string]*Fault{"folder dev/db": denied}, failed + "403"},
		{"a folder that went away", find, map[string]*Fault{"folder dev/db": gone}, failed + "404"},
		{"which may be", merge + find, map[string]*Fault{"folder dev/db": gone}, "warning: spec.dataFrom[0].find: 404, so this is left out: deletionPolicy is Merge"},
		{"though not after one that may not", merge + find, map[string]*Fault{"folder dev/db": denied, "folder prod": gone}, failed + "403\n" + failed + "404"},
		{"a folder comes before a secret", merge + find, map[string]*Fault{"dev/config": denied, "folder prod": gone}, "warning: spec.dataFrom[0].find: 404, so this is left out: deletionPolicy is Merge"},
		{"metadata that is missing is a fault", merge + byTags, map[string]*Fault{"metadata top": gone}, failed + "404"},
		{"everything that is wrong, once", find, map[string]*Fault{"top": denied, "dev/config": {Cause: "500"}, "folder prod": denied}, failed + "403\n" + failed + "500"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			source := tree()
			source.faults = tc.faults
			out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", tc.spec))}, source)
			if diff := cmp.Diff(tc.says, said(t, out, problems)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// storeOf is a SecretStore with more said about its Vault.
func storeOf(vault string) string {
	return "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault}\nspec: {provider: {vault: {server: s, " + vault + "}}}\n---\n"
}

func TestWhatAStoreHasToSayForAFind(t *testing.T) {
	source := tree()
	source.secrets["secret/data/dev/config"] = dev
	const setPath = "\n  hint: set the store's spec.provider.vault.path to the mount"
	testSpecs(t, source, storeOf("version: v1, path: kv"), []specCase{
		{"by name from KV v1", "dataFrom: [{find: {path: prod, name: {}}}]", map[string]string{"prod_config": prod}, ""},
		{"all from KV v1", "dataFrom: [{find: {path: prod}}]", map[string]string{"prod_config": prod}, ""},
		{"by tags from KV v1", "dataFrom: [{find: {tags: {a: b}}}]", nil,
			"error: spec.dataFrom[0].find.tags: KV v1 keeps no metadata to find tags in\n  hint: choose by name, or use a KV v2 mount"},
	})
	testSpecs(t, source, storeOf("version: v1"), []specCase{
		{"KV v1 without a mount", "dataFrom: [{find: {}}]", nil, "error: spec.dataFrom[0].find: cannot tell the mount: the store names none" + setPath},
	})
	testSpecs(t, source, storeOf("version: v2"), []specCase{
		{"KV v2 without a mount", "dataFrom: [{find: {path: secret}}]", nil,
			"error: spec.dataFrom[0].find.path: cannot tell the mount: the store names none, and there is no /data/ in the path" + setPath + ", or write the path with data after the mount, as in: secret/data/app"},
		{"the mount in the path", "dataFrom: [{find: {path: secret/data/dev}}]", map[string]string{"secret_data_dev_config": dev}, ""},
	})
}

// crowd is a source with 25 secrets in each of 40 folders that answers nobody
// before everybody has asked who can.
type crowd struct {
	answer  chan struct{}
	waiting atomic.Int32
}

func (*crowd) Admit([]Connection) []Refusal { return nil }

func (c *crowd) Read(_ context.Context, ref Ref) (Answer, error) {
	c.waiting.Add(1)
	<-c.answer
	switch {
	case ref.Part == SecretPart:
		return Answer{Fields: secret.New(`{"v":"` + value + `"}`)}, nil
	case ref.Key == "":
		return Answer{Names: numbered("%02d/", 40)}, nil
	default:
		return Answer{Names: numbered("%02d", 25)}, nil
	}
}

func numbered(format string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf(format, i))
	}
	return names
}

func TestFindAsksForAllThatItCanAskForAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &crowd{answer: make(chan struct{})}
		var out Output
		var problems Problems
		done := make(chan struct{})
		in := Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {}}]"))}
		go func() {
			defer close(done)
			out, problems = Run(t.Context(), in, source)
		}()
		for _, want := range []int32{1, 40, 256, 256, 256, 232} {
			synctest.Wait()
			got := source.waiting.Swap(0)
			if got != want {
				t.Errorf("%d requests wait, want %d", got, want)
			}
			for range got {
				source.answer <- struct{}{}
			}
		}
		<-done
		if got := len(dataOf(t, out.Items, "db")); got != 1000 || len(problems) > 0 {
			t.Errorf("%d keys, and %v", got, problems)
		}
	})
}

// panics is a source with a fault of its own, in one of its parts.
type panics struct {
	fake
	part Part
	err  error
}

func (p *panics) Read(ctx context.Context, ref Ref) (Answer, error) {
	if ref.Part != p.part {
		return p.fake.Read(ctx, ref)
	}
	if p.err != nil {
		return Answer{}, p.err
	}
	panic(value)
}

func TestAFaultOfTheSourcesOwnIsNotShown(t *testing.T) {
	const find = "dataFrom: [{find: {tags: {env: dev}}}]"
	for _, tc := range []struct {
		part Part
		err  error
		want string
	}{
		{SecretPart, nil, "error: spec.dataFrom[0].find: was not read: esfn failed by a fault of its own; please report it"},
		{MetadataPart, nil, "error: spec.dataFrom[0].find: was not read: esfn failed by a fault of its own; please report it"},
		{FolderPart, errors.New(value), "error: spec.dataFrom[0].find: was not read"},
		{MetadataPart, errors.New(value), "error: spec.dataFrom[0].find: was not read"},
		{SecretPart, context.DeadlineExceeded, "error: the run ended before all was read"},
	} {
		source := &panics{part: tc.part, err: tc.err}
		source.secrets, source.metadata = tree().secrets, tree().metadata
		out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", find))}, source)
		if got := said(t, out, problems); got != tc.want {
			t.Errorf("got %s", got)
		}
	}
}

func TestAnAnswerThatIsNoObject(t *testing.T) {
	for what, where := range map[string]string{"secrets": "kv/data/prod/config", "metadata": "kv/data//prod/config"} {
		source := tree()
		if what == "secrets" {
			source.secrets["prod/config"] = `["` + value + `"]`
		} else {
			source.metadata["prod/config"] = `"` + value + `"`
		}
		out, problems := Run(context.Background(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {path: prod, tags: {env: prod}}}]"))}, source)
		if got := said(t, out, problems); !strings.HasPrefix(got, "error: spec.dataFrom[0].find: "+where+" is no JSON object") {
			t.Errorf("got %s", got)
		}
	}
}

// endless is a source whose folders hold folders, and more secrets than a find
// looks at.
type endless struct{ fake }

func (*endless) Read(_ context.Context, ref Ref) (Answer, error) {
	if ref.Part == FolderPart {
		names := []string{"down/"}
		for i := range 40_000 {
			names = append(names, fmt.Sprint(i))
		}
		return Answer{Names: names}, nil
	}
	return Answer{Fields: secret.New(`{}`)}, nil
}

func TestFindEndsSomewhere(t *testing.T) {
	_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {name: {regexp: ^none$}}}]"))}, &endless{})
	const want = "error: ExternalSecret db: spec.dataFrom[0].find: there are more than 100000 secrets and folders to look at, or a name is, with its folders, longer than 4096 bytes\n  hint: find in a deeper folder, by find.path"
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestFindSaysTheFirstFewOfManyThatFailAlike(t *testing.T) {
	source := &fake{secrets: map[string]string{}, faults: map[string]*Fault{}}
	for i := range 50 {
		key := fmt.Sprintf("app/s%02d", i)
		source.secrets[key], source.faults[key] = `{}`, &Fault{Cause: "permission denied for kv/data/" + key, Hint: "the policy"}
	}
	_, problems := Run(t.Context(), Input{Items: items(t, vaultStore+es("db", "dataFrom: [{find: {}}]"))}, source)
	if got := problems.Error(); strings.Count(got, "permission denied") != 3 || !strings.Contains(got, "spec.dataFrom[0].find: and 47 more could not be read") {
		t.Errorf("problems:\n%s", got)
	}
}

// TestFewAnswersAreParsedAtATime: each takes far more than its text.
func TestFewAnswersAreParsedAtATime(t *testing.T) {
	for range cap(parsesAtATime) {
		parsesAtATime <- struct{}{}
	}
	f := &finding{ctx: t.Context()}
	parsed := make(chan bool)
	go func() {
		_, ok := f.documentIn(secret.New(`{}`))
		parsed <- ok
	}()
	select {
	case <-parsed:
		t.Error("one more was parsed")
	case <-time.After(50 * time.Millisecond):
	}
	over, end := context.WithCancel(t.Context())
	end()
	if _, ok := (&finding{ctx: over}).documentIn(secret.New(`{}`)); ok {
		t.Error("it waits for its turn when the run has ended")
	}
	for range cap(parsesAtATime) {
		<-parsesAtATime
	}
	if !<-parsed || cap(parsesAtATime) != 2 || len(parsesAtATime) > 0 {
		t.Error("it was not parsed")
	}
}
