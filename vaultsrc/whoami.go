package vaultsrc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
)

// whoami says whose token the session has, and for how long. A token that esfn got
// by logging in came with the answer; one that it was given is looked up.
func (s *session) whoami(ctx context.Context) (says string, _ *fn.Fault) {
	policies, lifetime := s.token.policies, s.token.lifetime
	words := "done; the token"
	if !s.token.own {
		words = "the token"
		client := s.client.WithNamespace(s.Login.Namespace)
		found, err := client.Auth().Token().LookupSelfWithContext(ctx)
		var refused *api.ResponseError
		switch {
		case errors.As(err, &refused) && refused.StatusCode == 403:
			hint := "get a new token"
			if s.Login.Method == fn.NoLogin {
				hint = "is auto_auth of the Agent or Proxy set up, with use_auto_auth_token?"
			}
			return "", s.loginFault(hint, fmt.Sprintf("Vault at %s does not accept the token: it is invalid, expired or revoked", hostOf(s.Server)))
		case err != nil:
			return "", s.connectionFault(ctx, err, s.token.value)
		}
		policies, _ = found.TokenPolicies()
		policies = slices.Clone(policies)
		lifetime, _ = found.TokenTTL()
	}
	slices.Sort(policies)
	says = fmt.Sprintf("%s has the policies %s", words, oneLine(strings.Join(policies, ", "), s.token.value))
	if lifetime > 0 {
		says += ", and lives for " + about(lifetime)
	} else {
		says += ", and does not expire"
	}
	return says, nil
}

// about gives a time in the least words: 59m59s is an hour.
func about(d time.Duration) string {
	unit := time.Second
	if d > 10*time.Minute {
		unit = time.Minute
	}
	text := d.Round(unit).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// capabilities asks which of the refs the session may read, without reading any.
// It says nothing where Vault does not let it ask.
func (s *session) capabilities(ctx context.Context, settings *Settings, refs []fn.Ref) (says string, _ *fn.Fault) {
	wanted := map[string]string{}
	for _, ref := range refs {
		at, fault := settings.locate(ref)
		switch {
		case fault != nil || at.notKV() != nil:
		case at.part == fn.FolderPart:
			wanted[at.path+"/"] = "list"
		default:
			wanted[at.path] = "read"
		}
	}
	if len(wanted) == 0 {
		return "", nil
	}
	var paths []string
	for path := range wanted {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	found, err := s.client.Logical().WriteWithContext(ctx, "sys/capabilities-self", map[string]any{"paths": paths})
	if err != nil || found == nil {
		return "", nil
	}
	var lines []string
	for _, path := range paths {
		list, _ := found.Data[path].([]any)
		if !slices.Contains(list, any(wanted[path])) && !slices.Contains(list, any("root")) || slices.Contains(list, any("deny")) {
			lines = append(lines, fmt.Sprintf("path %q { capabilities = [%q] }", path, wanted[path]))
		}
	}
	if len(lines) == 0 {
		return fmt.Sprintf("%d of %d may be read", len(paths), len(paths)), nil
	}
	hint := strings.Join(lines, " ")
	const most = 10
	if len(lines) > most {
		hint = fmt.Sprintf("%s and so for %d more", strings.Join(lines[:most], " "), len(lines)-most)
	}
	return "", &fn.Fault{Scope: fn.StoreScope, Field: s.Login.Field,
		Cause: fmt.Sprintf("%d of %d paths that the ExternalSecrets name may not be read, or have no mount", len(lines), len(paths)),
		Hint:  "the policy needs: " + hint}
}
