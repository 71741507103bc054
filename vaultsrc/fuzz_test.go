package vaultsrc

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// FuzzPaths builds the path of any key: the same twice, clean, and inside the
// mount wherever neither leads out of it.
func FuzzPaths(f *testing.F) {
	for _, key := range []string{"foo", "/foo", "foo/", "./foo", "secret/foo", "secret/data/foo", "data/foo", "/secret/foo", "secret/secret/foo",
		"dev//config", "", "a/data/b/data/c", "/data/x", "data", "a b%20?#é", "secret/", "//", "."} {
		for _, mount := range []string{"secret", "secret/", "/secret", "team/kv", "", "secret/data", "/", "."} {
			f.Add(mount, key, true, true)
		}
		f.Add("", key, false, true)
		f.Add("secret", key, true, false)
		f.Add("", key, false, false)
	}
	f.Fuzz(func(t *testing.T, mount, key string, hasMount, versioned bool) {
		if slices.Contains(strings.Split(mount+"/"+key, "/"), "..") {
			return // refused by package api
		}
		if !hasMount {
			mount = ""
		}
		ref := fn.Ref{Engine: fn.KV1, Mount: mount, HasMount: hasMount, Key: key}
		if versioned {
			ref.Engine = fn.KV2
		}
		for _, ref.Part = range []fn.Part{fn.SecretPart, fn.MetadataPart, fn.FolderPart} {
			got, fault := pathOf(ref)
			again, _ := pathOf(ref)
			if got != again {
				t.Errorf("%q, and then %q", got, again)
			}
			if fault != nil {
				if got != "" || fault.Cause == "" || fault.Missing {
					t.Errorf("path %q with the fault %+v", got, fault)
				}
				continue
			}
			if got != strings.TrimPrefix(path.Clean("/"+got), "/") {
				t.Errorf("%q is not clean", got)
			}
			if below := strings.Trim(path.Clean("/"+mount), "/"); hasMount && got != below && below != "" && !strings.HasPrefix(got, below+"/") {
				t.Errorf("%q is outside of the mount %q", got, mount)
			}
		}
	})
}

// FuzzLocation has redirects to whatever a server makes up: with the operator's token
// none leads to a server that is not listed, or to another path, and none that is not
// followed has the token in what is said about it.
func FuzzLocation(f *testing.F) {
	for _, location := range []string{
		"https://active.example/v1/kv/data/app?version=3", "//active.example/v1/kv/data/app?version=3", "/v1/kv/data/app?version=3", "?version=3", "",
		"https://evil.example/v1/kv/data/app?version=3", "https://active.example@evil.example/v1/kv/data/app?version=3", "https://active.example:443\\@evil.example/v1/kv/data/app?version=3",
		"http://made-up.evil.example/v1/kv/data/app?version=3", "https://[::1%25made-up]/v1/kv/data/app?version=3", "https://active.example/team/v1/kv/data/app?version=3", "HTTPS://ACTIVE.EXAMPLE./v1/kv/data/app?version=3",
	} {
		f.Add(307, location)
	}
	settings := Settings{AllowedServers: []string{"https://active.example"}}
	own, err := parseServer("https://vault.example/team")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, location string) {
		var reached []string
		following := &redirects{
			next: everyServer(func(r *http.Request) (int, string) {
				reached = append(reached, r.URL.String())
				return status, location
			}),
			own: own,
			allowed: func(from, to *url.URL) (string, string) {
				return settings.redirect("the token of VAULT_TOKEN", from, to)
			},
		}
		request, err := http.NewRequest(http.MethodGet, own.String()+"/v1/kv/data/app?version=3", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := following.RoundTrip(request)
		if err == nil {
			answer.Body.Close()
		} else {
			fault := settings.override(fn.Connection{Server: own.String()}).connectionFault(t.Context(), err, secret.New("made-up"))
			if said := strings.ToLower(fault.Cause + fault.Hint); strings.Contains(said, "made-up") || strings.ContainsFunc(said, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q", said)
			}
		}
		for _, address := range reached {
			switch address {
			case own.String() + "/v1/kv/data/app?version=3", "https://active.example/v1/kv/data/app?version=3", "https://active.example/team/v1/kv/data/app?version=3",
				"https://active.example:443/v1/kv/data/app?version=3", "https://active.example:443/team/v1/kv/data/app?version=3":
			default:
				t.Errorf("reached %s", address)
			}
		}
		if len(reached) > 1+mostRedirects {
			t.Errorf("%d requests", len(reached))
		}
	})
}

// everyServer answers for every server there is.
type everyServer func(*http.Request) (status int, location string)

func (s everyServer) RoundTrip(request *http.Request) (*http.Response, error) {
	status, location := s(request)
	return &http.Response{StatusCode: status, Header: http.Header{"Location": {location}}, Body: http.NoBody, Request: request}, nil
}
