package fn

import (
	"cmp"
	"slices"
	"strings"

	"github.com/esfn/esfn/fn/api"
)

// connection gives what a store says about reaching Vault when it is used from
// es: a ClusterSecretStore's references without a namespace mean that of the
// ExternalSecret, a SecretStore's always do
// (runtime/esutils/resolvers/secret_ref.go in ESO).
func (v *packageView) connection(store *decodedStore, es *externalSecret) Connection {
	from := usedFrom{store, api.OrDefault(es.Namespace)}
	c, known := v.connections[from]
	if !known {
		c = v.connect(store, es)
		v.connections[from] = c
	}
	return c
}

// usedFrom is what a connection hangs on: the store, and the namespace that it is used
// from.
type usedFrom struct {
	store     *decodedStore
	namespace string
}

func (v *packageView) connect(store *decodedStore, es *externalSecret) Connection {
	const field = "spec.provider.vault"
	vault := store.Spec.Provider.Vault
	r := &references{v, store, es}
	c := Connection{
		Operator:            store.byOperator,
		Server:              vault.Server,
		Namespace:           vault.Namespace,
		Trust:               r.trust(field, vault),
		Headers:             NewHeaders(vault.Headers),
		ReadYourWrites:      vault.ReadYourWrites,
		ForwardInconsistent: vault.ForwardInconsistent,
		Login:               r.login(field+".auth", vault.Auth),
	}
	if vault.TLS.CertSecretRef != nil && vault.TLS.KeySecretRef != nil {
		c.Certificate = r.certificate(
			field+".tls.certSecretRef", vault.TLS.CertSecretRef, cmp.Or(vault.TLS.CertSecretRef.Key, "tls.crt"),
			field+".tls.keySecretRef", vault.TLS.KeySecretRef, cmp.Or(vault.TLS.KeySecretRef.Key, "tls.key"))
	}
	if retry := store.Spec.RetrySettings; retry != nil {
		c.Retry = Retry{Given: true, Max: retry.MaxRetries, Interval: retry.RetryInterval}
	}
	return c
}

// login follows what the first method refers to that the auth gives. Names and
// roles are trimmed where ESO trims them (providers/v1/vault/auth_*.go).
func (r *references) login(field string, auth *api.VaultAuth) Login {
	l := Login{Field: field}
	if auth == nil {
		return l
	}
	method := auth.Method()
	at := field + "." + method
	l.Field = at
	if auth.Namespace != nil && method != "tokenSecretRef" {
		l.Namespace, l.HasNamespace = *auth.Namespace, true
	}
	switch method {
	case "tokenSecretRef":
		l.Method = TokenLogin
		l.Credential = r.credential(at, auth.TokenSecretRef, auth.TokenSecretRef.Key)
	case "appRole":
		l.Method, l.Mount = AppRoleLogin, auth.AppRole.Path
		l.ID = given(auth.AppRole.RoleID)
		if auth.AppRole.RoleID == "" && auth.AppRole.RoleRef != nil {
			l.ID = r.credential(at+".roleRef", auth.AppRole.RoleRef, auth.AppRole.RoleRef.Key)
		}
		l.Credential = r.credential(at+".secretRef", &auth.AppRole.SecretRef, auth.AppRole.SecretRef.Key)
	case "kubernetes":
		l.Method, l.Mount, l.Role = KubernetesLogin, auth.Kubernetes.MountPath, auth.Kubernetes.Role
		if ref := auth.Kubernetes.ServiceAccountRef; ref != nil {
			l.ServiceAccount = r.serviceAccount(at+".serviceAccountRef", ref).For(ref.Audiences...)
		}
		if ref := auth.Kubernetes.SecretRef; ref != nil {
			l.Credential = r.credential(at+".secretRef", ref, cmp.Or(ref.Key, "token"))
		}
	case "ldap":
		l.Method, l.Mount = LDAPLogin, auth.LDAP.Path
		l.User, l.Credential = r.password(at, &auth.LDAP.PasswordAuth)
	case "userPass":
		l.Method, l.Mount = UserPassLogin, auth.UserPass.Path
		l.User, l.Credential = r.password(at, &auth.UserPass.PasswordAuth)
	case "jwt":
		l.Method, l.Mount, l.Role = JWTLogin, auth.JWT.Path, strings.TrimSpace(auth.JWT.Role)
		if ref := auth.JWT.SecretRef; ref != nil {
			l.Credential = r.credential(at+".secretRef", ref, ref.Key)
		} else {
			t := auth.JWT.KubernetesServiceAccountToken
			own := []string{"vault"}
			if t.Audiences != nil {
				own = *t.Audiences
			}
			l.ServiceAccount = r.serviceAccount(at+".kubernetesServiceAccountToken.serviceAccountRef", &t.ServiceAccountRef).
				For(slices.Concat(t.ServiceAccountRef.Audiences, own)...)
			l.ServiceAccount.Lifetime = t.ExpirationSeconds
		}
	case "cert":
		l.Method, l.Mount, l.Role = CertLogin, cmp.Or(auth.Cert.Path, "cert"), auth.Cert.VaultRole
		l.Certificate = r.certificate(
			at+".clientCert", &auth.Cert.ClientCert, auth.Cert.ClientCert.Key,
			at+".secretRef", &auth.Cert.SecretRef, auth.Cert.SecretRef.Key)
	case "iam":
		a := auth.IAM
		l.Method, l.Mount, l.Role = AWSLogin, cmp.Or(a.Path, "aws"), a.VaultRole
		l.AWS = AWS{Region: a.Region, Role: a.Role, ExternalID: a.ExternalID, ServerID: a.VaultAWSIAMServerID}
		switch {
		case a.JWT != nil && a.JWT.ServiceAccountRef != nil:
			l.ServiceAccount = r.serviceAccount(at+".jwt.serviceAccountRef", a.JWT.ServiceAccountRef).For(a.JWT.ServiceAccountRef.Audiences...)
		case a.SecretRef != nil:
			in := at + ".secretRef"
			l.AWS.AccessKeyID = r.credential(in+".accessKeyIDSecretRef", &a.SecretRef.AccessKeyID, a.SecretRef.AccessKeyID.Key)
			l.AWS.SecretAccessKey = r.credential(in+".secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, a.SecretRef.SecretAccessKey.Key)
			if ref := a.SecretRef.SessionToken; ref != nil {
				l.AWS.SessionToken = r.credential(in+".sessionTokenSecretRef", ref, ref.Key)
			}
		}
	case "gcp":
		a := auth.GCP
		l.Method, l.Mount, l.Role = GCPLogin, cmp.Or(a.Path, "gcp"), a.Role
		switch {
		case a.SecretRef != nil:
			l.Credential = r.credential(at+".secretRef.secretAccessKeySecretRef", &a.SecretRef.SecretAccessKey, a.SecretRef.SecretAccessKey.Key)
		case bool(a.WorkloadIdentity):
			l = Login{Method: RefusedLogin, Field: at + ".workloadIdentity"}
		case bool(a.ServiceAccountRef):
			l = Login{Method: RefusedLogin, Field: at + ".serviceAccountRef"}
		}
	}
	return l
}
