package api

// VaultAuth is the way to log in. Where several are given, the first is taken,
// in the order of the fields, as ESO does (setAuth in its
// providers/v1/vault/auth.go).
type VaultAuth struct {
	TokenSecretRef *SecretKeyRef   `krm:"tokenSecretRef"`
	AppRole        *AppRoleAuth    `krm:"appRole"`
	Kubernetes     *KubernetesAuth `krm:"kubernetes"`
	LDAP           *LDAPAuth       `krm:"ldap"`
	UserPass       *UserPassAuth   `krm:"userPass"`
	JWT            *JWTAuth        `krm:"jwt"`
	Cert           *CertAuth       `krm:"cert"`
	IAM            *IAMAuth        `krm:"iam"`
	GCP            *GCPAuth        `krm:"gcp"`

	// Namespace of Vault Enterprise to log in to; nil for that of the secrets.
	Namespace *string `krm:"namespace"`
}

// Method returns the name of the field that is taken, or "" where none is given.
func (a *VaultAuth) Method() string {
	switch {
	case a.TokenSecretRef != nil:
		return "tokenSecretRef"
	case a.AppRole != nil:
		return "appRole"
	case a.Kubernetes != nil:
		return "kubernetes"
	case a.LDAP != nil:
		return "ldap"
	case a.UserPass != nil:
		return "userPass"
	case a.JWT != nil:
		return "jwt"
	case a.Cert != nil:
		return "cert"
	case a.IAM != nil:
		return "iam"
	case a.GCP != nil:
		return "gcp"
	}
	return ""
}

// AppRoleAuth logs in with a role ID and a secret ID.
type AppRoleAuth struct {
	Path string `krm:"path,default=approle"`
	// RoleID wins over RoleRef.
	RoleID    string        `krm:"roleId"`
	RoleRef   *SecretKeyRef `krm:"roleRef"`
	SecretRef SecretKeyRef  `krm:"secretRef,required"`
}

// KubernetesAuth logs in with a service account's token.
type KubernetesAuth struct {
	MountPath string `krm:"mountPath,default=kubernetes"`
	Role      string `krm:"role,required"`
	// ServiceAccountRef is the account to request a token for.
	ServiceAccountRef *ServiceAccountRef `krm:"serviceAccountRef"`
	// SecretRef is a Secret that holds a token, under "token" unless it says
	// otherwise.
	SecretRef *SecretKeyRef `krm:"secretRef"`
}

// LDAPAuth logs in with a name and a password that a directory knows.
type LDAPAuth struct {
	Path string `krm:"path,default=ldap"`
	PasswordAuth
}

// UserPassAuth logs in with a name and a password that Vault itself knows.
type UserPassAuth struct {
	Path string `krm:"path,default=userpass"`
	PasswordAuth
}

// PasswordAuth is a name and a password.
type PasswordAuth struct {
	Username string `krm:"username,required"`
	// SecretRef holds the password.
	SecretRef SecretKeyRef `krm:"secretRef"`
}

// JWTAuth logs in with a JWT.
type JWTAuth struct {
	Path string `krm:"path,default=jwt"`
	// Role may be empty where the method has a default role.
	Role string `krm:"role"`
	// SecretRef wins over KubernetesServiceAccountToken.
	SecretRef                     *SecretKeyRef            `krm:"secretRef"`
	KubernetesServiceAccountToken *ServiceAccountTokenAuth `krm:"kubernetesServiceAccountToken"`
}

// ServiceAccountTokenAuth is a service account's token to log in with by JWT.
type ServiceAccountTokenAuth struct {
	ServiceAccountRef ServiceAccountRef `krm:"serviceAccountRef,required"`
	// Audiences are added to those of ServiceAccountRef; nil for "vault".
	Audiences *[]string `krm:"audiences"`
	// ExpirationSeconds is 0 for 600.
	ExpirationSeconds int `krm:"expirationSeconds"`
}

// CertAuth logs in with a client certificate.
type CertAuth struct {
	Path string `krm:"path,default=cert"`
	// VaultRole may be empty: Vault looks for one that fits.
	VaultRole string `krm:"vaultRole"`
	// ClientCert and SecretRef hold the certificate and its key, in PEM form.
	ClientCert SecretKeyRef `krm:"clientCert"`
	SecretRef  SecretKeyRef `krm:"secretRef"`
}

// IAMAuth logs in with a request to AWS STS, signed and not sent.
type IAMAuth struct {
	Path   string `krm:"path,default=aws"`
	Region string `krm:"region"`
	// Role of AWS to take on first, with ExternalID.
	Role       string `krm:"role"`
	ExternalID string `krm:"externalID"`
	VaultRole  string `krm:"vaultRole,required"`
	// VaultAWSIAMServerID is the value of X-Vault-AWS-IAM-Server-ID.
	VaultAWSIAMServerID string      `krm:"vaultAwsIamServerID"`
	SecretRef           *AWSKeys    `krm:"secretRef"`
	JWT                 *AWSWebAuth `krm:"jwt"`
}

// AWSKeys are credentials of AWS.
type AWSKeys struct {
	AccessKeyID     SecretKeyRef  `krm:"accessKeyIDSecretRef"`
	SecretAccessKey SecretKeyRef  `krm:"secretAccessKeySecretRef"`
	SessionToken    *SecretKeyRef `krm:"sessionTokenSecretRef"`
}

// AWSWebAuth is a service account that stands for a role of AWS.
type AWSWebAuth struct {
	ServiceAccountRef *ServiceAccountRef `krm:"serviceAccountRef"`
}

// GCPAuth logs in with an identity of Google Cloud.
type GCPAuth struct {
	Path string `krm:"path,default=gcp"`
	Role string `krm:"role,required"`
	// ProjectID and Location are of no effect on the login.
	ProjectID Ignored `krm:"projectID"`
	Location  Ignored `krm:"location"`
	// SecretRef holds a service account's key, as Google gives it.
	SecretRef         *GCPKey `krm:"secretRef"`
	WorkloadIdentity  Given   `krm:"workloadIdentity"`
	ServiceAccountRef Given   `krm:"serviceAccountRef"`
}

// GCPKey is a service account's key.
type GCPKey struct {
	SecretAccessKey SecretKeyRef `krm:"secretAccessKeySecretRef"`
}

// SecretKeyRef is a key of a Secret.
type SecretKeyRef struct {
	Name string `krm:"name,format=name"`
	// Namespace is for a ClusterSecretStore; empty for the ExternalSecret's.
	Namespace string `krm:"namespace,format=namespace"`
	Key       string `krm:"key,format=key"`
}

// ServiceAccountRef is a ServiceAccount whose token is asked of the API server.
type ServiceAccountRef struct {
	Name string `krm:"name,required,format=name"`
	// Namespace is for a ClusterSecretStore; empty for the ExternalSecret's.
	Namespace string   `krm:"namespace,format=namespace"`
	Audiences []string `krm:"audiences"`
}
