package vaultsrc

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/esfn/esfn/fn"
	"github.com/esfn/esfn/fn/secret"
)

// mountedToken is where a pod finds its own service account's token.
const mountedToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// jwtSource is where the JWT of a login comes from, for the kubernetes and the jwt
// method.
type jwtSource struct {
	// name is what messages call the JWT; ambient is that of [way].
	name, ambient string
	// renew says what to do about a JWT that is expired, and aim about one whose
	// audience is not the role's.
	renew, aim string
	// get has it, at the time of the login.
	get func(context.Context) (secret.Value, error)
}

const (
	serviceAccountsToken = "the service account's token"
	checkClocks          = "are the clocks right, Vault's and those of who issued it?"
)

// serviceAccountToken is the token that takes the place of a store's service
// account's: the operator's ESFN_KUBERNETES_TOKEN_FILE, else one that the API
// server is asked for. What was decided and then fails is an error. It is not ok
// where neither is given.
func (s *Settings) serviceAccountToken(e endpoint) (j jwtSource, ok bool) {
	account := e.Login.ServiceAccount
	switch {
	case s.KubernetesTokenFile != "":
		return jwtSource{
			name:    serviceAccountsToken,
			ambient: "the token in ESFN_KUBERNETES_TOKEN_FILE",
			renew:   "put a new one into the file that ESFN_KUBERNETES_TOKEN_FILE names",
			aim:     "put a token for the role's audience into the file that ESFN_KUBERNETES_TOKEN_FILE names",
			get: func(context.Context) (secret.Value, error) {
				return s.tokenFromFile(s.KubernetesTokenFile, atVariable("ESFN_KUBERNETES_TOKEN_FILE"))
			},
		}, true
	case account != fn.ServiceAccount{}:
		aim := "give serviceAccountRef.audiences the role's audience"
		if e.Login.Method == fn.JWTLogin {
			aim = "give kubernetesServiceAccountToken.audiences one of the role's bound_audiences"
		}
		return jwtSource{
			name:    serviceAccountsToken,
			ambient: fmt.Sprintf("a token of the service account %s/%s", account.Namespace, account.Name),
			renew:   checkClocks,
			aim:     aim,
			get:     func(ctx context.Context) (secret.Value, error) { return s.requestToken(ctx, e) },
		}, true
	}
	return jwtSource{}, false
}

// mountedJWT is the token of the pod that esfn runs in.
func (s *Settings) mountedJWT(e endpoint) jwtSource {
	return jwtSource{
		name:    serviceAccountsToken,
		ambient: "the token of the service account that esfn runs as",
		renew:   checkClocks,
		aim:     "the mounted token is for the API server: name a serviceAccountRef, with the role's audience in its audiences",
		get: func(context.Context) (secret.Value, error) {
			return s.tokenFromFile(mountedToken, func(cause string) *fn.Fault {
				return e.loginFault("outside a cluster, set ESFN_KUBERNETES_TOKEN_FILE, VAULT_TOKEN or VAULT_TOKEN_FILE", cause)
			})
		},
	}
}

// storedJWT is that of a Secret that the store refers to, as it is.
func storedJWT(name string, c fn.Credential) jwtSource {
	return jwtSource{
		name:  name,
		renew: "put a new one into the Secret that secretRef names",
		aim:   "put one for the role's audience into the Secret that secretRef names",
		get:   func(context.Context) (secret.Value, error) { return c.Value, nil },
	}
}

func (s *Settings) tokenFromFile(name string, fault func(cause string) *fn.Fault) (secret.Value, error) {
	text, err := s.ReadFile(name)
	if err != nil {
		return secret.Value{}, fault(fileFault(name, err))
	}
	jwt := secret.New(strings.TrimSpace(string(text)))
	if jwt.IsEmpty() {
		return secret.Value{}, fault(name + " is empty")
	}
	return jwt, nil
}

// way logs in with the JWT.
func (j jwtSource) way(login func(ctx context.Context, client *api.Client, jwt secret.Value) (token, error)) way {
	return way{ambient: j.ambient, login: func(ctx context.Context, client *api.Client) (token, error) {
		jwt, err := j.get(ctx)
		if err != nil {
			return token{}, err
		}
		return login(ctx, client, jwt)
	}}
}

// refusal says what Vault's answer means where both methods say the same: they
// check claims by the same library.
func (j jwtSource) refusal(words string) (cause, hint string) {
	switch {
	case strings.Contains(words, "audience"):
		return words, j.aim
	case strings.Contains(words, "token is expired"):
		return j.name + " is expired", j.renew
	case strings.Contains(words, "token not yet valid"), strings.Contains(words, "token issued in the future"):
		return j.name + " is not valid yet", checkClocks
	}
	return "", ""
}
